// Invoice page: the invoice, and the link on it.

import { byId, fill, h } from "./dom.js";
import { money } from "./money.js";
import { post } from "./net.js";

const query = new URLSearchParams(location.search);
const state = { customers: [], number: query.get("number") ?? "" };

const all = () => state.customers.flatMap((customer) => customer.invoices.map((invoice) => ({ customer, invoice })));

function drawList() {
  fill(byId("list"),
    h("a", { class: "back", href: "/" }, "← Brightwater's workspace"),
    h("h1", {}, "Invoices sent"),
    all().map(({ customer, invoice }) => h("button", {
      type: "button", "data-testid": `invoice-${invoice.number}`,
      "aria-current": invoice.number === state.number ? "page" : undefined, onclick: () => open(invoice.number),
    }, h("strong", {}, invoice.number), h("small", {}, `${customer.name} · ${money(invoice.total_minor, invoice.currency)}`))));
}

async function drawSheet() {
  const found = all().find((one) => one.invoice.number === state.number);
  if (!found) return fill(byId("sheet"), h("p", { class: "empty" }, "Choose an invoice to see it as the customer does."));
  const { customer, invoice } = found;
  const foot = h("footer", { class: "sheet-foot" }, h("span", { class: "spin" }));
  fill(byId("sheet"), h("article", { class: "sheet" },
    h("header", {}, h("strong", {}, "Brightwater Supplies"), h("span", {}, "Invoice"), h("h2", {}, invoice.number)),
    h("dl", {}, pair("To", customer.name), pair("Issued", invoice.issued_on), pair("Due", invoice.due_on)),
    h("table", {}, h("tbody", {}, invoice.lines.map((line) => h("tr", {},
      h("td", {}, line.text), h("td", {}, `${line.quantity} ×`), h("td", {}, money(line.amount_minor, invoice.currency)))),
    h("tr", { class: "total" }, h("td", { colspan: 2 }, "Total"), h("td", {}, money(invoice.total_minor, invoice.currency))))),
    foot));
  const answer = await post("link", { invoice: invoice.number }, { quiet: true });
  if (state.number !== invoice.number) return undefined;
  return fill(foot, answer.ok
    ? h("a", { class: "object", href: answer.url, target: "_blank", rel: "noopener", "data-testid": "invoice-link" }, "Something wrong with this invoice?")
    : h("p", { class: "problem", role: "alert" }, answer.problem));
}

const pair = (name, value) => h("div", {}, h("dt", {}, name), h("dd", {}, value));

function open(number) {
  state.number = number;
  history.replaceState(null, "", `/invoices?number=${encodeURIComponent(number)}`);
  drawList();
  drawSheet();
}

const theme = localStorage.getItem("theme");
if (theme) document.documentElement.dataset.theme = theme;
state.customers = (await (await fetch("/sandbox/workspace")).json()).customers;
state.number ||= all()[0].invoice.number;
open(state.number);
byId("app").dataset.state = "ready";
