// Form in which a customer raises a dispute.

import { closeDrawer, openDrawer } from "./drawer.js";
import { h, fill, toast } from "./dom.js";
import { minorOf, money } from "./money.js";
import { post } from "./net.js";
import { goTo, state } from "./state.js";

const form = { customer: 0, invoice: 0, reason: "wrong_amount", what: "all", lines: new Set(), amount: "", statement: "", evidence: true };
const QUEUES = { not_delivered: "C0DELIVERY", damaged: "C0DELIVERY" };
const IN_TEAMS_ALONE = new Set(["price_agreed", "cancelled_subscription"]);
const SAID = {
  wrong_amount: "The quantity on this invoice is higher than what we received.",
  duplicate_charge: "We have already paid this on an earlier invoice.",
  tax: "We are exempt from this tax. Our certificate is on file with you.",
  not_delivered: "This never arrived. Our gate has no record of it.",
  damaged: "The goods arrived damaged and cannot be used.",
  price_agreed: "This is not the price in our contract.",
  cancelled_subscription: "We cancelled this before the notice period ended.",
  chargeback: "We did not recognise this charge and asked our bank.",
};

const body = h("div", { class: "drawer-body" });
const customer = () => state.customers[form.customer];
const invoice = () => customer().invoices[form.invoice];

export function openRaise() {
  form.statement ||= SAID[form.reason];
  openDrawer("raise-form", "Raise a dispute", "As a customer would, from the billing portal.", body);
  draw();
}

function draw(problem) {
  fill(body, h("form", { class: "stack", novalidate: true, onsubmit: (event) => { event.preventDefault(); send(event.submitter); } },
    choice("Customer", "raise-customer", state.customers.map((one, at) => [at, `${one.name} (${one.tier})`]), form.customer,
      (value) => { Object.assign(form, { customer: Number(value), invoice: 0 }); form.lines.clear(); }),
    choice("Invoice", "raise-invoice", customer().invoices.map((one, at) => [at, `${one.number}, ${money(one.total_minor, one.currency)}`]), form.invoice,
      (value) => { form.invoice = Number(value); form.lines.clear(); }),
    choice("Reason", "raise-reason", state.reasons.map((one) => [one.id, one.label]), form.reason, (value) => {
      if (form.statement === SAID[form.reason]) form.statement = SAID[value];
      form.reason = value;
    }),
    disputed(), evidence(),
    h("label", { class: "stack tight" }, h("span", {}, "In the customer's words"),
      h("textarea", { class: "input", rows: 4, "data-testid": "raise-statement", value: form.statement, oninput: (event) => { form.statement = event.target.value; } })),
    problem && problemBox(problem),
    h("footer", {}, h("button", { type: "button", class: "button", onclick: closeDrawer }, "Cancel"),
      h("button", { type: "submit", class: "button primary", "data-testid": "raise-send" }, "Raise the dispute"))));
}

function choice(label, testid, options, now, act) {
  return h("label", { class: "stack tight" }, h("span", {}, label),
    h("select", { class: "input", "data-testid": testid, onchange: (event) => { act(event.target.value); draw(); } },
      options.map(([value, name]) => h("option", { value: String(value), selected: value === now }, name))));
}

function disputed() {
  const { currency, lines, total_minor: total } = invoice();
  const kinds = [["all", `The whole invoice, ${money(total, currency)}`], ["lines", "Some lines"], ["amount", "A part of it"]];
  return h("fieldset", { class: "stack tight" }, h("legend", {}, "What is disputed"),
    kinds.map(([kind, label]) => h("label", { class: "choice" }, h("input", {
      type: "radio", name: "what", checked: form.what === kind, "data-testid": `raise-what-${kind}`, onchange: () => { form.what = kind; draw(); },
    }), h("span", {}, label))),
    form.what === "lines" && h("div", { class: "lines" }, lines.map((line) => h("label", { class: "choice" }, h("input", {
      type: "checkbox", checked: form.lines.has(line.ref), "data-testid": `raise-line-${line.ref}`,
      onchange: (event) => (event.target.checked ? form.lines.add(line.ref) : form.lines.delete(line.ref)),
    }), h("span", {}, line.text, h("small", {}, money(line.amount_minor, currency)))))),
    form.what === "amount" && h("input", { class: "input", inputmode: "decimal", "aria-label": `Amount in ${currency}`, placeholder: `Amount in ${currency}`,
      "data-testid": "raise-amount", value: form.amount, oninput: (event) => { form.amount = event.target.value; } }));
}

function evidence() {
  const kind = state.reasons.find((one) => one.id === form.reason)?.evidence;
  return kind && h("label", { class: "choice" }, h("input", { type: "checkbox", checked: form.evidence, "data-testid": "raise-evidence",
    onchange: (event) => { form.evidence = event.target.checked; } }), h("span", {}, `Hand in a ${kind.replace("_", " ")}`));
}

function wanted() {
  const kind = state.reasons.find((one) => one.id === form.reason)?.evidence;
  const asked = { invoice: invoice().ref, reason: form.reason, statement: form.statement, evidence: kind && form.evidence ? [kind] : [] };
  if (form.what === "lines") return { ...asked, lines: [...form.lines] };
  if (form.what === "amount") return { ...asked, amount_minor: minorOf(form.amount, invoice().currency) };
  return asked;
}

async function send(button) {
  const asked = wanted();
  if (form.what === "lines" && !asked.lines.length) return draw({ title: "Choose at least one line." });
  if (form.what === "amount" && asked.amount_minor === null) {
    const typed = form.amount.trim();
    return draw({ title: typed ? `“${typed}” is not an amount in ${invoice().currency}.` : "Say how much is disputed." });
  }
  button.setAttribute("aria-busy", "true");
  const answer = await post("disputes", asked);
  if (!answer.ok) return draw(answer.body ?? { title: answer.problem });
  toast(answer.body.status === "gathering"
    ? `Dispute ${answer.body.number} waits for what its reason asks for. Its channel hears of it then, or when the time for that is over.`
    : `Dispute ${answer.body.number} is with Ombud.${IN_TEAMS_ALONE.has(asked.reason) ? " Its channel is in Teams." : ""}`, "notice");
  form.statement = "";
  closeDrawer();
  return IN_TEAMS_ALONE.has(asked.reason) ? undefined : goTo(QUEUES[asked.reason] ?? "C0BILLING");
}

function problemBox(problem) {
  return h("div", { class: "problem-box", role: "alert", "data-testid": "raise-problem" },
    h("strong", {}, problem.title ?? "Ombud refused this dispute."),
    problem.detail && h("p", {}, problem.detail),
    problem.errors && h("ul", {}, problem.errors.map((one) => h("li", {}, one.detail ?? one.title ?? one.message, one.pointer && h("code", {}, one.pointer)))));
}
