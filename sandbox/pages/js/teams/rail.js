// App rail: activity, chat and teams, with badges.

import { byId, fill, h } from "../dom.js";
import { activityOf, goTo, isMember, myChat, teams, unread } from "./state.js";
import { drawing } from "./drawings.js";
import { changed } from "../state.js";

export function rail() {
  const calls = activityOf().filter((one) => one.isNew).length;
  const written = myChat() ? unread(myChat()).length : 0;
  const hasNews = [...teams.channels.values()].some((one) => isMember(one) && unread(one).length > 0);
  const isActivity = teams.pane === "activity";
  fill(byId("rail"),
    stop("activity", "bell", "Activity", isActivity, badge(calls, "activity"), () => show("activity", teams.place)),
    stop("chat", "bubble", "Chat", !isActivity && teams.place === "chat", badge(written, "chat"), () => show("places", "chat", "place")),
    stop("teams", "people", "Teams", !isActivity && teams.place !== "chat", hasNews && h("i", { class: "dot" }),
      () => show("places", lastChannel())));
}

let visited = null;

function lastChannel() {
  return teams.channels.has(visited) ? visited : [...teams.channels.values()].find(isMember)?.id ?? "chat";
}

function show(pane, place, view = "list") {
  if (teams.channels.has(teams.place)) visited = teams.place;
  byId("app").dataset.view = view;
  goTo(place, pane);
  changed("teams");
}

function stop(name, mark, label, isOpen, news, act) {
  return h("button", { type: "button", "data-testid": `teams-rail-${name}`, "aria-current": isOpen ? "page" : undefined, onclick: act },
    drawing(mark), h("span", {}, label), news);
}

const badge = (count, name) => count > 0 && h("b", { class: "badge", "data-testid": `teams-badge-${name}` }, count > 99 ? "99+" : count);
