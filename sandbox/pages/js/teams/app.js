// Start of the Teams page, and which part is drawn again when something changes.

import { bar, dress, tick } from "../bar.js";
import { byId } from "../dom.js";
import { log } from "../log.js";
import { onChange } from "../state.js";
import { centre } from "./centre.js";
import { dialog } from "./dialog.js";
import { follow, load } from "./net.js";
import { rail } from "./rail.js";
import { side } from "./side.js";
import { here, markRead, remember } from "./state.js";

const DRAW = { bar, log, "teams-rail": rail, "teams-side": side, "teams-centre": centre, "teams-dialog": dialog };

function draw(parts) {
  for (const [name, work] of Object.entries(DRAW)) {
    const isAsked = parts.has("all") || parts.has(name) || (name.startsWith("teams-") && parts.has("teams"));
    if (isAsked) work();
  }
  remember();
}

async function start() {
  dress(localStorage.getItem("theme"));
  onChange(draw);
  if (new URLSearchParams(location.search).has("at")) byId("app").dataset.view = "place";
  await load();
  follow();
  setInterval(tick, 1000);
  document.addEventListener("visibilitychange", () => !document.hidden && here() && markRead(here()));
  requestAnimationFrame(() => {
    byId("app").dataset.state = "ready";
    document.body.dataset.state = "ready";
  });
}

start();
