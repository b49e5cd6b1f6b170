// Middle column: a channel's messages, or the App Home.

import { blocks } from "./blocks.js";
import { composer } from "./composer.js";
import { dayKey, dayName } from "./dates.js";
import { byId, fill, h } from "./dom.js";
import { icon } from "./icons.js";
import { avatar, message } from "./message.js";
import { post } from "./net.js";
import { changed, here, isTop, markRead, me, state } from "./state.js";
import { viewSurface } from "./surface.js";

let shown = null; // what the frame was built for
let asked = ""; // for whom the home was last asked for

export function centre() {
  if (state.place === "home") return home();
  const channel = here() ?? [...state.channels.values()][0];
  if (!channel) return;
  const frame = JSON.stringify([channel.id, state.me, channel.is_archived, channel.members]);
  if (shown !== frame) build(channel);
  shown = frame;
  list(channel);
}

function build(channel) {
  const others = channel.partner ? "Direct message" : channel.topic;
  fill(byId("centre"),
    h("header", { class: "place" },
      menuButton(),
      h("div", { class: "place-name" },
        h("h1", { "data-testid": "place" }, channel.partner ? avatar(state.bot.user, "small") : icon("hash"), channel.partner ? "Ombud" : channel.name,
          channel.is_archived && h("span", { class: "tag" }, "archived")),
        h("p", {}, others)),
      !channel.partner && h("div", { class: "faces", title: `${channel.members.length} members` },
        channel.members.slice(0, 6).map((user) => avatar(user, "small")))),
    h("div", { class: "messages", "data-testid": "messages", tabindex: "0" }),
    composer(channel));
}

function menuButton() {
  return h("button", { type: "button", class: "burger", "aria-label": "Channels", "data-testid": "burger",
    onclick: () => byId("app").classList.toggle("side-open") }, icon("menu"));
}

function list(channel) {
  const pane = byId("centre").querySelector(".messages");
  const wasAtEnd = pane.childElementCount === 0 || pane.scrollHeight - pane.scrollTop - pane.clientHeight < 80;
  const whispers = [...channel.whispers.values()].filter((one) => one.to === state.me && !one.thread_ts);
  const all = [...channel.messages.values()].filter(isTop).concat(whispers).sort((a, b) => a.ts - b.ts);
  const nodes = all.length ? timeline(channel, all) : [empty(channel)];
  sync(pane, nodes);
  if (wasAtEnd) pane.scrollTop = pane.scrollHeight;
  if (document.visibilityState === "visible") markRead(channel);
}

// Puts `nodes` into the pane without touching those that are there already.
export function sync(pane, nodes) {
  nodes.forEach((node, at) => {
    if (pane.childNodes[at] !== node) pane.insertBefore(node, pane.childNodes[at] ?? null);
  });
  while (pane.childNodes.length > nodes.length) pane.lastChild.remove();
}

function timeline(channel, all) {
  const mark = state.unreadFrom[channel.id];
  const nodes = [];
  let before = null;
  let isMarked = false;
  for (const one of all) {
    const isNewDay = !before || dayKey(Number(before.ts)) !== dayKey(Number(one.ts));
    if (isNewDay) nodes.push(h("div", { class: "day" }, h("span", {}, dayName(Number(one.ts)))));
    const isFirstUnread = mark && !isMarked && one.ts > mark && one.user !== state.me;
    if (isFirstUnread) nodes.push(h("div", { class: "new-mark" }, h("span", {}, "New")));
    isMarked ||= isFirstUnread;
    const isRun = !isNewDay && !isFirstUnread && isSameRun(before, one);
    nodes.push(message(channel, one, { isRun }));
    before = one;
  }
  return nodes;
}

function isSameRun(before, one) {
  const isQuiet = !one.blocks?.length && !before.blocks?.length && !one.is_ephemeral && !before.is_ephemeral;
  return isQuiet && before.user === one.user && !before.reply_count && one.ts - before.ts < 300;
}

function empty(channel) {
  const sentence = channel.partner
    ? "Ombud writes here when a case is yours: the invoice, the customer's history and what is due."
    : "Nothing has been said here yet. Raise a dispute as a customer and watch it arrive.";
  return h("div", { class: "empty" }, channel.partner ? avatar(state.bot.user, "large") : icon("chat"),
    h("h2", {}, channel.partner ? "You and Ombud" : `#${channel.name}`), h("p", {}, sentence));
}

function home() {
  shown = null;
  const view = state.homes[state.me];
  fill(byId("centre"),
    h("header", { class: "place" }, menuButton(),
      h("div", { class: "place-name" },
        h("h1", { "data-testid": "place" }, avatar(state.bot.user, "small"), "Ombud"),
        h("p", {}, `Home of ${me().name}`))),
    h("div", { class: "messages home", "data-testid": "home", tabindex: "0" },
      view ? h("div", { class: "home-page" }, blocks(viewSurface(view), view.blocks)) : waiting()));
  const key = state.me;
  if (asked === key) return;
  asked = key;
  post("home", { user: state.me });
}

// Asks for the home anew the next time it is looked at.
export function leaveHome() {
  asked = "";
  changed("side");
}

function waiting() {
  const isDown = state.status.state === "down";
  return h("div", { class: "empty" }, avatar(state.bot.user, "large"),
    h("h2", {}, isDown ? "Ombud is not running" : "One moment"),
    h("p", {}, isDown ? "Start it in the bar above, and your cases appear here." : "Ombud is preparing your page."));
}
