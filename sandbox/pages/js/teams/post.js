// One message, and its menu.

import { h, popUp } from "../dom.js";
import { dayKey, show, timeOf } from "../dates.js";
import { now } from "../state.js";
import { card } from "./card.js";
import { drawing } from "./drawings.js";
import { face, named } from "./faces.js";
import { markdown } from "./markdown.js";
import { act } from "./net.js";
import { wantView } from "./refresh.js";
import { entitiesOf, teams } from "./state.js";
import { surfaceOf } from "./surface.js";

const kept = new Map(); // conversation and message -> what was drawn, and for what

const seconds = (at) => Date.parse(at) / 1000;

export function when(at) {
  const isToday = dayKey(seconds(at)) === dayKey(now());
  return isToday ? timeOf(seconds(at)) : show(seconds(at), { day: "numeric", month: "short" });
}

// Draws a message, or gives back the node it has while nothing about it changed.
export function message(conversation, one) {
  wantView(conversation, one);
  const key = `${conversation.id}:${one.id}`;
  const before = kept.get(key);
  const around = [teams.me, dayKey(now()), teams.messageActions.length].join(); // what else the drawing depends on
  if (before?.one === one && before.around === around) return before.node;
  const view = one.views?.[teams.me];
  const cards = view ? [view, ...(one.cards ?? []).slice(1)] : one.cards ?? [];
  const signature = JSON.stringify([{ ...one, views: undefined }, cards, around]);
  const node = before?.signature === signature ? before.node : draw(conversation, one, cards);
  kept.set(key, { one, around, signature, node });
  if (node === before?.node) return node;
  if (before?.node.contains(document.activeElement)) refocus(node, document.activeElement.dataset.testid);
  return node;
}

function refocus(node, testid) {
  requestAnimationFrame(() => {
    if (!node.isConnected || document.activeElement !== document.body) return;
    const same = testid && node.querySelector(`[data-testid="${CSS.escape(testid)}"]`);
    (same ?? node).focus({ preventScroll: true });
  });
}

function draw(conversation, one, cards) {
  const isMine = one.from.id === teams.me;
  return h("article", {
    class: ["msg", isMine && "mine", one.from.is_bot && "by-bot"].filter(Boolean).join(" "), tabindex: "-1",
    "data-testid": `teams-message-${one.id}`, "data-id": one.id, "data-reply-to": one.root, "data-from": one.from.id,
    "data-view": one.views?.[teams.me] ? "own" : undefined,
  },
  face(one.from.id),
  h("div", { class: "msg-body" },
    h("header", {}, named(one.from),
      h("time", { datetime: one.at, title: show(seconds(one.at), { dateStyle: "full", timeStyle: "short" }) }, stamp(one.at)),
      one.edited_at && h("span", { class: "edited", "data-testid": "teams-edited" }, "Edited")),
    words(one, cards),
    cards.map((each, at) => h("div", { class: "ac-frame", "data-testid": "teams-card", "data-values": valuesIn(each) },
      card(each, surfaceOf(conversation, one, at, { ...each.msteams }.entities ?? []))))),
  tools(conversation, one));
}

// Whatever the buttons of a card are about, for tests that look for a case's card.
function valuesIn(content) {
  const found = new Set();
  JSON.stringify(content, (name, value) => {
    if (name === "data" && value?.value) found.add(value.value);
    return value;
  });
  return [...found].join(" ");
}

function stamp(at) {
  const isToday = dayKey(seconds(at)) === dayKey(now());
  return isToday ? timeOf(seconds(at)) : `${show(seconds(at), { day: "numeric", month: "short" })}, ${timeOf(seconds(at))}`;
}

function words(one, cards) {
  const text = one.text || (cards.length ? "" : one.summary);
  if (!text) return null;
  const entities = entitiesOf(one);
  return h("div", { class: "said" }, one.from.is_bot ? markdown(text, entities) : typed(text, entities));
}

// What a person typed has no markup but the mention.
function typed(text, entities) {
  return text.split(/(<at>[^<]*<\/at>)/).map((part) => (part.startsWith("<at>") ? markdown(part, entities) : part));
}

function tools(conversation, one) {
  const more = h("button", {
    type: "button", title: "More options", "aria-label": "More options for this message", "aria-haspopup": "menu",
    "data-testid": `teams-message-menu-${one.id}`, onclick: () => popUp(more, items(conversation, one, more)),
  }, drawing("more"));
  return h("div", { class: "tools" }, more);
}

function items(conversation, one, button) {
  const actions = teams.messageActions.map(({ id, title }) => ({
    label: title, hint: teams.bot.name, testid: `teams-message-action-${id}`,
    act: async () => {
      button.setAttribute("aria-busy", "true");
      await act("message_action", { id, conversation: conversation.id, message: one.id });
      button.removeAttribute("aria-busy");
    },
  }));
  const text = one.text || one.summary || "";
  return [...actions, { label: "Copy text", testid: "teams-message-copy", act: () => navigator.clipboard?.writeText(text) }];
}

// Brings a message into view and marks it for a moment.
export function find(id) {
  setTimeout(() => {
    const node = document.querySelector(`[data-id="${CSS.escape(id)}"]`);
    node?.scrollIntoView({ block: "center" });
    node?.classList.add("found");
    node?.focus({ preventScroll: true });
  }, 120);
}

