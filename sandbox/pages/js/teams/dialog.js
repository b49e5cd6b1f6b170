// The dialog on top of this person's screen.

import { byId, fill, h } from "../dom.js";
import { card } from "./card.js";
import { drawing } from "./drawings.js";
import { face } from "./faces.js";
import { act } from "./net.js";
import { teams } from "./state.js";
import { dialogSurface, forgetDraft } from "./surface.js";

const KEY = "dialog";
const WIDTHS = { small: 480, medium: 600, large: 840 };

let shown = null; // the person and the dialog that is drawn
let before = null; // what had the focus when the dialog opened

export function dialog() {
  const info = teams.dialogs[teams.me] ?? null;
  const wanted = info && JSON.stringify([teams.me, info]);
  if (wanted === shown) return;
  const wasOpen = Boolean(shown);
  shown = wanted;
  forgetDraft(KEY); // the bot sends back what was typed
  if (!info) return close();
  if (!wasOpen) before = { node: document.activeElement, testid: document.activeElement?.dataset?.testid };
  const kept = wasOpen && byId("modal").contains(document.activeElement) && document.activeElement.dataset.testid;
  const scrolled = byId("modal").querySelector(".dialog-body")?.scrollTop ?? 0;
  fill(byId("modal"), h("div", { class: "veil" }, frame(info)));
  if (wasOpen && kept) byId("modal").querySelector(".dialog-body").scrollTop = scrolled;
  focusOn(kept);
}

function close() {
  fill(byId("modal"));
  const back = before?.node?.isConnected ? before.node
    : before?.testid && document.querySelector(`[data-testid="${CSS.escape(before.testid)}"]`);
  (back || byId("centre")).focus?.({ preventScroll: true });
  before = null;
}

function focusOn(kept) {
  const pane = byId("modal");
  const same = kept && kept !== "teams-dialog-submit" && pane.querySelector(`[data-testid="${CSS.escape(kept)}"]`);
  const first = pane.querySelector(".dialog-body :is(input, select, textarea)");
  const wanted = same || (first && first.getAttribute("role") !== "combobox" && first) || pane.querySelector(".dialog");
  wanted.focus({ preventScroll: true });
}

function frame(info) {
  const content = info.card?.content ?? info.card;
  const surface = { ...dialogSurface(KEY, content?.msteams?.entities ?? []), isForm: hasInput(content?.body) };
  const node = h("section", {
    class: "dialog task", role: "dialog", "aria-modal": "true", "aria-label": info.title ?? teams.bot.name, tabindex: "-1",
    "data-testid": "teams-dialog", onkeydown: keys,
  },
  h("div", { class: "task-head" }, face(teams.bot.id, "small"),
    h("h2", { "data-testid": "teams-dialog-title" }, info.title ?? teams.bot.name),
    h("button", { type: "button", class: "square ghost", "aria-label": "Close", "data-testid": "teams-dialog-close", onclick: leave }, drawing("close"))),
  h("div", { class: "dialog-body", tabindex: "0" }, content ? card(content, surface) : elsewhere(info)));
  const width = WIDTHS[info.width] ?? (Number(info.width) || WIDTHS.medium);
  node.style.setProperty("--dialog-width", `${Math.min(Math.max(width, 320), 1000)}px`);
  return node;
}

function hasInput(body) {
  return JSON.stringify(body ?? []).includes('"type":"Input.');
}

function elsewhere(info) {
  return h("p", { class: "ac-unknown", "data-testid": "teams-unknown" }, `This dialog is a page elsewhere: ${info.url ?? "nowhere"}`);
}

async function leave() {
  const person = teams.me;
  const answer = await act("close", {});
  if (answer.ok && teams.dialogs[person]) {
    teams.dialogs[person] = null;
    dialog();
  }
}

function keys(event) {
  if (event.key === "Escape") leave();
  if (event.key === "Enter" && event.target.matches("input:not([type=radio], [type=checkbox], [role=combobox])")) {
    event.preventDefault();
    byId("modal").querySelector("[data-testid=teams-dialog-submit]")?.click();
  }
  if (event.key === "Tab") trap(event);
}

// Tab stays inside the dialog.
function trap(event) {
  const all = [...event.currentTarget.querySelectorAll("button, input, select, textarea, a[href], [tabindex='0']")]
    .filter((one) => !one.disabled && one.offsetParent);
  const edge = event.shiftKey ? all[0] : all.at(-1);
  const isOut = document.activeElement === edge || (event.shiftKey && document.activeElement === event.currentTarget);
  if (!isOut) return;
  event.preventDefault();
  (event.shiftKey ? all.at(-1) : all[0]).focus();
}
