// Requests of the Teams page to the sandbox, and its event stream.

import { load as loadSandbox, noteCall, post } from "../net.js";
import { changed, state } from "../state.js";
import { askAgain } from "./refresh.js";
import { hush, say } from "./say.js";
import { conversationOf, forget, here, settle, teams } from "./state.js";

// Posts an action of the acting person; shows a toast on failure. Always returns an object.
export async function act(route, body, { quiet = false } = {}) {
  if (!quiet) hush();
  const answer = await post(`teams/${route}`, { person: teams.me, ...body }, { quiet: true });
  if (!quiet && answer.problem) say(answer.problem, "problem");
  return answer;
}

let loading = 0;
const late = []; // what was said while the whole was on its way, which may not have it yet

export async function load() {
  loading += 1;
  try {
    const [all] = await Promise.all([fetch("/sandbox/teams/workspace").then((one) => one.json()), loadSandbox()]);
    takeIn(all);
  } finally {
    loading -= 1;
  }
  if (!loading) late.splice(0).forEach(apply);
}

function takeIn(all) {
  Object.assign(teams, {
    name: all.team, bot: all.bot, dialogs: all.dialogs ?? {}, commands: all.commands ?? [],
    messageActions: all.message_actions ?? [],
    people: new Map(all.people.map((one) => [one.id, one])),
    channels: new Map(all.channels.map((one) => [one.id, keyed(one)])),
    chats: new Map(Object.entries(all.chats).map(([person, one]) => [person, keyed(one)])),
  });
  settle();
  changed("all");
}

const keyed = (one) => ({ ...one, messages: new Map((one.messages ?? []).map((each) => [each.id, each])) });

// Follows the event stream; after a break the whole state is loaded again.
export function follow() {
  const source = new EventSource("/sandbox/stream");
  source.onopen = () => load();
  source.onmessage = (event) => apply(JSON.parse(event.data));
}

function keep(event) {
  const conversation = conversationOf(event.conversation);
  if (!conversation) load();
  conversation?.messages.set(event.message.id, event.message);
}

function renew(channel) {
  const known = conversationOf(channel.id);
  if (known && channel.is_gone) {
    teams.channels.delete(channel.id);
    return settle();
  }
  if (!known) return load();
  return Object.assign(known, channel, channel.messages ? keyed(channel) : { messages: known.messages });
}

const APPLY = {
  teams_message: keep,
  teams_changed: keep,
  teams_gone: (event) => conversationOf(event.conversation) && forget(conversationOf(event.conversation), event.id),
  teams_dialog: (event) => { teams.dialogs[event.person] = event.dialog; },
  teams_toast: (event) => event.person === teams.me && say(event.text, event.is_error ? "problem" : "notice"),
  teams_channel: (event) => renew(event.channel),
  clock: (event) => { state.clock = { offset: event.clock.now - Date.now() / 1000 }; },
  bot: (event) => {
    if (event.bot.state === "ready" && state.status.state !== "ready") askAgain();
    state.status = event.bot;
  },
  progress: (event) => { state.progress = event.sentence; },
  call: (event) => noteCall(event.call),
};

const PARTS = {
  teams_dialog: ["teams-dialog"], teams_toast: [], teams_channel: ["teams"], progress: ["bar"], call: ["log"],
  clock: ["bar", "teams-centre"], bot: ["bar", "teams-centre"],
};

function apply(event) {
  if (!APPLY[event.type]) return;
  if (loading) {
    late.push(event);
    return;
  }
  APPLY[event.type](event);
  const isHere = event.conversation === here()?.id;
  changed(...(PARTS[event.type] ?? ["teams-rail", "teams-side", ...(isHere ? ["teams-centre"] : [])]));
}
