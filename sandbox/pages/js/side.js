// Sidebar: the acting person, channels and conversations.

import { leaveHome } from "./centre.js";
import { byId, fill, h } from "./dom.js";
import { icon } from "./icons.js";
import { avatar } from "./message.js";
import { become, goTo, isIn, me, placesOf, state, unread } from "./state.js";

export function side() {
  const { channels, direct } = placesOf(state.me);
  fill(byId("side"),
    h("div", { class: "team" }, h("strong", {}, state.team), h("small", {}, "A make-believe workspace")),
    h("section", { class: "you" },
      h("h2", {}, "You are"),
      h("div", { class: "who", role: "radiogroup", "aria-label": "You are" }, [...state.people.values()].map(person)),
      h("p", { "data-testid": "me" }, h("strong", {}, me().name), h("small", {}, me().role))),
    h("section", { class: "places" },
      h("h2", {}, "Ombud"),
      entry({ testid: "home-link", isOpen: state.place === "home", act: () => { leaveHome(); goTo("home"); } }, icon("home"), "Home"),
      direct && place(direct, icon("chat"), "Messages", "dm-ombud"),
      h("h2", {}, "Channels"),
      channels.map((one) => place(one, icon(isIn(one) ? "hash" : "lock"), one.name, `channel-${one.name}`)),
      state.hasMail && [h("h2", {}, "The customers' side"),
        outside("/invoices", "sheet", "Invoices", "invoices-link"), outside("/mailbox", "mail", "Mailboxes", "mailbox-link")]));
}

function person(one) {
  const isMe = one.id === state.me;
  return h("button", {
    type: "button", role: "radio", "aria-checked": String(isMe), "aria-label": `${one.name}, ${one.role}`,
    title: `${one.name}, ${one.role}`, class: one.is_active ? "" : "inactive",
    "data-testid": `person-${one.id}`, onclick: () => become(one.id),
  }, avatar(one.id), waiting(one.id) && h("i", { class: "dot" }));
}

function outside(href, mark, name, testid) {
  return h("a", { class: "entry", href, target: "_blank", "data-testid": testid }, icon(mark), h("span", {}, name), icon("out"));
}

// A dot on people for whom a direct message waits.
function waiting(userId) {
  const direct = placesOf(userId).direct;
  const mark = state.reads[userId]?.[direct?.id] ?? "";
  return userId !== state.me && [...(direct?.messages.values() ?? [])].some((one) => one.user !== userId && one.ts > mark);
}

function place(channel, mark, name, testid) {
  const { count, calls } = isIn(channel) ? unread(channel) : { count: 0, calls: 0 };
  const isOpen = state.place === channel.id;
  return entry({ testid, isOpen, isBold: count > 0 && !isOpen, isOff: !isIn(channel) || channel.is_archived,
    act: () => goTo(channel.id) }, mark, h("span", {}, name),
  calls > 0 && !isOpen && h("b", { class: "badge", "data-testid": `badge-${name}` }, calls),
  count > 0 && calls === 0 && !isOpen && h("i", { class: "dot", "data-testid": `unread-${name}` }));
}

function entry({ testid, isOpen, isBold, isOff, act }, ...children) {
  return h("button", {
    type: "button", "data-testid": testid, "aria-current": isOpen ? "page" : undefined,
    class: ["entry", isBold && "bold", isOff && "off"].filter(Boolean).join(" "),
    onclick: () => { byId("app").classList.remove("side-open"); act(); },
  }, ...children);
}
