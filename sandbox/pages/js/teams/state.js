// State of the Teams page, and what is unread for whom.

import { changed, state } from "../state.js";

const query = new URLSearchParams(location.search);

export const teams = {
  me: query.get("as") || localStorage.getItem("me") || "", // an Entra id, once the people are known
  place: query.get("at") || localStorage.getItem("teams-place") || "", // a conversation's id, or "chat"
  pane: "places", // what the list shows: "places" or "activity"
  name: "",
  bot: { id: "", name: "Ombud" },
  people: new Map(),
  channels: new Map(), // id -> channel with `messages`, a Map by id
  chats: new Map(), // Entra id -> conversation with `messages`, a Map by id
  dialogs: {},
  commands: [],
  messageActions: [],
  seen: JSON.parse(localStorage.getItem("teams-seen") ?? "{}"), // person -> conversation -> last message read
  newFrom: {}, // conversation -> the last message that was read when it was opened
};

export const me = () => teams.people.get(teams.me) ?? { id: teams.me, name: "Somebody", role: "", is_guest: true };
export const myChat = () => teams.chats.get(teams.me);
export const isMember = (channel) => channel.members.includes(teams.me);

// The conversation that is open: a channel, or this person's chat with the bot.
export function here() {
  return teams.place === "chat" ? myChat() : teams.channels.get(teams.place);
}

export function conversationOf(id) {
  return teams.channels.get(id) ?? [...teams.chats.values()].find((one) => one.id === id);
}

// Found by Entra id or by the same person's Slack id; else the first person.
export function settle() {
  const all = [...teams.people.values()];
  const found = all.find((one) => [one.id, one.slack_id].includes(teams.me)) ?? all[0];
  teams.me = found?.id ?? "";
  state.me = found?.slack_id ?? teams.me;
  if (found && !found.slack_id) state.people.set(found.id, found); // the shared parts ask for a person's zone there
  if (!here()) teams.place = [...teams.channels.values()].find(isMember)?.id ?? "chat";
}

export function become(id) {
  teams.me = id;
  teams.newFrom = {};
  settle();
  opened();
  changed("bar", "teams");
}

export function goTo(place, pane = "places") {
  teams.place = place;
  teams.pane = pane;
  opened();
  changed("teams");
}

function opened() {
  const place = here();
  if (place) teams.newFrom[place.id] = markOf(place, teams.me);
}

// The address and the browser remember where one is; the shared bar may have left the Slack page's address there.
export function remember() {
  const wanted = new URLSearchParams({ as: state.me, at: teams.place });
  if (`${location.pathname}${location.search}` !== `/teams?${wanted}`) history.replaceState(null, "", `/teams?${wanted}`);
  if (me().slack_id) localStorage.setItem("me", me().slack_id);
  localStorage.setItem("teams-place", teams.place);
}

const markOf = (conversation, person) => teams.seen[person]?.[conversation.id];

// Messages of others after the last one that `person` read.
export function unread(conversation, person = teams.me) {
  const all = [...conversation.messages.values()];
  const at = all.findIndex((one) => one.id === markOf(conversation, person));
  return all.slice(at + 1).filter((one) => one.from.id !== person);
}

export function markRead(conversation) {
  const last = [...conversation.messages.keys()].at(-1);
  const marks = (teams.seen[teams.me] ??= {});
  if (!last || marks[conversation.id] === last) return;
  marks[conversation.id] = last;
  localStorage.setItem("teams-seen", JSON.stringify(teams.seen));
  changed("teams-rail", "teams-side");
}

// A message that is gone can't be the one read last.
export function forget(conversation, id) {
  const all = [...conversation.messages.keys()];
  const before = all[all.indexOf(id) - 1];
  for (const marks of Object.values(teams.seen)) {
    if (marks[conversation.id] === id) marks[conversation.id] = before;
  }
  conversation.messages.delete(id);
}

export function entitiesOf(message) {
  return [...(message.entities ?? []), ...(message.cards ?? []).flatMap((card) => card.msteams?.entities ?? [])];
}

export function mentions(message, person) {
  return entitiesOf(message).some((one) => one.type === "mention" && [person.id, person.mri].includes(one.mentioned?.id));
}

// This person's activity feed: their chat with the bot, mentions, and replies to their posts. Newest first.
export function activityOf(person = teams.me) {
  const who = teams.people.get(person);
  const found = [];
  for (const channel of teams.channels.values()) {
    if (!who || !channel.members.includes(person)) continue;
    for (const one of channel.messages.values()) {
      const isAnswer = one.root && channel.messages.get(one.root)?.from.id === person && one.from.id !== person;
      const kind = mentions(one, who) ? "mentioned you" : isAnswer && "replied to you";
      if (kind) found.push({ conversation: channel, message: one, kind });
    }
  }
  const chat = teams.chats.get(person);
  for (const one of chat?.messages.values() ?? []) {
    if (one.from.is_bot) found.push({ conversation: chat, message: one, kind: "wrote to you" });
  }
  const fresh = new Set([chat, ...teams.channels.values()].filter(Boolean).flatMap((one) => unread(one, person)));
  return found.map((one) => ({ ...one, isNew: fresh.has(one.message) }))
    .sort((a, b) => String(b.message.at).localeCompare(String(a.message.at)));
}
