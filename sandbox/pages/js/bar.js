// Demo bar: move the clock, raise a dispute, stop or start the bot, open the call log.

import { show } from "./dates.js";
import { byId, fill, h, toast } from "./dom.js";
import { icon } from "./icons.js";
import { toggleLog } from "./log.js";
import { post } from "./net.js";
import { openRaise } from "./raise.js";
import { now, state } from "./state.js";

const STATES = { ready: "Ombud is running", starting: "Ombud is starting", down: "Ombud is not running" };
const JUMPS = [[1, "1 h", "add-1h"], [4, "4 h", "add-4h"], [24, "1 day", "add-1d"]];
let isBusy = false;

export function bar() {
  const { state: is, may_control: mayControl } = state.status;
  fill(byId("bar"),
    h("div", { class: "brand" }, h("img", { src: "/pages/mark.svg", alt: "" }), h("strong", {}, "Ombud"),
      state.hasTeams ? sides() : h("span", {}, "sandbox")),
    h("div", { class: "clock", title: "The demo's clock, in Berlin" }, icon("clock"),
      h("time", { "data-testid": "clock", id: "clock" }, clockText()),
      h("span", { class: "jumps" }, JUMPS.map(([hours, label, testid]) => h("button", {
        type: "button", "data-testid": testid, title: `Let ${label} pass`, onclick: (event) => jump(event, hours),
      }, `+${label}`)))),
    state.progress && h("div", { class: "progress", "data-testid": isTeams ? "teams-progress" : "progress" }, h("i", { class: "spin" }), h("span", {}, state.progress)),
    h("div", { class: "bar-end" },
      h("span", { class: `bot-state ${is}`, "data-testid": "bot-state", "data-state": is, title: STATES[is] },
        h("i", {}), h("span", {}, STATES[is])),
      mayControl && (is === "down" ? control("start", "Start the bot") : control("kill", "Kill the bot")),
      h("button", { type: "button", "data-testid": "log-open", title: `What Ombud said to ${state.hasTeams ? "Slack and Teams" : "Slack"}`, onclick: toggleLog },
        icon("log"), h("span", {}, "API log")),
      h("button", { type: "button", "data-testid": "theme", "aria-label": "Light or dark", title: "Light or dark", onclick: turn },
        icon("moon")),
      h("button", { type: "button", class: "strong", "data-testid": "raise", onclick: openRaise },
        icon("plus"), h("span", {}, "Raise a dispute"))));
}

const isTeams = location.pathname === "/teams";

// The same company on its two platforms; one stays who one is, where both know that person.
function sides() {
  const isOnlyHere = state.people.get(state.me)?.slack_id === null;
  const to = (path) => (isOnlyHere ? path : `${path}?${new URLSearchParams({ as: state.me })}`);
  return h("nav", { class: "sides", "aria-label": "Platform" }, [["Slack", "/", !isTeams], ["Teams", "/teams", isTeams]].map(([name, path, isHere]) =>
    h("a", { href: to(path), "aria-current": isHere ? "page" : undefined, "data-testid": `go-${name.toLowerCase()}` }, name)));
}

function clockText() {
  const options = { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" };
  return show(now(), options, "Europe/Berlin").replace(",", "");
}

export function tick() {
  const node = byId("clock");
  if (node && node.textContent !== clockText()) node.textContent = clockText();
}

async function jump(event, hours) {
  event.currentTarget.setAttribute("aria-busy", "true");
  await post("clock", { add_hours: hours });
}

function control(verb, label) {
  return h("button", {
    type: "button", "data-testid": `bot-${verb}`, disabled: isBusy, "aria-busy": isBusy,
    onclick: async () => {
      isBusy = true;
      bar();
      const answer = await post("bot", { do: verb });
      isBusy = false;
      if (answer.ok) toast(verb === "kill" ? "Killed without warning. Nothing is lost: start it again." : "Ombud starts.", "notice");
      bar();
    },
  }, icon("power"), h("span", {}, label));
}

export function dress(theme) {
  if (theme) document.documentElement.dataset.theme = theme;
}

function turn() {
  const root = document.documentElement;
  const isDark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  dress(isDark ? "light" : "dark");
  localStorage.setItem("theme", root.dataset.theme);
}
