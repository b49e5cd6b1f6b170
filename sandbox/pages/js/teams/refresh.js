// Cards of single people: a card's `refresh` names them, and the page asks for it when they see the card.

import { state } from "../state.js";
import { act } from "./net.js";
import { me, teams } from "./state.js";

const asked = new Set(); // person, message and the card's very words
const waiting = []; // asked one after the other, the newest first
let isAsking = false;

export function wantView(conversation, message) {
  const names = message.cards?.[0]?.refresh?.userIds;
  const isThere = conversation.is_installed && conversation.members?.includes(teams.me);
  if (!isThere || !names?.includes(me().mri) || message.views?.[teams.me] || state.status.state !== "ready") return;
  const key = JSON.stringify([teams.me, conversation.id, message.id, message.cards[0]]);
  if (asked.has(key)) return;
  asked.add(key);
  waiting.push({ key, person: teams.me, conversation: conversation.id, message: message.id });
  if (!isAsking) ask();
}

// A bot that was away is asked again for what it never answered.
export const askAgain = () => asked.clear();

// What is no longer looked at isn't asked for; it is asked for when it is looked at again.
async function ask() {
  isAsking = true;
  await Promise.resolve();
  while (waiting.length) {
    const { key, ...wanted } = waiting.pop();
    if (wanted.person !== teams.me) {
      asked.delete(key);
      continue;
    }
    const answer = await act("view", wanted, { quiet: true });
    if (!answer.ok) setTimeout(() => asked.delete(key), 3000);
  }
  isAsking = false;
}
