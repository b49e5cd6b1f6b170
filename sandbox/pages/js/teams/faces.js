// People: picture, name, and whether they are a guest.

import { h } from "../dom.js";
import { teams } from "./state.js";

export function face(id, size = "") {
  if (isBot(id)) return h("span", { class: `face bot ${size}`, "aria-hidden": "true" }, h("img", { src: "/pages/mark.svg", alt: "" }));
  const person = teams.people.get(id);
  const initials = (person?.name ?? "?").split(" ").map((part) => part[0]).join("").slice(0, 2);
  const tint = ([...teams.people.keys()].indexOf(id) + 7) % 7;
  return h("span", { class: `face tint-${tint} ${person?.is_guest ? "guest" : ""} ${size}`, "aria-hidden": "true" }, initials);
}

export const isBot = (id) => id === teams.bot.id;

export function named(from) {
  const person = teams.people.get(from.id);
  return [h("strong", {}, person?.name ?? from.name ?? teams.bot.name),
    from.is_bot && h("span", { class: "tag" }, "app"), person?.is_guest && h("span", { class: "tag" }, "Guest")];
}
