// Surface of a control: the message or view that holds it, its values, and where a click is sent.

import { post } from "./net.js";
import { state } from "./state.js";
import { confirmFirst } from "./confirm.js";

const drafts = new Map(); // surface key -> { "block_id/action_id": value }

export function messageSurface(channel, message) {
  return surface(`m:${channel.id}:${message.ts}`, { channel: channel.id, ts: message.ts });
}

export function viewSurface(view) {
  return { ...surface(`v:${view.id}`, { view_id: view.id }), view };
}

function surface(key, where) {
  if (!drafts.has(key)) drafts.set(key, {});
  return { key, where, values: drafts.get(key) };
}

export const forget = (viewId) => drafts.delete(`v:${viewId}`);
export const keyOf = (block, element) => `${block.block_id}/${element.action_id ?? ""}`;
export const filled = (surface, block, element) => surface.values[keyOf(block, element)];

export function note(surface, block, element, value) {
  surface.values[keyOf(block, element)] = value;
}

// Sends the click; `control` shows that it is under way.
export async function press(surface, block, element, value, control) {
  if (element.confirm && !(await confirmFirst(element.confirm))) return false;
  control?.setAttribute("aria-busy", "true");
  const answer = await post("press", {
    user: state.me, ...surface.where, action_id: element.action_id ?? "", block_id: block.block_id,
    value, values: surface.values,
  });
  control?.removeAttribute("aria-busy");
  return answer.ok;
}

export async function suggest(surface, block, element, value) {
  const answer = await post("suggest", {
    user: state.me, ...surface.where, action_id: element.action_id, block_id: block.block_id, value,
  });
  return [...(answer.options ?? []), ...(answer.groups ?? []).flatMap((group) => group.options)];
}
