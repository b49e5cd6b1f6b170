// Toasts: short messages of the page.

import { byId, h } from "../dom.js";
import { state } from "../state.js";

const SOMETHING_WRONG = "Something went wrong. Please try again."; // all that Teams says
const SECONDS = { problem: 9, notice: 5 };

// Removes the error of an earlier attempt when the person tries again.
export function hush() {
  byId("toasts").querySelectorAll(".problem").forEach((one) => one.remove());
}

export function say(sentence, kind = "notice") {
  const same = [...byId("toasts").children].find((one) => one.dataset.sentence === sentence);
  same?.remove(); // the stream and the answer may both say it
  const node = h("div", { class: `toast ${kind}`, "data-testid": "teams-toast", "data-kind": kind, "data-sentence": sentence }, sentence, sentence === SOMETHING_WRONG && why());
  const places = byId("toasts");
  places.append(node);
  while (places.childElementCount > 3) places.firstElementChild.remove();
  setTimeout(() => node.remove(), SECONDS[kind] * 1000);
}

// Teams wouldn't know; the demo does.
function why() {
  const { state: is, may_control: mayControl } = state.status;
  if (is !== "down") return null;
  return h("span", {}, ` Ombud isn't running${mayControl ? ": start it above" : ""}.`);
}
