// Composer for messages and slash commands.

import { h } from "./dom.js";
import { icon } from "./icons.js";
import { post } from "./net.js";
import { isIn, state } from "./state.js";

const drafts = new Map();

export function composer(channel, threadTs = null) {
  const why = channel.partner ? "Ombud only writes here. Use its buttons, or /disputes in a channel." : !isIn(channel) ? "You are not in this channel, so you can only look."
    : channel.is_archived ? "This channel is archived." : "";
  if (why) return h("p", { class: "composer-off" }, icon("lock"), why);
  const key = `${channel.id}:${threadTs}:${state.me}`;
  const offers = h("div", { class: "offers up", hidden: true, "data-testid": "suggestions" });
  const area = h("textarea", {
    rows: 1, "data-testid": threadTs ? "thread-composer" : "composer", value: drafts.get(key) ?? "",
    placeholder: threadTs ? "Reply…" : `Message #${channel.name}, or type /`,
    "aria-label": threadTs ? "Reply in thread" : "Message",
    oninput: () => { drafts.set(key, area.value); grow(area); suggest(area, offers); },
    onkeydown: (event) => {
      if (event.key === "Tab" && !offers.hidden) take(event, offers.firstElementChild);
      if (event.key === "Escape") offers.hidden = true;
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) take(event, send);
    },
  });
  const send = h("button", { type: "submit", class: "send", "aria-label": "Send",
    "data-testid": threadTs ? "thread-send" : "send" }, icon("send"));
  const form = h("form", { class: "composer", onsubmit: async (event) => {
    event.preventDefault();
    const text = area.value.trim();
    if (!text) return;
    area.value = "";
    drafts.delete(key);
    offers.hidden = true;
    grow(area);
    send.setAttribute("aria-busy", "true");
    await deliver(channel, threadTs, text);
    send.removeAttribute("aria-busy");
  } }, offers, area, send);
  return form;
}

function take(event, button) {
  event.preventDefault();
  button.click();
}

function deliver(channel, threadTs, text) {
  const command = state.commands.find((one) => text === one.name || text.startsWith(`${one.name} `));
  if (command && !threadTs) {
    const rest = text.slice(command.name.length).trim();
    return post("command", { user: state.me, channel: channel.id, command: command.name, text: rest });
  }
  return post("say", { user: state.me, channel: channel.id, text, thread_ts: threadTs ?? undefined });
}

function suggest(area, offers) {
  const text = area.value;
  const wanted = text.startsWith("/") ? state.commands.flatMap((one) =>
    one.examples.map(([rest, hint]) => [`${one.name} ${rest}`, hint])).filter(([full]) =>
    full.startsWith(text.trimEnd()) && full.trim() !== text.trim()) : [];
  offers.hidden = wanted.length === 0;
  offers.replaceChildren(...wanted.map(([full, hint]) => h("button", {
    type: "button", "data-testid": `suggestion-${full.trim().replaceAll(" ", "-")}`,
    onclick: () => {
      area.value = full.replace(/(D-)?….*$/, "");
      area.dispatchEvent(new Event("input"));
      area.focus();
    },
  }, h("b", {}, full), h("small", {}, hint))));
}

function grow(area) {
  area.style.height = "auto";
  area.style.height = `${Math.min(area.scrollHeight, 160)}px`;
}
