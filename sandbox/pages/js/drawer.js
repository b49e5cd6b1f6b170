// Drawer: a panel that opens from the side.

import { byId, fill, h } from "./dom.js";
import { icon } from "./icons.js";

let open = null;

export function openDrawer(name, title, hint, body, { isModal = true } = {}) {
  const before = document.activeElement;
  open = { name, before };
  const panel = h("section", {
    class: "drawer", role: "dialog", "aria-label": title, "aria-modal": String(isModal), tabindex: "-1", "data-testid": name,
    onkeydown: (event) => event.key === "Escape" && closeDrawer(),
  },
  h("header", {}, h("div", {}, h("h2", {}, title), h("p", {}, hint)),
    h("button", { type: "button", class: "square ghost", "aria-label": "Close", "data-testid": `${name}-close`, onclick: closeDrawer }, icon("close"))),
  body);
  fill(byId("drawer"), isModal && h("div", { class: "shade", onclick: closeDrawer }), panel);
  panel.focus();
}

export function closeDrawer() {
  fill(byId("drawer"));
  open?.before?.focus?.();
  open = null;
}

export const isOpen = (name) => open?.name === name;
