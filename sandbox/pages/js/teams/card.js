// Adaptive Cards of schema 1.5 as page elements; an unknown part is shown as unknown, never left out.

import { h } from "../dom.js";
import { actionRow } from "./actions.js";
import { container, columns, table } from "./boxes.js";
import { input } from "./inputs.js";
import { factSet, image, imageSet, richText, textBlock } from "./texts.js";

const SPACES = new Set(["none", "small", "default", "medium", "large", "extraLarge", "padding"]);

const DRAW = {
  TextBlock: textBlock,
  RichTextBlock: richText,
  FactSet: factSet,
  Image: image,
  ImageSet: imageSet,
  Container: (surface, one) => container(surface, one, elements),
  ColumnSet: (surface, one) => columns(surface, one, elements),
  Table: (surface, one) => table(surface, one, elements),
  ActionSet: (surface, one) => actionRow(surface, one.actions ?? [], body),
};

// A whole card; `speak` is its name for those who hear it.
export function card(content, surface) {
  const node = body(content, surface);
  const spoken = (content.speak ?? "").replace(/<[^>]*>/g, " ").trim();
  if (spoken) {
    node.setAttribute("role", "group");
    node.setAttribute("aria-label", spoken);
  }
  if (content.msteams?.width === "Full") node.classList.add("ac-full");
  return node;
}

// A card's elements and, under them, its buttons; also the inside of Action.ShowCard.
function body(content, surface) {
  const node = h("div", { class: "ac" }, elements(surface, content.body ?? []));
  if (content.actions?.length) node.append(actionRow(surface, content.actions, body));
  return node;
}

export function elements(surface, all) {
  return all.map((one, at) => element(surface, one, at === 0)).filter(Boolean);
}

function element(surface, one, isFirst) {
  const draw = one.type?.startsWith("Input.") ? input : DRAW[one.type];
  const node = draw?.(surface, one) ?? fallback(surface, one, isFirst);
  if (!node || !draw) return node;
  node.classList.add("ac-item", `ac-space-${SPACES.has(one.spacing) ? one.spacing : "default"}`);
  if (isFirst) node.classList.add("ac-first");
  if (one.separator && !isFirst) node.classList.add("ac-line");
  if (one.height === "stretch") node.classList.add("ac-stretch");
  if (one.id) node.dataset.elementId = one.id;
  if (one.isVisible === false) node.hidden = true;
  return node;
}

function fallback(surface, one, isFirst) {
  if (one.fallback === "drop") return null;
  if (one.fallback && typeof one.fallback === "object") return element(surface, one.fallback, isFirst);
  return h("p", { class: "ac-unknown", "data-testid": "teams-unknown" }, `This page can't show “${one.type ?? "nothing"}”.`);
}
