// Call log: what the bot called in Slack and Teams, and what was answered.

import { show } from "./dates.js";
import { closeDrawer, isOpen, openDrawer } from "./drawer.js";
import { h } from "./dom.js";
import { sync } from "./centre.js";
import { nameOf, state } from "./state.js";

const body = h("div", { class: "drawer-body log" });
const kept = new Map();

export function toggleLog() {
  if (isOpen("log")) return closeDrawer();
  openDrawer("log", "API log", `What Ombud said to ${state.hasTeams ? "Slack and Teams" : "Slack"}, newest first.`, body, { isModal: false });
  return log();
}

export function log() {
  if (!isOpen("log")) return;
  const entries = state.calls.slice(-200).reverse();
  const nodes = entries.map((call) => kept.get(call.id) ?? keep(call));
  sync(body, nodes.length ? nodes : [h("p", { class: "quiet" }, "Ombud has not said anything yet.")]);
}

function keep(call) {
  const where = state.channels.get(call.args.channel);
  const someone = call.args.user_id ?? call.args.user ?? call.args.users ?? call.args.channel ?? "";
  const about = call.args.place ? call.args.place : where ? (where.partner ? nameOf(where.partner) : `#${where.name}`) : nameOf(someone);
  const node = h("details", { class: call.ok ? "call" : "call failed", "data-testid": "call", "data-method": call.method },
    h("summary", {},
      h("time", {}, show(call.at, { hour: "2-digit", minute: "2-digit", second: "2-digit" }, "Europe/Berlin")),
      h("b", {}, call.method), h("span", {}, about),
      h("i", {}, call.ok ? "ok" : `${call.error}${call.status === 200 ? "" : ` · ${call.status}`}`)),
    h("pre", {}, JSON.stringify(call.args, null, 2)));
  kept.set(call.id, node);
  return node;
}
