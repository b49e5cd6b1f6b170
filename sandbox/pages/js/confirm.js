// Confirmation dialog; resolves to true or false.

import { byId, fill, h } from "./dom.js";
import { plain, said } from "./mrkdwn.js";

export function confirmFirst(wanted) {
  return new Promise((resolve) => {
    const before = document.activeElement;
    const end = (answer) => {
      fill(byId("confirm"));
      before?.focus?.();
      resolve(answer);
    };
    const yes = h("button", {
      type: "button", "data-testid": "confirm-yes", onclick: () => end(true),
      class: wanted.style === "danger" ? "button danger" : "button primary",
    }, plain(wanted.confirm));
    const dialog = h("div", { class: "dialog small", role: "alertdialog", "aria-modal": "true", "data-testid": "confirm",
      onkeydown: (event) => event.key === "Escape" && (event.stopPropagation(), end(false)) },
      h("h2", {}, plain(wanted.title)),
      h("div", { class: "dialog-body" }, said(wanted.text)),
      h("footer", {},
        h("button", { type: "button", class: "button", "data-testid": "confirm-no", onclick: () => end(false) },
          plain(wanted.deny)),
        yes));
    fill(byId("confirm"), h("div", { class: "veil" }, dialog));
    yes.focus();
  });
}
