// Slack's mrkdwn as page elements; text becomes nodes, never markup.

import { goTo, nameOf, state } from "./state.js";
import { fillTokens } from "./dates.js";
import { emoji } from "./emoji.js";
import { h } from "./dom.js";

const INLINE = new RegExp([
  "(?<pre>```[\\s\\S]*?```)",
  "(?<code>`[^`\\n]+`)",
  "(?<angle><[^<>\\n]+>)",
  "(?<emoji>:[a-z0-9_+'-]+:)",
  "(?<bold>(?<![\\w*])\\*(?=[^\\s*])[^*\\n]*(?<=\\S)\\*(?![\\w*]))",
  "(?<italic>(?<![\\w_])_(?=[^\\s_])[^_\\n]*(?<=\\S)_(?![\\w_]))",
  "(?<strike>(?<![\\w~])~(?=[^\\s~])[^~\\n]*(?<=\\S)~(?![\\w~]))",
].join("|"), "g");

export const unescape = (text) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

// A whole text: quotes, line breaks and everything within a line.
export function mrkdwn(text) {
  const out = h("span", { class: "mrkdwn" });
  let quote = null;
  const lines = protect(text).split("\n");
  lines.forEach((line, at) => {
    const quoted = /^(&gt;|>) ?/.exec(line);
    if (quoted) {
      quote ??= out.appendChild(h("blockquote"));
      if (quote.childNodes.length) quote.append(h("br"));
      quote.append(...inline(restore(line.slice(quoted[0].length))));
      return;
    }
    if (at > 0 && !quote) out.append(h("br"));
    quote = null;
    out.append(...inline(restore(line)));
  });
  return out;
}

// A text object of either kind.
export const said = (text) => (text.type === "mrkdwn" ? mrkdwn(text.text) : plain(text));

// A plain_text object or a string; with `emoji: false` even :shortcodes: stay as they are.
export function plain(text) {
  const out = h("span", { class: "plain" });
  const draw = text.emoji === false ? (line) => [line] : withEmoji;
  (text.text ?? text).split("\n").forEach((line, at) => {
    if (at > 0) out.append(h("br"));
    out.append(...draw(line));
  });
  return out;
}

// Line breaks inside ``` stay with their block.
const protect = (text) => text.replace(/```[\s\S]*?```/g, (block) => block.replaceAll("\n", "\u0001"));
const restore = (line) => line.replaceAll("\u0001", "\n");

function inline(text) {
  const nodes = [];
  let at = 0;
  for (const match of text.matchAll(INLINE)) {
    if (match.index > at) nodes.push(unescape(text.slice(at, match.index)));
    nodes.push(piece(match, match.index === 0));
    at = match.index + match[0].length;
  }
  if (at < text.length) nodes.push(unescape(text.slice(at)));
  return nodes;
}

function piece(match, isFirst) {
  const { pre, code, angle, emoji: shortcode, bold, italic } = match.groups;
  if (pre) return h("pre", {}, unescape(pre.slice(3, -3).replace(/^\n/, "")));
  if (code) return h("code", {}, unescape(code.slice(1, -1)));
  if (angle) return special(angle.slice(1, -1), isFirst);
  if (shortcode) return emoji(shortcode.slice(1, -1)) ?? shortcode;
  const tag = bold ? "strong" : italic ? "em" : "s";
  return h(tag, {}, inline(match[0].slice(1, -1)));
}

function withEmoji(text) {
  return text.split(/(:[a-z0-9_+'-]+:)/).map((part) =>
    (part.startsWith(":") && part.endsWith(":") && emoji(part.slice(1, -1))) || part);
}

// What stands in angle brackets: a person, a channel, a group, a date or a link.
function special(inside, isFirst) {
  const bar = inside.indexOf("|");
  const target = bar < 0 ? inside : inside.slice(0, bar);
  const label = bar < 0 ? "" : unescape(inside.slice(bar + 1));
  if (target.startsWith("@")) return mention(target.slice(1));
  if (target.startsWith("#")) return channelLink(target.slice(1), label);
  if (target.startsWith("!date^")) return date(target, label, isFirst);
  if (target.startsWith("!")) return h("span", { class: "mention all" }, `@${target.slice(1).split("^")[0]}`);
  if (/^(https?:\/\/|mailto:|tel:)/.test(target)) return link(unescape(target), label);
  return unescape(`<${inside}>`);
}

export function mention(userId) {
  const isMe = userId === state.me;
  return h("span", { class: isMe ? "mention me" : "mention", "data-user": userId }, `@${nameOf(userId)}`);
}

export function channelLink(id, label) {
  const name = state.channels.get(id)?.name ?? label ?? id;
  return h("button", { type: "button", class: "mention channel", onclick: () => goTo(id) }, `#${name}`);
}

export function link(url, label) {
  const shown = label instanceof Node ? label : withEmoji(label || url.replace(/^mailto:/, ""));
  if (!/^(https?:\/\/|mailto:|tel:)/.test(url)) return h("span", {}, shown);
  return h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, shown);
}

function date(target, fallback, isFirst) {
  const [, seconds, template, url] = target.split("^");
  if (!/^\d+$/.test(seconds) || !template) return fallback;
  const shown = fillTokens(unescape(template), Number(seconds), isFirst);
  const node = h("time", { datetime: new Date(seconds * 1000).toISOString(), title: fallback }, shown);
  return url ? link(url, node) : node;
}
