// Composer for a channel or the chat, with commands and the search for cases.

import { h } from "../dom.js";
import { drawing } from "./drawings.js";
import { face } from "./faces.js";
import { finder } from "./finder.js";
import { act } from "./net.js";
import { teams } from "./state.js";

const drafts = new Map();

export function composer(conversation, { isChat = false, root = null, onleave = null } = {}) {
  const key = `${conversation.id}:${root}:${teams.me}`;
  const kind = root ? "teams-reply-" : "teams-";
  const offers = h("div", { class: "offers up", hidden: true, "data-testid": "teams-suggestions" });
  const place = h("div", { class: "finder-place" });
  const area = h("textarea", {
    rows: 1, "data-testid": `${kind}composer`, value: drafts.get(key) ?? "", "aria-label": root ? "Reply" : "Message",
    placeholder: root ? `Reply, or @${teams.bot.name}` : isChat ? `Write to ${teams.bot.name}` : `Start a post, or @${teams.bot.name}`,
    oninput: () => { drafts.set(key, area.value); grow(area); suggest(area, offers, isChat); },
    onkeydown: (event) => {
      const first = offers.querySelector("button");
      if (event.key === "Escape") escape(event, offers, area, onleave);
      else if (!offers.hidden && first && event.key === "Tab" && !event.shiftKey) take(event, first);
      else if (!offers.hidden && first && event.key === "ArrowUp") { event.preventDefault(); [...offers.querySelectorAll("button")].at(-1).focus(); }
      else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) take(event, send);
    },
  });
  offers.addEventListener("keydown", (event) => walk(event, offers, area));
  const send = h("button", { type: "submit", class: "send", "aria-label": "Send", title: "Send", "data-testid": `${kind}send` }, drawing("send"));
  return h("form", { class: root ? "composer reply-composer" : "composer", onsubmit: async (event) => {
    event.preventDefault();
    const text = area.value.trim();
    if (!text || send.getAttribute("aria-busy")) return;
    offers.hidden = true;
    send.setAttribute("aria-busy", "true");
    const answer = await act("say", { conversation: conversation.id, text, ...(root ? { root } : {}) });
    send.removeAttribute("aria-busy");
    if (!answer.ok) return; // what was typed stays, to be sent again
    area.value = "";
    drafts.delete(key);
    grow(area);
    onleave?.();
  } }, offers, place, area,
  h("div", { class: "composer-tools" },
    tool("spark", "Commands", `${kind}commands`, () => { area.focus(); suggest(area, offers, isChat, true); }),
    tool("search", "Find a case and insert its card", `${kind}search-open`, (node) => finder(place, { conversation: conversation.id, ...(root ? { root } : {}) }, node)),
    send));
}

function tool(mark, label, testid, work) {
  const node = h("button", { type: "button", class: "square ghost", "aria-label": label, title: label, "data-testid": testid, onclick: () => work(node) }, drawing(mark));
  return node;
}

function escape(event, offers, area, onleave) {
  if (!offers.hidden) offers.hidden = true;
  else if (!area.value) onleave?.();
  event.stopPropagation();
}

function take(event, button) {
  event.preventDefault();
  button.click();
}

// “@Ombud overdue” speaks to the bot; in its own chat every word does.
function suggest(area, offers, isChat, isAsked = false) {
  const text = area.value;
  const name = `@${teams.bot.name}`;
  const isNaming = !isChat && /(^|\s)@\w*$/.test(text) && name.toLowerCase().startsWith(text.match(/@\w*$/)[0].toLowerCase());
  const asked = isChat ? text : text.match(new RegExp(`@${teams.bot.name}\\s+(.*)$`, "is"))?.[1];
  const wanted = isAsked && !text.trim() ? teams.commands : asked === undefined ? [] : teams.commands.filter((one) => fits(one.title, asked));
  const items = isNaming && !isAsked ? [naming(area, name)] : isChat && !text.trim() && !isAsked ? [] : wanted.map((one) => offer(area, one, isChat));
  offers.hidden = items.length === 0;
  offers.replaceChildren(...items);
}

const fits = (title, typed) => title.toLowerCase().startsWith(typed.trim().toLowerCase()) && title !== typed.trim();

function naming(area, name) {
  return h("button", { type: "button", "data-testid": "teams-suggestion-bot", onclick: () => put(area, `${area.value.replace(/@\w*$/, "")}${name} `) },
    h("span", { class: "offer-name" }, face(teams.bot.id, "small"), h("b", {}, teams.bot.name)), h("small", {}, "App"));
}

function offer(area, one, isChat) {
  const words = one.title.replace(/\s*(<.*|\[.*|….*)$/, " ").replace(/\s+$/, " ");
  return h("button", {
    type: "button", "data-testid": `teams-suggestion-${one.title.replaceAll(" ", "-")}`,
    onclick: () => put(area, isChat ? words : `@${teams.bot.name} ${words}`),
  }, h("b", {}, one.title), h("small", {}, one.description));
}

function put(area, text) {
  area.value = text;
  area.dispatchEvent(new Event("input"));
  area.focus();
}

function walk(event, offers, area) {
  const all = [...offers.querySelectorAll("button")];
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.key === "Escape") {
    offers.hidden = true;
    area.focus();
  } else if (step) (all[all.indexOf(document.activeElement) + step] ?? area).focus();
  else return;
  event.preventDefault();
  event.stopPropagation();
}

function grow(area) {
  area.style.height = "auto";
  area.style.height = `${Math.min(area.scrollHeight, 160)}px`;
}
