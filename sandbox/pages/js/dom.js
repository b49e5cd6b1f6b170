// Building page elements; text never becomes markup.

export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "value") node.value = value;
    else if (name === "checked") node.checked = value;
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  put(node, children);
  return node;
}

function put(node, children) {
  for (const child of [children].flat(Infinity)) {
    if (child === undefined || child === null || child === false || child === "") continue;
    node.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return node;
}

export function fill(node, ...children) {
  node.replaceChildren();
  return put(node, children);
}

export const byId = (id) => document.getElementById(id);

// Shows a sentence for a few seconds; problems stay longer.
export function toast(sentence, kind = "problem") {
  const node = h("div", { class: `toast ${kind}`, "data-testid": kind }, sentence);
  byId("toasts").append(node);
  setTimeout(() => node.remove(), kind === "problem" ? 8000 : 4000);
}

// Opens a small menu under a button; a click elsewhere or Escape closes it.
export function popUp(anchor, items) {
  document.querySelector(".menu")?.remove();
  const close = () => {
    menu.remove();
    document.removeEventListener("pointerdown", outside, true);
    document.removeEventListener("keydown", keys, true);
  };
  const outside = (event) => menu.contains(event.target) || close();
  const keys = (event) => {
    const buttons = [...menu.children];
    const at = buttons.indexOf(document.activeElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") {
      close();
      anchor.focus();
    } else if (step) buttons[(at + step + buttons.length) % buttons.length].focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const menu = h("div", { class: "menu", role: "menu", "data-testid": "menu" }, items.map((item) =>
    h("button", {
      type: "button", role: "menuitem", "data-testid": item.testid, "data-value": item.value,
      onclick: () => { close(); item.act(); },
    }, item.label, item.hint && h("small", {}, item.hint))));
  document.body.append(menu);
  const box = anchor.getBoundingClientRect();
  const left = Math.min(box.left, innerWidth - menu.offsetWidth - 8);
  const below = box.bottom + 4 + menu.offsetHeight < innerHeight;
  menu.style.left = `${Math.max(8, left)}px`;
  menu.style.top = `${below ? box.bottom + 4 : Math.max(8, box.top - 4 - menu.offsetHeight)}px`;
  menu.firstElementChild?.focus();
  document.addEventListener("pointerdown", outside, true);
  document.addEventListener("keydown", keys, true);
}
