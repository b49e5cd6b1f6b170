// Sidebar of the Teams page: the acting person, channels and chats, unread marks.

import { byId, fill, h } from "../dom.js";
import { icon } from "../icons.js";
import { drawing } from "./drawings.js";
import { face } from "./faces.js";
import { plainOf } from "./markdown.js";
import { activityOf, become, goTo, isMember, me, mentions, myChat, teams, unread } from "./state.js";
import { find, when } from "./post.js";

export function side() {
  const kept = document.activeElement?.closest("#side") && document.activeElement.dataset.testid;
  const scrolled = byId("side").scrollTop;
  fill(byId("side"),
    h("header", { class: "list-head" }, h("h1", {}, teams.pane === "activity" ? "Activity" : "Teams"), h("small", {}, teams.name)),
    you(),
    teams.pane === "activity" ? feed() : places());
  byId("side").scrollTop = scrolled;
  if (kept) byId("side").querySelector(`[data-testid="${CSS.escape(kept)}"]`)?.focus({ preventScroll: true });
}

function you() {
  return h("section", { class: "you" },
    h("div", { class: "who", role: "radiogroup", "aria-label": "You are" }, [...teams.people.values()].map(person)),
    h("p", { "data-testid": "teams-me" }, h("strong", {}, me().name, me().is_guest && h("span", { class: "tag" }, "Guest")), h("small", {}, me().role)));
}

function person(one) {
  const calls = one.id !== teams.me && activityOf(one.id).some((each) => each.isNew);
  const label = `${one.name}, ${one.is_guest ? "guest, " : ""}${one.role}`;
  return h("button", {
    type: "button", role: "radio", "aria-checked": String(one.id === teams.me), "aria-label": label, title: label,
    "data-testid": `teams-person-${one.slack_id ?? one.id}`, onclick: () => become(one.id),
  }, face(one.id), calls && h("i", { class: "dot" }));
}

function places() {
  const chat = myChat();
  return h("section", { class: "places" },
    h("h2", {}, "Chat"),
    chat && place("chat", chat, face(teams.bot.id, "small"), teams.bot.name, "teams-chat"),
    h("h2", {}, "Teams and channels"),
    h("p", { class: "team-name" }, h("span", { class: "team-mark", "aria-hidden": "true" }, teams.name.slice(0, 1)), teams.name),
    [...teams.channels.values()].map((one) => place(one.id, one, icon(isMember(one) ? "hash" : "lock"), one.name, `teams-channel-${one.id}`)));
}

function place(id, conversation, mark, name, testid) {
  const isOpen = teams.place === id;
  const isMine = id === "chat" || isMember(conversation);
  const fresh = isMine && !isOpen ? unread(conversation) : [];
  const calls = id === "chat" ? fresh.length : fresh.filter((one) => mentions(one, me())).length;
  return h("button", {
    type: "button", "data-testid": testid, "aria-current": isOpen ? "page" : undefined,
    class: ["entry", fresh.length && "bold", !isMine && "off"].filter(Boolean).join(" "),
    onclick: () => open(id),
  }, mark, h("span", {}, name),
  calls > 0 ? h("b", { class: "badge", "data-testid": `teams-unread-${id}` }, calls)
    : fresh.length > 0 && h("i", { class: "dot", "data-testid": `teams-unread-${id}` }));
}

function open(id) {
  byId("app").dataset.view = "place";
  goTo(id, teams.pane);
}

function feed() {
  const all = activityOf().slice(0, 60);
  if (!all.length) return h("p", { class: "quiet" }, "Nothing calls for you. Mentions and what Ombud writes to you appear here.");
  return h("ul", { class: "feed" }, all.map(({ conversation, message, kind, isNew }) => h("li", {},
    h("button", {
      type: "button", class: isNew ? "item new" : "item", "data-testid": `teams-activity-${message.id}`,
      onclick: () => { open(conversation === myChat() ? "chat" : conversation.id); find(message.id); },
    }, face(message.from.id),
    h("span", { class: "item-text" },
      h("span", {}, h("b", {}, message.from.name), ` ${kind}`),
      h("small", {}, plainOf(message)),
      h("small", {}, conversation === myChat() ? "Chat" : `# ${conversation.name}`)),
    h("span", { class: "item-end" }, h("time", {}, when(message.at)), isNew && drawing("bell"))))));
}
