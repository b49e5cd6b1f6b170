// One message.

import { blocks } from "./blocks.js";
import { ago, show, timeOf } from "./dates.js";
import { h, popUp } from "./dom.js";
import { icon } from "./icons.js";
import { mrkdwn, unescape } from "./mrkdwn.js";
import { post } from "./net.js";
import { changed, nameOf, state, now } from "./state.js";
import { messageSurface } from "./surface.js";

const kept = new Map(); // key -> { signature, node }

// Draws a message, or gives back the node it has while nothing about it changed.
export function message(channel, one, { inThread = false, isRun = false } = {}) {
  const key = `${inThread}:${channel.id}:${one.ts}`;
  const signature = JSON.stringify([one, state.me, isRun, state.clock.offset, channel.is_archived]);
  const before = kept.get(key);
  if (before?.signature === signature) return before.node;
  const node = draw(channel, one, inThread, isRun);
  kept.set(key, { signature, node });
  return node;
}

function draw(channel, one, inThread, isRun) {
  const at = Number(one.ts);
  const isBot = Boolean(one.bot_id);
  return h("article", {
    class: ["message", isRun && "run", one.is_ephemeral && "whisper", one.subtype === "tombstone" && "gone"].filter(Boolean).join(" "),
    "data-testid": `${one.is_ephemeral ? "whisper" : "message"}-${one.ts}`, "data-ts": one.ts, "data-user": one.user,
  },
  isRun ? h("time", { class: "margin-time" }, timeOf(at)) : avatar(one.user),
  h("div", { class: "message-body" },
    one.is_ephemeral && whisperMark(channel, one),
    one.subtype === "thread_broadcast" && !inThread && broadcastMark(channel, one),
    !isRun && h("header", {}, h("strong", {}, nameOf(one.user)), isBot && h("span", { class: "tag" }, "app"),
      h("time", { title: show(at, { dateStyle: "full", timeStyle: "short" }) }, timeOf(at)), one.blocks?.length && edited(one)),
    content(channel, one),
    attachments(channel, one),
    !inThread && one.reply_count > 0 && threadLink(channel, one)),
  !one.is_ephemeral && tools(channel, one, inThread));
}

function content(channel, one) {
  if (!one.blocks?.length) return h("div", { class: "said" }, mrkdwn(one.text ?? ""), " ", edited(one));
  const isCard = one.blocks.some((block) => ["actions", "header"].includes(block.type) || block.accessory || block.fields);
  return h("div", { class: isCard ? "card" : "said" }, blocks(messageSurface(channel, one), one.blocks));
}

const edited = (one) => one.edited && h("span", { class: "edited", "data-testid": "edited" }, "(edited)");

function attachments(channel, one) {
  return (one.attachments ?? []).map((attachment) => {
    const node = h("div", { class: "attachment", "data-testid": "unfurl" },
      attachment.title && h("strong", {}, mrkdwn(attachment.title)),
      attachment.blocks ? blocks(messageSurface(channel, one), attachment.blocks) : mrkdwn(attachment.text ?? attachment.fallback ?? ""));
    if (/^#?[0-9a-f]{6}$/i.test(attachment.color ?? "")) {
      node.style.borderLeftColor = `#${attachment.color.replace("#", "")}`;
    }
    return node;
  });
}

function whisperMark(channel, one) {
  return h("p", { class: "whisper-mark" }, icon("eye"), "Only visible to you",
    h("button", { type: "button", class: "link", onclick: () => post("dismiss", { channel: channel.id, ts: one.ts }) },
      "Dismiss"));
}

function broadcastMark(channel, one) {
  const about = unescape(channel.messages.get(one.thread_ts)?.text ?? "");
  return h("p", { class: "whisper-mark" }, icon("reply"), "replied to a thread:",
    h("button", { type: "button", class: "link about", title: about, onclick: () => openThread(channel, one) }, about));
}

function threadLink(channel, one) {
  return h("button", { type: "button", class: "thread-link", "data-testid": `thread-open-${one.ts}`,
    onclick: () => openThread(channel, one) },
  (one.reply_users ?? []).slice(0, 3).map((user) => avatar(user, "tiny")),
  h("b", {}, `${one.reply_count} ${one.reply_count === 1 ? "reply" : "replies"}`),
  h("small", {}, `Last reply ${ago(Math.min(Number(one.latest_reply), now()))}`));
}

function tools(channel, one, inThread) {
  const more = h("button", { type: "button", title: "More", "aria-label": "More actions on this message",
    "data-testid": `more-${one.ts}`,
    onclick: () => popUp(more, [
      ...state.shortcuts.map((shortcut) => ({
        label: shortcut.name, testid: `shortcut-${shortcut.callback_id}`,
        act: () => post("shortcut", { user: state.me, channel: channel.id, ts: one.ts, callback_id: shortcut.callback_id }),
      })),
      { label: "Copy link", act: () => navigator.clipboard?.writeText(`${location.origin}/archives/${channel.id}/p${one.ts.replace(".", "")}`) },
    ]) }, icon("more"));
  return h("div", { class: "tools" },
    !inThread && h("button", { type: "button", title: "Reply in thread", "aria-label": "Reply in thread",
      "data-testid": `reply-${one.ts}`, onclick: () => openThread(channel, one) }, icon("reply")), more);
}

function openThread(channel, one) {
  state.thread = { channel: channel.id, ts: one.thread_ts ?? one.ts };
  changed("thread");
}

export function avatar(user, size = "") {
  if (user === state.bot.user) return h("img", { class: `avatar bot ${size}`, src: "/pages/mark.svg", alt: "" });
  const name = nameOf(user);
  const initials = name.split(" ").map((part) => part[0]).join("").slice(0, 2);
  return h("span", { class: `avatar tint-${tint(user)} ${size}`, "aria-hidden": "true" }, initials);
}

const tint = (user) => ([...state.people.keys()].indexOf(user) + 6) % 6;
