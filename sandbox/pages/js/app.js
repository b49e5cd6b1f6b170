// Start of the Slack page, and which part is drawn again when something changes.

import { bar, dress, tick } from "./bar.js";
import { centre } from "./centre.js";
import { byId } from "./dom.js";
import { log } from "./log.js";
import { modal } from "./modal.js";
import { follow, load } from "./net.js";
import { side } from "./side.js";
import { goTo, here, markRead, onChange, state } from "./state.js";
import { thread } from "./thread.js";

const DRAW = { bar, side, centre, thread, modal, log };

function draw(parts) {
  if (parts.has("home") && state.place === "home") parts.add("centre");
  for (const [name, work] of Object.entries(DRAW)) {
    if (parts.has("all") || parts.has(name)) work();
  }
}

// A permalink, /archives/C0BILLING/p1699999999000100, opens its message.
function fromPermalink() {
  const found = /^\/archives\/(\w+)\/p(\d{10})(\d{6})/.exec(location.pathname);
  if (!found) return;
  const [, channel, seconds, rest] = found;
  const ts = `${seconds}.${rest}`;
  const root = new URLSearchParams(location.search).get("thread_ts");
  goTo(channel, root ? { channel, ts: root } : null);
  setTimeout(() => {
    const node = document.querySelector(`[data-ts="${ts}"]`);
    node?.scrollIntoView({ block: "center" });
    node?.classList.add("found");
  }, 300);
}

async function start() {
  dress(localStorage.getItem("theme"));
  onChange(draw);
  await load();
  if (state.place !== "home" && !here()) state.place = "C0BILLING";
  if (here()) state.unreadFrom[state.place] = state.reads[state.me]?.[state.place] ?? "";
  follow();
  fromPermalink();
  setInterval(tick, 1000);
  document.addEventListener("visibilitychange", () => here() && markRead(here()));
  for (const id of ["centre", "thread"]) {
    byId(id).addEventListener("click", (event) => event.target.closest(".burger") || byId("app").classList.remove("side-open"));
  }
  byId("app").dataset.state = "ready";
}

start();
