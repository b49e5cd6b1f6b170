// State of the page, and its listeners.

import { post } from "./net.js";

const query = new URLSearchParams(location.search);

export const state = {
  me: query.get("as") || localStorage.getItem("me") || "U0ANA",
  place: query.get("at") || localStorage.getItem("place") || "C0BILLING", // a channel's id, or "home"
  thread: null, // { channel, ts } while a thread is open
  team: "",
  bot: { user: "", name: "", url: "" },
  people: new Map(),
  channels: new Map(), // id -> channel with `messages` and `whispers`, both Map by ts
  reads: {},
  stacks: {},
  homes: {},
  clock: { offset: 0 },
  status: { state: "down", may_control: false },
  progress: "",
  calls: [],
  customers: [],
  hasMail: false,
  hasTeams: false,
  reasons: [],
  shortcuts: [],
  commands: [],
  unreadFrom: {}, // channel id -> ts of the last message read when it was opened
};

const listeners = [];
const waiting = new Set();

// Calls `listener(parts)` once per frame with the names of all parts that changed.
export function onChange(listener) {
  listeners.push(listener);
}

export function changed(...parts) {
  if (waiting.size === 0) {
    queueMicrotask(() => requestAnimationFrame(() => {
      const now = new Set(waiting);
      waiting.clear();
      listeners.forEach((listener) => listener(now));
    }));
  }
  parts.forEach((part) => waiting.add(part));
}

export const me = () => state.people.get(state.me) ?? { id: state.me, name: state.me, zone: "Europe/Berlin" };
export const here = () => state.channels.get(state.place);
export const now = () => Date.now() / 1000 + state.clock.offset;
export const isIn = (channel) => channel.members.includes(state.me);

export function nameOf(userId) {
  if (userId === state.bot.user) return state.bot.name;
  return state.people.get(userId)?.name ?? userId;
}

// Channels and the conversation with the bot that this person sees in the list.
export function placesOf(userId) {
  const all = [...state.channels.values()];
  return {
    channels: all.filter((one) => !one.partner),
    direct: all.find((one) => one.partner === userId),
  };
}

function lastTs(channel) {
  return [...channel.messages.values()].filter(isTop).at(-1)?.ts ?? "";
}

export function isTop(message) {
  return !message.thread_ts || message.thread_ts === message.ts || message.subtype === "thread_broadcast";
}

// How many top-level messages by others are unread, and whether one calls this person.
export function unread(channel) {
  const mark = state.reads[state.me]?.[channel.id] ?? "";
  const fresh = [...channel.messages.values()].filter(
    (one) => isTop(one) && one.ts > mark && one.user !== state.me);
  const calls = channel.partner ? fresh.length : fresh.filter(mentionsMe).length;
  return { count: fresh.length, calls };
}

function mentionsMe(message) {
  const said = JSON.stringify([message.text, message.blocks]);
  return said.includes(`<@${state.me}>`) || /<!(channel|here|everyone)>/.test(said);
}

export function markRead(channel) {
  const ts = lastTs(channel);
  const marks = (state.reads[state.me] ??= {});
  if (!ts || (marks[channel.id] ?? "") >= ts || !isIn(channel)) return;
  marks[channel.id] = ts;
  post("read", { user: state.me, channel: channel.id, ts });
  changed("side");
}

export function goTo(place, thread = null) {
  state.place = place;
  state.thread = thread;
  const channel = here();
  if (channel) state.unreadFrom[place] = state.reads[state.me]?.[place] ?? "";
  remember();
  changed("side", "centre", "thread");
}

export function become(userId) {
  state.me = userId;
  const place = here();
  if (place?.partner && place.partner !== userId) state.place = "D" + userId.slice(1);
  state.unreadFrom = {};
  if (here()) state.unreadFrom[state.place] = state.reads[userId]?.[state.place] ?? "";
  remember();
  changed("side", "centre", "thread", "modal", "bar");
}

function remember() {
  localStorage.setItem("me", state.me);
  localStorage.setItem("place", state.place);
  const wanted = new URLSearchParams({ as: state.me, at: state.place });
  history.replaceState(null, "", `/?${wanted}`);
}
