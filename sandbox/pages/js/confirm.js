// "Are you sure?" Answers true or false.

import { byId, fill, h } from "./dom.js";
import { mrkdwn, plain } from "./mrkdwn.js";

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
    }, plain(wanted.confirm.text));
    const dialog = h("div", { class: "dialog small", role: "alertdialog", "aria-modal": "true", "data-testid": "confirm",
      onkeydown: (event) => event.key === "Escape" && (event.stopPropagation(), end(false)) },
      h("h2", {}, plain(wanted.title.text)),
      h("div", { class: "dialog-body" }, wanted.text.type === "mrkdwn" ? mrkdwn(wanted.text.text) : plain(wanted.text.text)),
      h("footer", {},
        h("button", { type: "button", class: "button", "data-testid": "confirm-no", onclick: () => end(false) },
          plain(wanted.deny.text)),
        yes));
    fill(byId("confirm"), h("div", { class: "veil" }, dialog));
    yes.focus();
  });
}
