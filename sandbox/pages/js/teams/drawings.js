// Icons of the Teams page.

const PATHS = {
  bell: "M10 3a5 5 0 0 0-5 5v3.200L3.800 14h12.400L15 11.200V8a5 5 0 0 0-5-5ZM8 14.500a2 2 0 0 0 4 0",
  bubble: "M10 3.200a6.800 6.800 0 1 1-3.300 12.750L3.300 16.800l.95-3.300A6.800 6.800 0 0 1 10 3.200ZM7.200 8.600h5.600M7.200 11.400h3.600",
  people: "M7.300 4.200a2.300 2.300 0 1 1 0 4.600 2.300 2.300 0 0 1 0-4.600ZM13.800 5.600a1.800 1.800 0 1 1 0 3.600M3.200 15.800v-1.600a2.700 2.700 0 0 1 2.700-2.700h2.900a2.700 2.700 0 0 1 2.700 2.700v1.600ZM13.400 11.500h1a2.400 2.400 0 0 1 2.400 2.400v1.900",
  channel: "M4 5.500h12M4 10h8M4 14.500h10",
  search: "M8.800 3.800a5 5 0 1 1 0 10 5 5 0 0 1 0-10ZM12.500 12.500l3.700 3.700",
  more: "M5 10h.01M10 10h.01M15 10h.01",
  spark: "M10 3.500 11.600 8.400 16.500 10 11.600 11.600 10 16.500 8.400 11.600 3.500 10 8.400 8.400Z",
  send: "M3.500 4 17 10 3.500 16l1.800-6ZM5.300 10H10",
  close: "M5 5l10 10M15 5 5 15",
  back: "M12 4.500 6.500 10l5.500 5.500",
  reply: "M8.500 5 4.500 9l4 4M4.500 9H12a4 4 0 0 1 4 4v2",
  out: "M11.500 4H16v4.500M16 4l-6.500 6.500M13.500 11.500V16H4V6.500h4.500",
  down: "m5.500 8 4.500 4.500L14.500 8",
};

export function drawing(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}
