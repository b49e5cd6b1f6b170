// Form fields; each stores its value and sends it at once where its block asks for that.

import { fromLocal, toLocal } from "./dates.js";
import { h } from "./dom.js";
import { plain, said } from "./mrkdwn.js";
import { me, state } from "./state.js";
import { filled, keyOf, note, press, suggest } from "./surface.js";

// A control outside an input block speaks on every choice; inside one only with `dispatch_action`.
const speaks = (block) => block.type !== "input" || block.dispatch_action;

export function field(surface, block, element) {
  const build = BUILD[element.type];
  if (!build) return h("p", { class: "unknown" }, `(${element.type} is not drawn here)`);
  return build(surface, block, element);
}

function common(surface, block, element, extra = {}) {
  const key = keyOf(block, element);
  return {
    "data-testid": `field-${element.action_id}`, "data-key": key, "data-block": block.block_id,
    name: key, "aria-label": element.placeholder?.text ?? block.label?.text ?? element.action_id,
    autofocus: element.focus_on_load, ...extra,
  };
}

async function chose(surface, block, element, value, node) {
  note(surface, block, element, value);
  if (speaks(block)) await press(surface, block, element, value, node);
}

function written(surface, block, element) {
  const isLong = element.type === "plain_text_input" && element.multiline;
  const on = element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  const isNumber = element.type === "number_input";
  let timer;
  const node = h(isLong ? "textarea" : "input", common(surface, block, element, {
    value: filled(surface, block, element) ?? element.initial_value ?? "",
    placeholder: element.placeholder?.text, maxlength: element.max_length ?? 3000, rows: isLong ? 4 : undefined,
    inputmode: isNumber ? "decimal" : undefined, autocomplete: "off", class: "input", "aria-label": undefined,
    type: isLong ? undefined : { email_text_input: "email", url_text_input: "url" }[element.type] ?? "text",
    oninput: () => {
      note(surface, block, element, node.value);
      if (!speaks(block) || !on.includes("on_character_entered")) return;
      clearTimeout(timer);
      timer = setTimeout(() => press(surface, block, element, node.value, node), 250);
    },
    onkeydown: (event) => {
      if (event.key !== "Enter" || isLong || !speaks(block) || !on.includes("on_enter_pressed")) return;
      event.preventDefault();
      press(surface, block, element, node.value, node);
    },
  }));
  return node;
}

function optionsOf(element) {
  if (element.type === "users_select" || element.type === "multi_users_select") {
    return [...state.people.values()].filter((one) => one.is_active).map((one) => [one.id, one.name]);
  }
  if (/channels_select|conversations_select/.test(element.type)) {
    return [...state.channels.values()].filter((one) => !one.partner).map((one) => [one.id, `#${one.name}`]);
  }
  return (element.options ?? []).map((one) => [one.value, one.text]);
}

const presetOf = (element) => element.initial_option?.value ?? element.initial_user
  ?? element.initial_channel ?? element.initial_conversation ?? "";

function menu(surface, block, element) {
  const now = filled(surface, block, element) ?? presetOf(element);
  const make = ([value, label]) => h("option", { value, selected: value === now }, ...plain(label).childNodes);
  const groups = (element.option_groups ?? []).map((group) => h("optgroup", { label: group.label.text },
    group.options.map((one) => make([one.value, one.text]))));
  const node = h("select", common(surface, block, element, {
    class: "input", onchange: () => chose(surface, block, element, node.value, node),
  }), h("option", { value: "", disabled: !block.optional, selected: !now }, element.placeholder?.text ?? "Choose"),
  optionsOf(element).map(make), groups);
  return node;
}

function several(surface, block, element) {
  const preset = (element.initial_options ?? []).map((one) => one.value);
  const chosen = new Set(filled(surface, block, element) ?? element.initial_users ?? preset);
  return choiceList(surface, block, element, "checkbox", optionsOf(element), chosen);
}

function choices(surface, block, element) {
  const isRadio = element.type === "radio_buttons";
  const preset = isRadio ? [element.initial_option?.value] : (element.initial_options ?? []).map((one) => one.value);
  const now = filled(surface, block, element);
  const chosen = new Set(now === undefined ? preset : [now].flat());
  return choiceList(surface, block, element, isRadio ? "radio" : "checkbox", element.options, chosen);
}

function choiceList(surface, block, element, type, options, chosen) {
  const group = h("div", { role: type === "radio" ? "radiogroup" : "group", class: "choices",
    "data-testid": `field-${element.action_id}`, "data-key": keyOf(block, element) });
  for (const option of options) {
    const [value, label] = Array.isArray(option) ? option : [option.value, option.text];
    const shown = typeof label === "string" ? plain(label) : said(label);
    const node = h("input", {
      type, name: `${surface.key}:${keyOf(block, element)}`, value, checked: chosen.has(value),
      "data-testid": `option-${value}`,
      onchange: () => {
        const all = [...group.querySelectorAll("input:checked")].map((one) => one.value);
        chose(surface, block, element, type === "radio" ? value : all, group);
      },
    });
    const hint = option.description && h("small", {}, said(option.description));
    group.append(h("label", { class: "choice" }, node, h("span", {}, shown, hint)));
  }
  return group;
}

function picker(type, preset) {
  return (surface, block, element) => {
    const node = h("input", common(surface, block, element, {
      type, class: "input short", value: filled(surface, block, element) ?? element[preset] ?? "",
      onchange: () => chose(surface, block, element, node.value, node),
    }));
    return node;
  };
}

function moment(surface, block, element) {
  const now = filled(surface, block, element) ?? element.initial_date_time;
  const node = h("input", common(surface, block, element, {
    type: "datetime-local", class: "input", value: now ? toLocal(now, me().zone) : "",
    onchange: () => chose(surface, block, element, node.value && fromLocal(node.value, me().zone), node),
  }));
  return node;
}

function external(surface, block, element) {
  const now = filled(surface, block, element) ?? element.initial_option;
  const list = h("div", { class: "offers", hidden: true });
  const node = h("input", common(surface, block, element, {
    class: "input", type: "text", role: "combobox", autocomplete: "off",
    value: now?.text?.text ?? "", placeholder: element.placeholder?.text ?? "Type to search",
    oninput: async () => {
      if (node.value.length < (element.min_query_length ?? 3)) return;
      const offers = await suggest(surface, block, element, node.value);
      list.hidden = false;
      list.replaceChildren(...offers.map((option) => h("button", {
        type: "button", "data-testid": `option-${option.value}`,
        onclick: () => {
          node.value = option.text.text;
          list.hidden = true;
          chose(surface, block, element, option, node);
        },
      }, plain(option.text))));
      if (!offers.length) list.append(h("p", {}, "Nothing found."));
    },
  }));
  return h("div", { class: "combo" }, node, list);
}

const BUILD = {
  plain_text_input: written, number_input: written, email_text_input: written, url_text_input: written,
  static_select: menu, users_select: menu, channels_select: menu, conversations_select: menu,
  multi_static_select: several, multi_users_select: several, external_select: external,
  radio_buttons: choices, checkboxes: choices, datetimepicker: moment,
  datepicker: picker("date", "initial_date"), timepicker: picker("time", "initial_time"),
};
