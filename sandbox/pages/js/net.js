// Requests to the sandbox, and its event stream.

import { changed, here, state } from "./state.js";
import { toast } from "./dom.js";

// Posts to /sandbox/{route}; always answers an object, and shows the sentence when something went wrong.
export async function post(route, body, { quiet = false } = {}) {
  let answer;
  try {
    const response = await fetch(`/sandbox/${route}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body ?? {}),
    });
    answer = await response.json();
  } catch {
    answer = { ok: false, problem: "The sandbox does not answer. Is it still running?" };
  }
  if (!quiet && answer.problem) toast(answer.problem);
  return answer;
}

let loading = 0;
const late = []; // what was said while the whole was on its way, which may not have it yet

export async function load() {
  loading += 1;
  try {
    await takeIn();
  } finally {
    loading -= 1;
  }
  if (!loading) late.splice(0).forEach(apply);
}

async function takeIn() {
  const all = await (await fetch("/sandbox/workspace")).json();
  Object.assign(state, {
    team: all.team, bot: all.bot, reads: all.reads, stacks: all.stacks, homes: all.homes,
    status: all.status, progress: all.progress, customers: all.customers, reasons: all.reasons,
    hasMail: all.has_mail, hasTeams: all.has_teams, shortcuts: all.shortcuts, commands: all.commands,
    people: new Map(all.people.map((one) => [one.id, one])),
    channels: new Map(all.channels.map((one) => [one.id, keyed(one)])),
  });
  setClock(all.clock);
  const calls = await (await fetch("/sandbox/calls")).json();
  state.calls = calls.calls.slice(-500);
  changed("all");
}

// Follows the stream; after a break everything is read anew.
export function follow() {
  const source = new EventSource("/sandbox/stream");
  // Loads the whole state when the stream opens, for events before it opened or while it was broken.
  source.onopen = () => load();
  source.onmessage = (event) => apply(JSON.parse(event.data));
}

function keyed(channel) {
  return {
    ...channel,
    messages: new Map(channel.messages.map((one) => [one.ts, one])),
    whispers: new Map(channel.whispers.map((one) => [one.ts, one])),
  };
}

function setClock(clock) {
  state.clock = { offset: clock.now - Date.now() / 1000 };
}

function channelOf(event) {
  if (!state.channels.has(event.channel)) load();
  return state.channels.get(event.channel);
}

const APPLY = {
  message: (event) => channelOf(event)?.messages.set(event.message.ts, event.message),
  message_changed: (event) => channelOf(event)?.messages.set(event.message.ts, event.message),
  message_deleted: (event) => channelOf(event)?.messages.delete(event.ts),
  whisper: (event) => channelOf(event)?.whispers.set(event.message.ts, event.message),
  whisper_gone: (event) => channelOf(event)?.whispers.delete(event.ts),
  channel: (event) => Object.assign(state.channels.get(event.channel.id) ?? {}, event.channel),
  person: (event) => Object.assign(state.people.get(event.id) ?? {}, { is_active: event.is_active }),
  views: (event) => { state.stacks[event.user] = event.stack; },
  home: (event) => { state.homes[event.user] = event.view; },
  clock: (event) => setClock(event.clock),
  bot: (event) => { state.status = event.bot; },
  progress: (event) => { state.progress = event.sentence; },
  call: (event) => noteCall(event.call),
};

export function noteCall(call) {
  if (state.calls.some((one) => one.id === call.id)) return;
  state.calls.push(call);
  if (state.calls.length > 600) state.calls.splice(0, 100);
}

const PARTS = {
  views: ["modal"], home: ["home"], clock: ["bar", "centre", "thread", "home"], bot: ["bar", "home"],
  progress: ["bar"], call: ["log"], person: ["side"], channel: ["side", "centre"],
};

function apply(event) {
  if (loading) {
    late.push(event);
    return;
  }
  APPLY[event.type]?.(event);
  const parts = PARTS[event.type];
  if (parts) return changed(...parts);
  changed("side", "thread", ...(event.channel === here()?.id ? ["centre"] : []));
}
