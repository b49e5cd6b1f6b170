// Surface of a card: the message or dialog that holds it, its values, and where a press is sent.

import { act } from "./net.js";
import { byId } from "../dom.js";

const drafts = new Map(); // surface key -> { input id: value }

export function surfaceOf(conversation, message, at, entities) {
  return surface(`${conversation.id}:${message.id}:${at}`, { testid: "teams-action", level: 2, entities }, (action, inputs) => {
    const data = action.data ?? {};
    const verb = action.type === "Action.Execute" ? { verb: action.verb ?? "" } : {};
    return act("press", { conversation: conversation.id, message: message.id, data, inputs, ...verb });
  });
}

export function dialogSurface(key, entities) {
  return surface(key, { testid: "teams-dialog-action", level: 3, entities }, (action, inputs) => act("submit", { data: action.data ?? {}, inputs }));
}

function surface(key, looks, press) {
  if (!drafts.has(key)) drafts.set(key, {});
  const busily = (action, inputs) => showBusy(press(action, inputs));
  return { key, ...looks, press: busily, values: drafts.get(key), inputs: new Map(), parent: null };
}

export const forgetDraft = (key) => drafts.delete(key);

// A card within a card: it sends what is filled in around it too, but not the other way round.
export function within(parent) {
  return { ...parent, inputs: new Map(), parent };
}

// Every input that goes along with a press; null when one of them is not right, which then says so.
export function gather(place) {
  const all = [];
  for (let one = place; one; one = one.parent) all.push(...one.inputs.entries());
  const wrong = all.filter(([, input]) => !input.check()).map(([, input]) => input);
  if (wrong.length) {
    wrong.at(-1).focus();
    return null;
  }
  return Object.fromEntries(all.map(([id, input]) => [id, input.read()]));
}

let pressed = 0;

// A thin line on top of the page while the bot is thinking.
export async function showBusy(work) {
  pressed += 1;
  byId("busy").hidden = false;
  try {
    return await work;
  } finally {
    pressed -= 1;
    byId("busy").hidden = pressed === 0;
  }
}
