// Texts, facts and pictures of a card.

import { h } from "../dom.js";
import { dated, inline, markdown } from "./markdown.js";
import { pressable } from "./actions.js";

const SIZES = new Set(["small", "medium", "large", "extraLarge"]);
const COLORS = new Set(["dark", "light", "accent", "good", "warning", "attention"]);
const lower = (word) => (word ? word[0].toLowerCase() + word.slice(1) : "");

function looks(one) {
  const size = lower(one.size);
  const color = lower(one.color);
  return [
    SIZES.has(size) && `ac-${size}`, COLORS.has(color) && `ac-${color}`,
    lower(one.weight) === "bolder" && "ac-bolder", lower(one.weight) === "lighter" && "ac-lighter",
    one.isSubtle && "ac-subtle", lower(one.fontType) === "monospace" && "ac-mono",
  ].filter(Boolean);
}

export function textBlock(surface, one) {
  const isHeading = lower(one.style) === "heading";
  const node = h("div", { class: ["ac-text", ...looks(one), isHeading && "ac-heading", !one.wrap && "ac-clip", align(one)].filter(Boolean).join(" ") },
    markdown(String(one.text ?? ""), surface.entities));
  if (isHeading) {
    node.setAttribute("role", "heading");
    node.setAttribute("aria-level", surface.level);
  }
  if (one.maxLines && one.wrap) {
    node.classList.add("ac-most");
    node.style.setProperty("--lines", Number(one.maxLines));
  }
  return node;
}

const align = (one) => ["center", "right"].includes(lower(one.horizontalAlignment)) && `ac-${lower(one.horizontalAlignment)}`;

// No markdown here, and no mentions: what was sent is what is seen.
export function richText(surface, one) {
  return h("div", { class: ["ac-text", "ac-rich", align(one)].filter(Boolean).join(" ") }, (one.inlines ?? []).map((run) => {
    if (typeof run === "string") return run;
    if (run.type !== "TextRun") return h("span", { class: "ac-unknown", "data-testid": "teams-unknown" }, `This page can't show “${run.type}”.`);
    const classes = [...looks(run), ...["italic", "strikethrough", "highlight", "underline"].filter((name) => run[name]).map((name) => `ac-${name}`)];
    const text = dated(String(run.text ?? ""));
    const node = h("span", { class: classes.join(" ") || undefined }, text);
    return run.selectAction ? pressable(surface, run.selectAction, node, text) : node;
  }));
}

export function factSet(surface, one) {
  return h("dl", { class: "ac-facts" }, (one.facts ?? []).map((fact) => [
    h("dt", {}, inline(dated(String(fact.title ?? "")), surface.entities)),
    h("dd", {}, markdown(String(fact.value ?? ""), surface.entities)),
  ]));
}

export function image(surface, one) {
  const size = lower(one.size);
  const url = String(one.url ?? "");
  const words = h("span", { class: "ac-no-image" }, one.altText ?? "A picture");
  if (!/^(https?:|data:image\/)/i.test(url)) return words;
  const node = h("img", {
    src: url, alt: one.altText ?? "", loading: "lazy",
    class: ["ac-image", `ac-size-${size || "auto"}`, lower(one.style) === "person" && "ac-person", align(one)].filter(Boolean).join(" "),
  });
  for (const side of ["width", "height"]) if (/^\d+px$/.test(one[side] ?? "")) node.style[side] = one[side];
  node.addEventListener("error", () => node.replaceWith(words));
  return one.selectAction ? pressable(surface, one.selectAction, node, one.altText) : node;
}

export function imageSet(surface, one) {
  return h("div", { class: "ac-images" }, (one.images ?? []).map((each) => image(surface, { size: one.imageSize, ...each })));
}

