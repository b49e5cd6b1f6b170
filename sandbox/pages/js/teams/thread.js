// A post with its replies.

import { sync } from "../centre.js";
import { h } from "../dom.js";
import { composer } from "./composer.js";
import { drawing } from "./drawings.js";
import { message } from "./post.js";
import { isMember, teams } from "./state.js";
import { changed } from "../state.js";

const FEW = 2; // replies that are shown while the rest is folded
const open = new Set(); // posts whose replies are all shown
const writing = new Set(); // posts under which somebody writes
const kept = new Map(); // conversation and post -> its frame

export function thread(channel, root) {
  const key = `${channel.id}:${root.id}:${teams.me}`;
  if (!kept.has(key)) kept.set(key, h("div", { class: "post", role: "group", "data-testid": `teams-post-${root.id}`, "aria-label": `Post by ${root.from.name}` }));
  const frame = kept.get(key);
  const replies = [...channel.messages.values()].filter((one) => one.root === root.id && one.id !== root.id);
  const isOpen = open.has(key) || replies.length <= FEW + 1;
  const visible = isOpen ? replies : replies.slice(-FEW);
  sync(frame, [
    message(channel, root),
    ...(replies.length > visible.length || (open.has(key) && replies.length > FEW + 1) ? [fold(frame, key, root, replies.length - visible.length)] : []),
    ...visible.map((one) => message(channel, one)),
    ...(isMember(channel) ? [foot(frame, key, channel, root)] : []),
  ]);
  return frame;
}

function fold(frame, key, root, hidden) {
  const words = hidden ? `See ${hidden} earlier ${hidden === 1 ? "reply" : "replies"}` : "Show fewer replies";
  const signature = `${key}:${hidden}`;
  const node = frame.querySelector(":scope > .replies-fold");
  if (node?.dataset.for === signature) return node;
  return h("button", {
    type: "button", class: "replies-fold", "data-for": signature, "data-testid": `teams-replies-${root.id}`, "aria-expanded": String(!hidden),
    onclick: () => { if (!open.delete(key)) open.add(key); changed("teams-centre"); },
  }, drawing("down"), words);
}

// The reply button, or the composer; it is reused when the page redraws, so that typed text is not lost.
function foot(frame, key, channel, root) {
  const kind = `${writing.has(key) ? "write" : "button"}:${channel.is_installed}`;
  const node = frame.querySelector(":scope > .reply-foot");
  if (node?.dataset.kind === kind) return node;
  const stop = () => { writing.delete(key); changed("teams-centre"); };
  return h("div", { class: "reply-foot", "data-kind": kind }, writing.has(key)
    ? composer(channel, { root: root.id, onleave: stop })
    : h("button", { type: "button", class: "reply", "data-testid": `teams-reply-${root.id}`, onclick: () => write(key, root) }, drawing("reply"), "Reply"));
}

function write(key, root) {
  writing.add(key);
  changed("teams-centre");
  requestAnimationFrame(() => requestAnimationFrame(() => document.querySelector(`[data-testid="teams-post-${CSS.escape(root.id)}"] textarea`)?.focus()));
}
