// How does the page say a sentence in passing?

import { byId, h } from "../dom.js";

const SECONDS = { problem: 9, notice: 5 };

// Whoever tries again needs no longer be told what went wrong before.
export function hush() {
  byId("toasts").querySelectorAll(".problem").forEach((one) => one.remove());
}

export function say(sentence, kind = "notice") {
  const same = [...byId("toasts").children].find((one) => one.textContent === sentence);
  same?.remove(); // the stream and the answer may both say it
  const node = h("div", { class: `toast ${kind}`, "data-testid": "teams-toast", "data-kind": kind }, sentence);
  const places = byId("toasts");
  places.append(node);
  while (places.childElementCount > 3) places.firstElementChild.remove();
  setTimeout(() => node.remove(), SECONDS[kind] * 1000);
}
