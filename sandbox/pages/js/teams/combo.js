// Choice found by typing (Input.ChoiceSet with style "filtered").

import { h } from "../dom.js";

let count = 0;

export function combo(choices, value, { id, placeholder, note }) {
  const listId = `teams-combo-${(count += 1)}`;
  let chosen = choices.find((one) => one.value === value) ?? null;
  let marked = -1;
  const list = h("div", { class: "offers", role: "listbox", id: listId, "aria-label": "Choices", hidden: true });
  const field = h("input", {
    class: "input", type: "text", role: "combobox", autocomplete: "off", "aria-expanded": "false", "aria-controls": listId,
    "aria-autocomplete": "list", "data-testid": `teams-field-${id}`, placeholder: placeholder ?? "Type to search",
    onfocus: () => show(), oninput: () => { chosen = null; note(""); show(field.value); }, onblur: () => setTimeout(leave, 150),
    onkeydown: (event) => keys(event),
  });
  field.value = chosen?.title ?? "";

  function show(typed = "") {
    const wanted = typed.trim().toLowerCase();
    const found = choices.filter((one) => one.title.toLowerCase().includes(wanted)).slice(0, 50);
    marked = wanted && found.length ? 0 : -1;
    list.replaceChildren(...(found.length ? found.map(offer) : [h("p", {}, "Nothing like that.")]));
    open(true);
  }

  function offer(one, at) {
    return h("div", {
      role: "option", id: `${listId}-${at}`, class: at === marked ? "offer marked" : "offer", "aria-selected": String(one === chosen),
      "data-testid": `teams-choice-${id}:${one.value}`, onpointerdown: (event) => { event.preventDefault(); choose(one); },
      onclick: () => choose(one),
    }, one.title);
  }

  function choose(one) {
    chosen = one;
    field.value = one.title;
    note(one.value);
    open(false);
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function open(isOpen) {
    list.hidden = !isOpen;
    field.setAttribute("aria-expanded", String(isOpen));
    if (!isOpen || marked < 0) field.removeAttribute("aria-activedescendant");
    else field.setAttribute("aria-activedescendant", `${listId}-${marked}`);
  }

  // What was typed in full counts as chosen; anything else is not a choice.
  function leave() {
    if (!field.isConnected) return;
    open(false);
    const exact = choices.find((one) => one.title.toLowerCase() === field.value.trim().toLowerCase());
    if (!chosen && exact) choose(exact);
    if (!chosen && field.value) field.value = "";
  }

  function keys(event) {
    const all = [...list.querySelectorAll("[role=option]")];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && list.hidden) show();
    else if (step && all.length) mark(all, (marked + step + all.length) % all.length);
    else if (event.key === "Enter" && !list.hidden && all[marked]) all[marked].click();
    else if (event.key === "Escape" && !list.hidden) open(false);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  function mark(all, at) {
    marked = at;
    all.forEach((one, index) => one.classList.toggle("marked", index === at));
    all[at].scrollIntoView({ block: "nearest" });
    open(true);
  }

  return { node: h("div", { class: "combo" }, field, list), focusable: field, read: () => chosen?.value ?? "" };
}
