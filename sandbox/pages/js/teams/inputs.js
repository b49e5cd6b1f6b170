// Input fields of a card: their values and their errors.

import { h } from "../dom.js";
import { combo } from "./combo.js";
import { inline } from "./markdown.js";

let count = 0;
const fresh = () => `teams-input-${(count += 1)}`;

const BUILD = {
  "Input.Text": written,
  "Input.Number": (surface, one) => simple(surface, one, { type: "number", min: one.min, max: one.max, step: "any" }),
  "Input.Date": (surface, one) => simple(surface, one, { type: "date", min: one.min, max: one.max }, "short"),
  "Input.Time": (surface, one) => simple(surface, one, { type: "time", min: one.min, max: one.max }, "short"),
  "Input.Toggle": toggle,
  "Input.ChoiceSet": choiceSet,
};

// One field with its label, and the sentence that appears when it isn't right. Null where the type is unknown.
export function input(surface, one) {
  if (!BUILD[one.type] || !one.id) return null;
  const field = BUILD[one.type](surface, one);
  const isGroup = field.node.matches("[role=radiogroup], [role=group]");
  const error = h("p", { class: "error", id: fresh(), role: "alert", "data-testid": `teams-error-${one.id}`, hidden: true });
  const label = one.label && [inline(one.label), one.isRequired && h("span", { class: "ac-required", title: "Required" }, " *")];
  const labelId = fresh();
  if (isGroup) field.node.setAttribute("aria-labelledby", labelId);
  else if (label) field.focusable.id ||= fresh();
  if (!label) field.focusable.setAttribute("aria-label", one.placeholder ?? one.title ?? one.id);
  if (one.isRequired && !isGroup) field.focusable.setAttribute("aria-required", "true");
  const node = h("div", { class: "ac-input" },
    label && h(isGroup ? "span" : "label", { id: labelId, class: "ac-label", for: isGroup ? undefined : field.focusable.id }, label),
    field.node, error);
  surface.inputs.set(one.id, watched(node, field, error, one));
  node.addEventListener("input", () => settle(node, field, error));
  return node;
}

function watched(node, field, error, one) {
  return {
    read: field.read,
    focus: () => field.focusable.focus(),
    check: () => {
      if (node.closest("[hidden]")) return true;
      const problem = problemOf(field, one);
      error.hidden = !problem;
      error.textContent = problem;
      node.classList.toggle("wrong", Boolean(problem));
      field.focusable.setAttribute("aria-invalid", String(Boolean(problem)));
      if (problem) field.focusable.setAttribute("aria-describedby", error.id);
      return !problem;
    },
  };
}

function settle(node, field, error) {
  node.classList.remove("wrong");
  field.focusable.removeAttribute("aria-invalid");
  error.hidden = true;
}

function problemOf(field, one) {
  const value = field.read();
  const isEmpty = value === "" || (one.type === "Input.Toggle" && one.isRequired && value !== (one.valueOn ?? "true"));
  if (one.isRequired && isEmpty) return one.errorMessage || "This is needed.";
  if (isEmpty) return "";
  const isOutside = (one.min !== undefined && below(value, one.min, one)) || (one.max !== undefined && below(one.max, value, one));
  const isMisshapen = one.regex && !new RegExp(one.regex, "u").test(value);
  return isOutside || isMisshapen || field.isBad?.() ? one.errorMessage || "This isn't right." : "";
}

const below = (a, b, one) => (one.type === "Input.Number" ? Number(a) < Number(b) : String(a) < String(b));

const draftOf = (surface, one) => String(surface.values[one.id] ?? one.value ?? "");

function noting(surface, one, read) {
  return () => { surface.values[one.id] = read(); };
}

function simple(surface, one, more, size = "") {
  const node = h("input", {
    class: `input ${size}`, "data-testid": `teams-field-${one.id}`, name: one.id, value: undefined,
    placeholder: one.placeholder, autocomplete: "off", ...more,
  });
  node.value = draftOf(surface, one);
  node.addEventListener("input", noting(surface, one, () => node.value));
  return { node, focusable: node, read: () => node.value, isBad: () => node.validity.badInput };
}

function written(surface, one) {
  const type = { Email: "email", Url: "url", Tel: "tel", Password: "password" }[one.style?.replace(/^./, (first) => first.toUpperCase())] ?? "text";
  if (!one.isMultiline) return simple(surface, one, { type, maxlength: one.maxLength });
  const node = h("textarea", {
    class: "input", rows: 3, "data-testid": `teams-field-${one.id}`, name: one.id, maxlength: one.maxLength, placeholder: one.placeholder,
  });
  node.value = draftOf(surface, one);
  const grow = () => {
    node.style.height = "auto";
    node.style.height = `${Math.min(Math.max(node.scrollHeight + 2, 76), 260)}px`;
  };
  node.addEventListener("input", () => { noting(surface, one, () => node.value)(); grow(); });
  requestAnimationFrame(grow);
  return { node, focusable: node, read: () => node.value };
}

function toggle(surface, one) {
  const on = one.valueOn ?? "true";
  const box = h("input", { type: "checkbox", "data-testid": `teams-field-${one.id}`, checked: draftOf(surface, one) === on });
  const read = () => (box.checked ? on : one.valueOff ?? "false");
  box.addEventListener("change", noting(surface, one, read));
  return { node: h("label", { class: "choice" }, box, h("span", {}, inline(one.title ?? ""))), focusable: box, read };
}

function choiceSet(surface, one) {
  const choices = one.choices ?? [];
  if (one.isMultiSelect || one.style === "expanded") return list(surface, one, choices);
  if (one.style === "filtered") return combo(choices, draftOf(surface, one), { id: one.id, placeholder: one.placeholder, note: (value) => { surface.values[one.id] = value; } });
  const now = draftOf(surface, one);
  const node = h("select", { class: "input", "data-testid": `teams-field-${one.id}`, name: one.id },
    h("option", { value: "", selected: !now }, one.placeholder ?? (one.isRequired ? "Choose" : "None")),
    choices.map((each) => h("option", { value: each.value, selected: each.value === now }, each.title)));
  node.addEventListener("change", noting(surface, one, () => node.value));
  return { node, focusable: node, read: () => node.value };
}

function list(surface, one, choices) {
  const type = one.isMultiSelect ? "checkbox" : "radio";
  const now = one.isMultiSelect ? draftOf(surface, one).split(",") : [draftOf(surface, one)];
  const name = fresh();
  const boxes = choices.map((each) => h("input", {
    type, name, value: each.value, checked: now.includes(each.value), "data-testid": `teams-choice-${one.id}:${each.value}`,
  }));
  const node = h("div", { role: one.isMultiSelect ? "group" : "radiogroup", class: "choices", "data-testid": `teams-field-${one.id}` },
    boxes.map((box, at) => h("label", { class: "choice" }, box, h("span", {}, inline(choices[at].title ?? "")))));
  const read = () => boxes.filter((box) => box.checked).map((box) => box.value).join(",");
  node.addEventListener("change", noting(surface, one, read));
  return { node, focusable: boxes[0] ?? node, read };
}
