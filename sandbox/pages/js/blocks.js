// Block Kit blocks as page elements.

import { control, image } from "./controls.js";
import { h } from "./dom.js";
import { mrkdwn, plain, said } from "./mrkdwn.js";
import { richText } from "./rich.js";

// `errors` are sentences by block_id, shown at their field.
export function blocks(surface, list, errors = {}) {
  return h("div", { class: "blocks" }, (list ?? []).map((block) => one(surface, block, errors)));
}

function one(surface, block, errors) {
  const draw = DRAW[block.type] ?? unknown;
  const node = draw(surface, block, errors[block.block_id]);
  node.dataset.testid = `block-${block.block_id}`;
  return node;
}

const DRAW = {
  header: (_, block) => h("h3", { class: "b-header" }, plain(block.text)),
  divider: () => h("hr", { class: "b-divider" }),
  section: (surface, block) => h("div", { class: "b-section" },
    h("div", { class: "b-text" },
      block.text && h("div", {}, said(block.text)),
      block.fields && h("div", { class: "b-fields" }, block.fields.map((text) => h("div", {}, said(text))))),
    block.accessory && h("div", { class: "b-accessory" }, control(surface, block, block.accessory))),
  context: (_, block) => h("div", { class: "b-context" }, block.elements.map((element) =>
    h("span", {}, element.type === "image" ? image(element) : said(element)))),
  actions: (surface, block) => h("div", { class: "b-actions" },
    block.elements.map((element) => control(surface, block, element))),
  input: input,
  image: (_, block) => h("figure", { class: "b-image" },
    block.title && h("figcaption", {}, plain(block.title)), image(block)),
  rich_text: (_, block) => richText(block),
  markdown: (_, block) => h("div", { class: "b-section" }, mrkdwn(block.text.replaceAll("**", "*"))),
};

function input(surface, block, error) {
  const choice = ["radio_buttons", "checkboxes", "multi_static_select", "multi_users_select"].includes(block.element.type);
  const shown = control(surface, block, block.element);
  const place = shown.matches?.("input, select, textarea") ? shown : shown.querySelector("input");
  if (error) place?.setAttribute("aria-invalid", "true");
  const label = [plain(block.label), block.optional && h("small", {}, " (optional)")];
  return h(choice ? "fieldset" : "div", { class: error ? "b-input wrong" : "b-input" },
    h(choice ? "legend" : "label", { for: name(choice ? null : place) }, label),
    shown,
    error && h("p", { class: "error", role: "alert", "data-testid": `error-${block.block_id}` }, plain(error)),
    block.hint && h("p", { class: "hint" }, plain(block.hint)));
}

let count = 0;
function name(node) {
  if (!node) return undefined;
  node.id = `field-${(count += 1)}`;
  return node.id;
}

function unknown(_, block) {
  return h("p", { class: "unknown" }, `(a block of type ${block.type} is not drawn here)`);
}
