// rich_text blocks as page elements.

import { channelLink, link, mention } from "./mrkdwn.js";
import { fillTokens } from "./dates.js";
import { emoji } from "./emoji.js";
import { h } from "./dom.js";

const TAGS = { bold: "strong", italic: "em", strike: "s", code: "code", underline: "u" };

export function richText(block) {
  return h("div", { class: "rich" }, block.elements.map(part));
}

function part(element) {
  const inside = () => element.elements.map(inline);
  switch (element.type) {
    case "rich_text_list":
      return h(element.style === "ordered" ? "ol" : "ul", { class: `indent-${element.indent ?? 0}` },
        element.elements.map((one) => h("li", {}, one.elements.map(inline))));
    case "rich_text_quote": return h("blockquote", {}, inside());
    case "rich_text_preformatted": return h("pre", {}, inside());
    default: return h("p", {}, inside());
  }
}

function inline(element) {
  switch (element.type) {
    case "text": return styled(element.text, element.style);
    case "link": return styled(link(element.url, element.text), element.style);
    case "user": return mention(element.user_id);
    case "channel": return channelLink(element.channel_id);
    case "broadcast": return h("span", { class: "mention all" }, `@${element.range}`);
    case "emoji": return emoji(element.name) ?? `:${element.name}:`;
    case "date": return fillTokens(element.format, element.timestamp);
    default: return "";
  }
}

function styled(inside, style = {}) {
  return Object.keys(TAGS).filter((name) => style[name]).reduce((node, name) => h(TAGS[name], {}, node), inside);
}
