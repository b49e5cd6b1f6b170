// Middle column: a channel's posts with their replies, or the chat with the bot.

import { sync } from "../centre.js";
import { dayKey, dayName } from "../dates.js";
import { byId, fill, h, popUp } from "../dom.js";
import { state } from "../state.js";
import { composer } from "./composer.js";
import { drawing } from "./drawings.js";
import { face } from "./faces.js";
import { act } from "./net.js";
import { message } from "./post.js";
import { here, isMember, markRead, me, teams } from "./state.js";
import { thread } from "./thread.js";

let shown = null; // what the frame was built for

export function centre() {
  const place = here();
  if (!place) return fill(byId("centre"), h("p", { class: "quiet" }, "There is nothing here."));
  const frame = JSON.stringify([place.id, teams.me, place.is_installed, place.members, place.name, place.topic, teams.commands.length]);
  const isNew = shown !== frame;
  if (isNew) build(place);
  shown = frame;
  return list(place, isNew);
}

const isChat = () => teams.place === "chat";

function build(place) {
  fill(byId("centre"),
    h("header", { class: "place" },
      h("button", { type: "button", class: "square ghost back", "aria-label": "Back to the list", "data-testid": "teams-back",
        onclick: () => { byId("app").dataset.view = "list"; } }, drawing("back")),
      isChat() ? face(teams.bot.id) : h("span", { class: "team-mark big", "aria-hidden": "true" }, teams.name.slice(0, 1)),
      h("div", { class: "place-name" },
        h("h1", { "data-testid": "teams-place" }, isChat() ? teams.bot.name : place.name),
        h("p", {}, isChat() ? `Your chat with the app, ${me().name.split(" ")[0]}` : [teams.name, place.topic].filter(Boolean).join(" · "))),
      !isChat() && h("div", { class: "faces", title: `${place.members.length} members` }, place.members.slice(0, 5).map((one) => face(one, "small"))),
      menuButton(place)),
    h("div", { class: isChat() ? "posts chat" : "posts", "data-testid": "teams-posts", tabindex: "0", role: "log", "aria-label": isChat() ? "Chat" : "Posts" }),
    foot(place));
}

function menuButton(place) {
  const node = h("button", {
    type: "button", class: "square ghost", "aria-label": isChat() ? "App options" : "Channel options", "aria-haspopup": "menu", "data-testid": "teams-channel-menu",
    onclick: () => popUp(node, [place.is_installed
      ? { ...removing(), testid: "teams-uninstall", act: () => install(place, "uninstall", node) }
      : { ...adding(), testid: "teams-install", act: () => install(place, "install", node) }]),
  }, drawing("more"));
  return node;
}

// In a channel the app is the whole team's: it is there in all channels, or in none.
const removing = () => isChat()
  ? { label: `Remove ${teams.bot.name}`, hint: "It can't write here any more" }
  : { label: `Remove ${teams.bot.name} from the team`, hint: "It can't write in any of its channels any more" };

const adding = () => isChat()
  ? { label: `Add ${teams.bot.name}`, hint: "The app joins in here" }
  : { label: `Add ${teams.bot.name} to the team`, hint: "The app joins in all its channels" };

async function install(place, verb, node) {
  node.setAttribute("aria-busy", "true");
  await act(verb, { conversation: place.id });
  node.removeAttribute("aria-busy");
}

function foot(place) {
  if (!isChat() && !isMember(place)) return h("p", { class: "composer-off" }, "You are not in this team, so you can only look.");
  if (place.is_installed) return composer(place, { isChat: isChat() });
  const add = h("button", { type: "button", class: "button primary", "data-testid": "teams-add", onclick: () => install(place, "install", add) }, adding().label);
  return h("div", { class: "foot" },
    h("p", { class: "composer-off" }, h("span", {}, away()), add),
    !isChat() && composer(place, { isChat: false }));
}

const away = () => isChat() ? `${teams.bot.name} isn't one of your apps.` : `${teams.bot.name} isn't in this team. It can't write here any more.`;

function list(place, isNew) {
  const pane = byId("centre").querySelector(".posts");
  const wasAtEnd = isNew || pane.scrollHeight - pane.scrollTop - pane.clientHeight < 90;
  const roots = [...place.messages.values()].filter((one) => isChat() || !one.root || !place.messages.has(one.root));
  const active = document.activeElement;
  sync(pane, roots.length ? timeline(place, roots) : [empty()]);
  if (active !== document.activeElement && active?.isConnected) active.focus({ preventScroll: true });
  if (wasAtEnd) pane.scrollTop = pane.scrollHeight;
  if (!document.hidden) markRead(place);
}

const seconds = (one) => Date.parse(one.at) / 1000;

function timeline(place, roots) {
  const mark = teams.newFrom[place.id];
  const nodes = [];
  let day = "";
  let isMarked = !mark;
  for (const one of roots) {
    const isNewDay = dayKey(seconds(one)) !== day;
    day = dayKey(seconds(one));
    if (isNewDay) nodes.push(h("div", { class: "day" }, h("span", {}, dayName(seconds(one)))));
    if (!isMarked && roots[roots.indexOf(one) - 1]?.id === mark) {
      nodes.push(h("div", { class: "new-mark" }, h("span", {}, "New")));
      isMarked = true;
    }
    nodes.push(isChat() ? message(place, one) : thread(place, one));
  }
  return nodes;
}

function empty() {
  const isDown = state.status.state === "down";
  const isAway = !here().is_installed;
  const words = isAway ? "Nothing has been said here yet."
    : isDown ? "Ombud is not running. Start it in the bar above."
      : isChat() ? "Ombud writes here when a case is yours. Say “help” to see what it can do."
        : "Nothing has been said here yet. Raise a dispute as a customer and watch it arrive.";
  return h("div", { class: "empty" }, face(teams.bot.id, "large"), h("h2", {}, isChat() ? "You and Ombud" : here().name), h("p", {}, words));
}
