// Icons of the page.

const PATHS = {
  hash: "M6.5 3 5 13M11 3 9.500 13M3 6.200h10.500M2.500 9.800H13",
  home: "M2.500 7.500 8 3l5.500 4.500V13a.5.5 0 0 1-.5.5H9.800V9.500H6.200v4H3a.5.5 0 0 1-.5-.5Z",
  chat: "M3 3.500h10a.8.8 0 0 1 .8.8v6a.8.8 0 0 1-.8.8H7.500L4.500 13.500v-2.400H3a.8.8 0 0 1-.8-.8v-6A.8.8 0 0 1 3 3.500Z",
  close: "M4 4l8 8M12 4l-8 8",
  more: "M3.500 8h.01M8 8h.01M12.500 8h.01",
  reply: "M6.500 4 3 7.500 6.500 11M3 7.500h6.500a3.500 3.500 0 0 1 3.500 3.500v1.500",
  send: "M2.800 8 13.500 3l-3 10.500-2.800-4.300ZM7.700 9.200l5.500-6",
  clock: "M8 2.500a5.500 5.500 0 1 1 0 11 5.500 5.500 0 0 1 0-11ZM8 5v3.200l2.200 1.300",
  plus: "M8 3v10M3 8h10",
  moon: "M13 9.300A5.500 5.500 0 1 1 6.700 3a4.400 4.400 0 0 0 6.300 6.300Z",
  log: "M3 4h10M3 8h10M3 12h6",
  power: "M8 2.500V8M4.800 4.500a4.800 4.800 0 1 0 6.400 0",
  menu: "M2.500 4.500h11M2.500 8h11M2.500 11.500h11",
  eye: "M1.800 8S4 3.800 8 3.800 14.200 8 14.200 8 12 12.200 8 12.200 1.800 8 1.800 8ZM8 6.300a1.700 1.700 0 1 1 0 3.400 1.700 1.700 0 0 1 0-3.400Z",
  lock: "M4 7.500h8v5.500H4ZM5.500 7.500V5.300a2.500 2.500 0 0 1 5 0v2.200",
  mail: "M2.500 4h11v8h-11ZM2.500 4.500 8 9l5.500-4.500",
  sheet: "M4 2.500h5.500L12 5v8.500H4ZM6 7h4M6 9.200h4M6 11.400h2.500",
  back: "M9.500 3.500 5 8l4.500 4.500",
  out: "M9 3h4v4M13 3 7.500 8.500M11 9.500V13H3V5h3.500",
};

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}
