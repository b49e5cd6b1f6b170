// Search for cases beside the composer; inserts the card of a result.

import { h } from "../dom.js";
import { face } from "./faces.js";
import { inline } from "./markdown.js";
import { act } from "./net.js";
import { teams } from "./state.js";

// Opens the search above the place where one writes, or closes it.
export function finder(place, where, opener) {
  if (place.firstChild) return close(place, opener);
  let latest = 0;
  let timer = 0;
  const list = h("ul", { class: "results", "aria-label": "Cases" });
  const hint = h("p", { class: "quiet", role: "status" }, "A number, a customer, an invoice…");
  const look = async () => {
    const asked = (latest += 1);
    field.setAttribute("aria-busy", "true");
    const answer = await act("search", { ...where, text: field.value.trim() });
    if (asked !== latest) return;
    field.removeAttribute("aria-busy");
    const found = answer.results ?? [];
    hint.textContent = !answer.ok ? "That didn't work. Try again." : found.length ? "" : answer.said || "No case fits.";
    list.replaceChildren(...found.map((one, at) => result(one, at, place, where, opener)));
  };
  const field = h("input", {
    class: "input", type: "search", placeholder: "Find a case", "aria-label": "Find a case", "data-testid": "teams-search", autocomplete: "off",
    oninput: () => { clearTimeout(timer); timer = setTimeout(look, 250); },
    onkeydown: (event) => {
      if (event.key === "Enter") { event.preventDefault(); clearTimeout(timer); look(); }
      if (event.key === "ArrowDown") { event.preventDefault(); list.querySelector("button")?.focus(); }
    },
  });
  place.append(h("section", {
    class: "finder", role: "dialog", "aria-label": `Search in ${teams.bot.name}`, "data-testid": "teams-finder",
    onkeydown: (event) => { if (event.key === "Escape") { event.stopPropagation(); close(place, opener); } },
  }, h("header", {}, face(teams.bot.id, "small"), h("b", {}, teams.bot.name)), field, hint, list));
  field.focus();
  return look();
}

function close(place, opener) {
  place.replaceChildren();
  opener.focus();
}

function result(one, at, place, where, opener) {
  const { title = "A case", text = "" } = one.preview ?? {};
  const node = h("button", {
    type: "button", class: "result", "data-testid": `teams-result-${at}`, title: "Insert its card",
    onclick: async () => {
      if (node.getAttribute("aria-busy")) return;
      node.setAttribute("aria-busy", "true");
      const answer = await act("insert", { ...where, card: one.card });
      node.removeAttribute("aria-busy");
      if (answer.ok) close(place, opener);
    },
  }, h("b", {}, inline(title)), h("small", {}, inline(text)));
  return h("li", {}, node);
}
