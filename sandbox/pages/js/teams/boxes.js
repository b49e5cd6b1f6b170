// Containers, columns and tables of a card.

import { h } from "../dom.js";
import { pressable } from "./actions.js";

const STYLES = new Set(["default", "emphasis", "good", "attention", "warning", "accent"]);

function dress(node, one) {
  if (STYLES.has(one.style)) node.classList.add("ac-box", `ac-box-${one.style}`);
  if (one.bleed) node.classList.add("ac-bleed");
  if (/^\d+px$/.test(one.minHeight ?? "")) node.style.minHeight = one.minHeight;
  const upright = String(one.verticalContentAlignment ?? "").toLowerCase();
  if (["center", "bottom"].includes(upright)) node.classList.add(`ac-${upright === "center" ? "middle" : "bottom"}`);
  return node;
}

function chosen(surface, one, node) {
  return one.selectAction ? pressable(surface, one.selectAction, node, one.selectAction.title ?? node.textContent) : node;
}

export function container(surface, one, elements) {
  return chosen(surface, one, dress(h("div", { class: "ac-container" }, elements(surface, one.items ?? [])), one));
}

export function columns(surface, one, elements) {
  const all = (one.columns ?? []).map((column) => {
    const node = dress(h("div", { class: "ac-column" }, elements(surface, column.items ?? [])), column);
    if (column.separator) node.classList.add("ac-column-line");
    if (column.id) node.dataset.elementId = column.id;
    if (column.isVisible === false) node.hidden = true;
    widen(node, column.width);
    return chosen(surface, column, node);
  });
  return chosen(surface, one, dress(h("div", { class: "ac-columns" }, all), one));
}

function widen(node, width = "stretch") {
  if (width === "auto") node.classList.add("ac-auto");
  else if (/^\d+px$/.test(width)) node.style.flex = `0 0 ${width}`;
  else node.style.flex = `${Number(width) || 1} 1 0`;
}

export function table(surface, one, elements) {
  const isHeaded = one.firstRowAsHeaders !== false;
  const rows = (one.rows ?? []).map((row, at) => h("tr", {}, (row.cells ?? []).map((cell) =>
    dress(h(isHeaded && at === 0 ? "th" : "td", { scope: isHeaded && at === 0 ? "col" : undefined }, elements(surface, cell.items ?? [])), cell))));
  const grid = h("table", { class: one.showGridLines === false ? "ac-table plain" : "ac-table" },
    h("colgroup", {}, (one.columns ?? []).map((column) => sized(column.width, one.columns))),
    isHeaded && rows.length > 0 && h("thead", {}, rows[0]), h("tbody", {}, rows.slice(isHeaded ? 1 : 0)));
  return h("div", { class: "ac-table-place", tabindex: "0", role: "region", "aria-label": "Table" }, grid);
}

function sized(width, all) {
  const node = h("col");
  const sum = all.reduce((total, one) => total + (Number(one.width) || 1), 0);
  node.style.width = /^\d+px$/.test(width ?? "") ? width : `${((Number(width) || 1) / sum) * 100}%`;
  return node;
}
