// The modal on top of this person's screen.

import { blocks } from "./blocks.js";
import { byId, fill, h } from "./dom.js";
import { icon } from "./icons.js";
import { plain } from "./mrkdwn.js";
import { post } from "./net.js";
import { changed, state } from "./state.js";
import { forget, viewSurface } from "./surface.js";

let shown = null;
let before = null; // what had the focus when the first form opened
const errors = new Map(); // view id -> sentences by block

export function modal() {
  const stack = state.stacks[state.me] ?? [];
  const view = stack.at(-1);
  const wanted = view ? `${view.id}:${view.hash}:${JSON.stringify(errors.get(view.id) ?? {})}` : null;
  if (wanted === shown) return;
  const isNew = !shown?.startsWith(view?.id);
  shown = wanted;
  if (!view) {
    fill(byId("modal"));
    before?.focus?.();
    before = null;
    return;
  }
  before ??= document.activeElement;
  const kept = !isNew && document.activeElement?.dataset?.key;
  const scrolled = byId("modal").querySelector(".dialog-body")?.scrollTop ?? 0;
  fill(byId("modal"), h("div", { class: "veil" }, dialog(view, stack.length)));
  const body = byId("modal").querySelector(".dialog-body");
  if (!isNew) body.scrollTop = scrolled;
  focusOn(kept, isNew);
}

// A form that was changed stays where it is scrolled to, as Slack's does; a mistake is always brought into view.
function focusOn(key, isNew) {
  const pane = byId("modal");
  const wrong = pane.querySelector("[aria-invalid=true]");
  const same = key && pane.querySelector(`[data-key="${CSS.escape(key)}"]`);
  const first = pane.querySelector("[autofocus]") ?? pane.querySelector(".dialog-body :is(input, select, textarea)");
  const wanted = wrong || same || first || pane.querySelector(".dialog");
  wanted.focus({ preventScroll: !isNew && wanted !== wrong });
}

function dialog(view, depth) {
  const surface = viewSurface(view);
  const wrong = errors.get(view.id) ?? {};
  const close = () => leave(view);
  return h("form", {
    class: "dialog", role: "dialog", "aria-modal": "true", "aria-label": view.title.text, tabindex: "-1", novalidate: true,
    "data-testid": "modal", "data-view": view.id, "data-callback": view.callback_id,
    onkeydown: (event) => { if (event.key === "Escape") close(); trap(event); },
    onsubmit: (event) => { event.preventDefault(); send(view, surface); },
  },
  h("header", {},
    depth > 1 ? h("button", { type: "button", class: "square ghost", "aria-label": "Back", "data-testid": "modal-back", onclick: close }, icon("back"))
      : h("img", { src: "/pages/mark.svg", alt: "", class: "avatar bot small" }),
    h("h2", { "data-testid": "modal-title" }, plain(view.title)),
    h("button", { type: "button", class: "square ghost", "aria-label": "Close", "data-testid": "modal-x", onclick: close }, icon("close"))),
  h("div", { class: "dialog-body" }, blocks(surface, view.blocks, wrong)),
  (view.submit || view.close) && h("footer", {},
    h("button", { type: "button", class: "button", "data-testid": "modal-close", onclick: close },
      plain(view.close ?? "Cancel")),
    view.submit && h("button", { type: "submit", class: "button primary", "data-testid": "modal-submit" },
      plain(view.submit))));
}

async function send(view, surface) {
  const button = byId("modal").querySelector("[type=submit]");
  if (!button || button.getAttribute("aria-busy")) return;
  button.setAttribute("aria-busy", "true");
  const answer = await post("submit", { user: state.me, view_id: view.id, values: surface.values });
  button.removeAttribute("aria-busy");
  if (answer.errors) errors.set(view.id, answer.errors);
  else errors.delete(view.id);
  if (answer.ok) forget(view.id);
  changed("modal");
}

async function leave(view) {
  errors.delete(view.id);
  forget(view.id);
  await post("close", { user: state.me });
}

// Tab stays inside the form.
function trap(event) {
  if (event.key !== "Tab") return;
  const all = [...event.currentTarget.querySelectorAll("button, input, select, textarea, a[href]")].filter((one) => !one.disabled);
  const edge = event.shiftKey ? all[0] : all.at(-1);
  if (document.activeElement !== edge) return;
  event.preventDefault();
  (event.shiftKey ? all.at(-1) : all[0]).focus();
}
