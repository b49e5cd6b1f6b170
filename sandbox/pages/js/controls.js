// Buttons and menus, and what they send when used.

import { h, popUp } from "./dom.js";
import { icon } from "./icons.js";
import { plain } from "./mrkdwn.js";
import { field } from "./fields.js";
import { press } from "./surface.js";

// Any interactive element or image of a block.
export function control(surface, block, element) {
  if (element.type === "button") return button(surface, block, element);
  if (element.type === "overflow") return overflow(surface, block, element);
  if (element.type === "image") return image(element);
  return field(surface, block, element);
}

function button(surface, block, element) {
  const node = h("button", {
    type: "button", class: `button ${element.style ?? ""}`, "data-testid": `action-${element.action_id}`,
    "data-block": block.block_id, "data-value": element.value, "aria-label": element.accessibility_label,
    onclick: async () => {
      if (node.getAttribute("aria-busy")) return;
      if (/^https?:/.test(element.url)) open(element.url, "_blank", "noopener");
      await press(surface, block, element, undefined, node);
    },
  }, plain(element.text), element.url && icon("out"));
  return node;
}

function overflow(surface, block, element) {
  const node = h("button", {
    type: "button", class: "button square", "aria-label": "More actions", "aria-haspopup": "menu",
    "data-testid": `action-${element.action_id}`, "data-block": block.block_id,
    onclick: () => popUp(node, element.options.map((option) => ({
      label: plain(option.text), hint: option.description?.text, value: option.value,
      testid: `option-${option.value}`,
      act: () => {
        if (/^https?:/.test(option.url)) open(option.url, "_blank", "noopener");
        press(surface, block, element, option.value, node);
      },
    }))),
  }, icon("more"));
  return node;
}

export function image(element) {
  const node = h("img", { src: element.image_url, alt: element.alt_text, loading: "lazy" });
  node.addEventListener("error", () => node.replaceWith(h("span", { class: "no-image" }, element.alt_text)));
  return node;
}
