// The open thread.

import { composer } from "./composer.js";
import { byId, fill, h } from "./dom.js";
import { icon } from "./icons.js";
import { message } from "./message.js";
import { sync } from "./centre.js";
import { changed, state } from "./state.js";

let shown = null;

export function thread() {
  const pane = byId("thread");
  const channel = state.thread && state.channels.get(state.thread.channel);
  const parent = channel?.messages.get(state.thread.ts);
  const isOpen = Boolean(parent) && state.place === channel.id;
  pane.hidden = !isOpen;
  byId("app").classList.toggle("has-thread", isOpen);
  if (!isOpen) {
    shown = null;
    fill(pane);
    return;
  }
  const frame = JSON.stringify([channel.id, parent.ts, state.me, channel.is_archived]);
  if (shown !== frame) build(pane, channel, parent);
  shown = frame;
  list(pane.querySelector(".messages"), channel, parent);
}

function build(pane, channel, parent) {
  fill(pane,
    h("header", { class: "place" },
      h("div", { class: "place-name" }, h("h2", {}, "Thread"), h("p", {}, channel.partner ? "Ombud" : `#${channel.name}`)),
      h("button", { type: "button", class: "square ghost", "aria-label": "Close thread", "data-testid": "thread-close",
        onclick: () => { state.thread = null; changed("thread"); } }, icon("close"))),
    h("div", { class: "messages", "data-testid": "thread", tabindex: "0" }),
    composer(channel, parent.ts));
}

function list(pane, channel, parent) {
  const wasAtEnd = pane.childElementCount === 0 || pane.scrollHeight - pane.scrollTop - pane.clientHeight < 80;
  const whispers = [...channel.whispers.values()].filter((one) => one.to === state.me);
  const replies = [...channel.messages.values(), ...whispers]
    .filter((one) => one.thread_ts === parent.ts && one.ts !== parent.ts).sort((a, b) => a.ts - b.ts);
  const count = h("div", { class: "day" }, h("span", {}, replies.length === 1 ? "1 reply" : `${replies.length} replies`));
  sync(pane, [message(channel, parent, { inThread: true }), count,
    ...replies.map((one) => message(channel, one, { inThread: true }))]);
  if (wasAtEnd) pane.scrollTop = replies.length > 2 ? pane.scrollHeight : 0;
}
