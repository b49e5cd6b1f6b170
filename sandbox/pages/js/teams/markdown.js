// Markdown of messages and cards as page elements; text never becomes markup.

import { h } from "../dom.js";
import { me as slackMe } from "../state.js";
import { me } from "./state.js";

const DATES = /\{\{(DATE|TIME)\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d))(?:, ?(COMPACT|SHORT|LONG))?\)\}\}/g;
const FORMATS = {
  COMPACT: { year: "numeric", month: "2-digit", day: "2-digit" },
  SHORT: { weekday: "short", day: "numeric", month: "short", year: "numeric" },
  LONG: { weekday: "long", day: "numeric", month: "long", year: "numeric" },
  TIME: { hour: "numeric", minute: "2-digit" },
};
const NAMED = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0" };
const INLINE = new RegExp([
  String.raw`\\(?<escaped>[!-/:-@[-\x60{-~])`,
  String.raw`<at>(?<at>[^<]*)</at>`,
  String.raw`\[(?<label>(?:\\.|[^\]\\])+)\]\((?<url>(?:\\.|[^()\s\\]|\([^()\s]*\))+)\)`,
  String.raw`(?<strong>\*\*|(?<![\p{L}\p{N}])__)(?=\S)(?<bold>(?:\\.|[^\\])+?)(?<=\S)\k<strong>`,
  String.raw`(?<weak>\*|(?<![\p{L}\p{N}_])_)(?=[^\s*_])(?<italic>(?:\\.|[^\\])+?)(?<=\S)\k<weak>(?![\p{L}\p{N}])`,
  String.raw`&(?<named>amp|lt|gt|quot|apos|nbsp);`,
  String.raw`&#(?<code>x[\da-f]{1,6}|\d{1,7});`,
].join("|"), "gisu");

// Instants as the reader's own language and zone say them.
export function dated(text) {
  return text.replace(DATES, (_, kind, instant, form) => {
    const options = FORMATS[kind === "TIME" ? "TIME" : form ?? "COMPACT"];
    return new Intl.DateTimeFormat(undefined, { ...options, timeZone: slackMe().zone }).format(new Date(instant));
  });
}

export const isSafe = (url) => /^(https?:\/\/|mailto:|tel:)/i.test(url);

// One line's nodes. `entities`: whom `<at>…</at>` may name; a name without one stays as it was sent.
export function inline(text, entities = []) {
  const nodes = [];
  let end = 0;
  for (const found of text.matchAll(INLINE)) {
    nodes.push(text.slice(end, found.index), piece(found, entities));
    end = found.index + found[0].length;
  }
  nodes.push(text.slice(end));
  return nodes;
}

function piece(found, entities) {
  const { escaped, at, label, url, bold, italic, named, code } = found.groups;
  if (escaped) return escaped;
  if (at !== undefined) return mention(found[0], at, entities);
  if (label) {
    return isSafe(url) ? h("a", { href: url, target: "_blank", rel: "noopener" }, inline(label, entities)) : found[0];
  }
  if (bold) return h("strong", {}, inline(bold, entities));
  if (italic) return h("em", {}, inline(italic, entities));
  if (named) return NAMED[named.toLowerCase()];
  const point = code[0].toLowerCase() === "x" ? parseInt(code.slice(1), 16) : Number(code);
  return point > 0 && point <= 0x10ffff ? String.fromCodePoint(point) : found[0];
}

function mention(raw, name, entities) {
  const entity = entities.find((one) => one.type === "mention" && one.text === raw);
  if (!entity) return raw;
  const isMe = [me().id, me().mri].includes(entity.mentioned?.id);
  return h("span", { class: isMe ? "mention me" : "mention" }, name);
}

const BULLET = /^\s*[-*+]\s+/;
const NUMBER = /^\s*\d{1,9}[.)]\s+/;

// Paragraphs and lists. A single line stands by itself, without a paragraph around it.
export function markdown(text, entities = []) {
  const blocks = [];
  for (const line of dated(text).split(/\r\n|\r|\n/)) {
    const kind = BULLET.test(line) ? "ul" : NUMBER.test(line) ? "ol" : line.trim() ? "p" : "";
    const last = blocks.at(-1);
    if (last && last.kind === kind) last.lines.push(line);
    else blocks.push({ kind, lines: [line] });
  }
  const shown = blocks.filter((one) => one.kind);
  if (shown.length === 1 && shown[0].kind === "p") return lines(shown[0].lines, entities);
  return shown.map((one) => block(one, entities));
}

function block({ kind, lines: all }, entities) {
  if (kind === "p") return h("p", {}, lines(all, entities));
  const first = kind === "ol" ? parseInt(all[0], 10) : undefined;
  return h(kind, { start: first === 1 ? undefined : first }, all.map((one) => h("li", {}, inline(one.replace(kind === "ul" ? BULLET : NUMBER, ""), entities))));
}

const lines = (all, entities) => all.flatMap((one, at) => [at > 0 && h("br"), inline(one, entities)]);

// A message in one line of plain words, for lists.
export function plainOf(message) {
  const said = message.text || message.summary || firstText(message.cards?.[0]) || "A card";
  return h("span", {}, markdown(said.replace(/<\/?at>/g, ""), [])).textContent.slice(0, 160);
}

function firstText(card) {
  const found = JSON.stringify(card ?? {}).match(/"text":"((?:[^"\\]|\\.)*)"/);
  return found ? JSON.parse(`"${found[1]}"`) : "";
}
