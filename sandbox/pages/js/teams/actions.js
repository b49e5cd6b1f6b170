// Buttons of a card, and what they send when pressed.

import { h, popUp } from "../dom.js";
import { drawing } from "./drawings.js";
import { isSafe } from "./markdown.js";
import { gather, within } from "./surface.js";

const MOST = 6; // more buttons than these go into the menu, as in Teams
const STYLES = { positive: "primary", destructive: "danger" };
const KNOWN = new Set(["Action.Execute", "Action.Submit", "Action.ShowCard", "Action.OpenUrl", "Action.ToggleVisibility"]);

export function actionRow(surface, all, body) {
  const known = all.map(settled).filter(Boolean);
  const first = known.filter((one) => one.mode !== "secondary");
  const rest = [...first.slice(MOST), ...known.filter((one) => one.mode === "secondary")];
  const panels = new Map();
  const toggle = (action, button) => unfold(surface, action, button, panels, place, body);
  const buttons = first.slice(0, MOST).map((one) => button(surface, one, toggle));
  const place = h("div", { class: "ac-unfolded" });
  return h("div", { class: "ac-action-set" },
    h("div", { class: "ac-actions" }, buttons, rest.length > 0 && overflow(surface, rest, toggle)), place);
}

// The action itself, or what it says to do where it isn't known.
function settled(action) {
  if (KNOWN.has(action.type)) return action;
  if (action.fallback === "drop") return null;
  return action.fallback?.type ? settled(action.fallback) : { ...action, isUnknown: true };
}

// What a test calls it: by what it sends, or by what the first button inside it sends.
function nameOf(surface, action) {
  const inner = action.type === "Action.ShowCard" && firstSent(action.card);
  const { action: verb = action.verb ?? action.type, value = "" } = { ...(inner || action).data };
  const kind = inner ? surface.testid.replace("action", "show") : surface.testid;
  return `${kind}-${action.type === "Action.OpenUrl" ? "link" : verb}:${value}`;
}

function firstSent(card) {
  const inside = [...(card?.actions ?? []), ...(card?.body ?? []).flatMap((one) => one.actions ?? [])];
  return inside.find((one) => one.data);
}

function button(surface, action, toggle) {
  const style = STYLES[action.style] ?? "";
  const testid = isSubmit(surface, action) ? "teams-dialog-submit" : nameOf(surface, action);
  const common = { class: `button ${style}`, "data-testid": testid, title: action.tooltip, "data-action": action.type };
  if (action.isUnknown) return h("span", { class: "ac-unknown", "data-testid": "teams-unknown" }, `This page can't do “${action.type}”.`);
  if (action.type === "Action.OpenUrl") return link(action, common);
  const node = h("button", {
    type: "button", ...common, disabled: action.isEnabled === false,
    "aria-expanded": action.type === "Action.ShowCard" ? "false" : undefined, onclick: () => press(surface, action, node, toggle),
  }, action.title ?? "", action.type === "Action.ShowCard" && drawing("down"));
  return node;
}

function link(action, common) {
  if (!isSafe(action.url ?? "")) return h("span", { class: "ac-unknown", "data-testid": "teams-unknown" }, `“${action.title}” leads nowhere safe.`);
  return h("a", { ...common, href: action.url, target: "_blank", rel: "noopener" }, action.title ?? "", drawing("out"));
}

// In a dialog with something to fill in, the first button that sends is what Enter would press.
function isSubmit(surface, action) {
  if (!surface.submit && surface.isForm && action.type === "Action.Submit" && !surface.parent) surface.submit = action;
  return Boolean(surface.submit) && surface.submit === action;
}

function overflow(surface, rest, toggle) {
  const node = h("button", {
    type: "button", class: "button square", "aria-label": "More actions", "aria-haspopup": "menu", "data-testid": "teams-more",
    "data-options": rest.map((one) => optionOf(surface, one)).join(" "),
    onclick: () => popUp(node, rest.map((one) => ({
      label: one.title ?? one.type, testid: optionOf(surface, one), act: () => press(surface, one, node, toggle),
    }))),
  }, drawing("more"));
  return node;
}

const optionOf = (surface, action) => nameOf(surface, action).replace(/^teams-(dialog-)?(action|show)/, "teams-option");

async function press(surface, action, node, toggle) {
  if (action.type === "Action.ShowCard") return toggle(action, node);
  if (action.type === "Action.ToggleVisibility") return turn(action, node);
  if (action.type === "Action.OpenUrl") return isSafe(action.url ?? "") && open(action.url, "_blank", "noopener");
  if (node.closest(".ac-pressed")) return undefined;
  const inputs = action.associatedInputs === "none" ? {} : gather(surface);
  if (!inputs) return undefined;
  const root = rootOf(node);
  root?.classList.add("ac-pressed");
  node.setAttribute("aria-busy", "true");
  await surface.press(action, inputs);
  node.removeAttribute("aria-busy");
  root?.classList.remove("ac-pressed");
  return undefined;
}

function rootOf(node) {
  let root = node.closest(".ac");
  while (root?.parentElement?.closest(".ac")) root = root.parentElement.closest(".ac");
  return root;
}

// Action.ShowCard: one at a time is open under its row of buttons.
function unfold(surface, action, node, panels, place, body) {
  const isOpen = place.dataset.open === nameOf(surface, action);
  node.parentElement.querySelectorAll("[aria-expanded=true]").forEach((one) => one.setAttribute("aria-expanded", "false"));
  place.replaceChildren();
  delete place.dataset.open;
  if (isOpen) return;
  if (!panels.has(action)) panels.set(action, h("div", { class: "ac-panel" }, body(action.card ?? {}, within(surface))));
  place.dataset.open = nameOf(surface, action);
  place.append(panels.get(action));
  if (node.hasAttribute("aria-expanded")) node.setAttribute("aria-expanded", "true");
  panels.get(action).querySelector("input, select, textarea, button")?.focus();
}

function turn(action, node) {
  for (const target of action.targetElements ?? []) {
    const { elementId, isVisible } = typeof target === "string" ? { elementId: target } : target;
    const found = rootOf(node)?.querySelector(`[data-element-id="${CSS.escape(elementId)}"]`);
    if (found) found.hidden = isVisible === undefined ? !found.hidden : !isVisible;
  }
}

// `selectAction`: the whole element is a button, or a link.
export function pressable(surface, action, node, label) {
  if (action.type === "Action.OpenUrl") {
    return isSafe(action.url ?? "") ? h("a", { href: action.url, target: "_blank", rel: "noopener", class: "ac-pressable" }, node) : node;
  }
  const act = () => press(surface, action, whole, () => {});
  const whole = h("div", {
    class: "ac-pressable", role: "button", tabindex: "0", "aria-label": action.title ?? label, "data-testid": nameOf(surface, action),
    onclick: (event) => event.target.closest("button, a, input, select, textarea") || act(),
    onkeydown: (event) => {
      if (event.target !== whole || !["Enter", " "].includes(event.key)) return;
      event.preventDefault();
      act();
    },
  }, node);
  return whole;
}
