// Customers' mailbox: reading mails and replying.

import { byId, fill, h } from "./dom.js";
import { post } from "./net.js";

const query = new URLSearchParams(location.search);
const state = { mails: [], full: [], owners: new Map(), owner: query.get("of") ?? "", open: 0, drafts: new Map(), ticked: new Set(), files: [], asText: false };

const inOf = (owner) => state.mails.filter((one) => one.owner === owner);
const openMail = () => state.mails.find((one) => one.id === state.open);

function draw() {
  drawOwners();
  drawMails();
  drawMail();
}

function drawOwners() {
  fill(byId("owners"),
    h("a", { class: "back", href: "/" }, "← Brightwater's workspace"),
    h("h1", {}, "Customers' mail"),
    [...state.owners].map(([address, name]) => {
      const count = inOf(address).filter((one) => !one.is_sent).length;
      return h("button", {
        type: "button", "data-testid": `owner-${address}`, "aria-current": address === state.owner ? "page" : undefined,
        onclick: () => choose(address),
      }, h("strong", {}, name), h("small", {}, address), count > 0 && h("b", { class: "count" }, count));
    }));
}

function drawMails() {
  const found = inOf(state.owner).slice().reverse();
  const isFull = state.full.includes(state.owner);
  fill(byId("mails"),
    h("header", {}, h("h2", {}, state.owners.get(state.owner) ?? "Nobody"),
      h("label", { class: "full" }, h("input", { type: "checkbox", checked: isFull, "data-testid": "mailbox-full",
        onchange: async (event) => {
          const answer = await post("mail-full", { address: state.owner, is_full: event.target.checked });
          state.full = answer.full ?? state.full;
        } }), "Mailbox is full: mail comes back")),
    found.length ? found.map(row) : h("p", { class: "empty" }, "No mail yet. Ombud writes when a dispute of this customer is received, claimed or decided."));
}

function row(mail) {
  return h("button", {
    type: "button", class: "mail-row", "data-testid": `mail-${mail.id}`,
    "aria-current": mail.id === state.open ? "true" : undefined, onclick: () => show(mail.id),
  }, h("small", {}, mail.is_sent ? "Sent" : mail.from.name || mail.from.address, h("time", {}, when(mail.at))),
  h("strong", {}, mail.subject), h("span", {}, firstWords(mail.text)));
}

const firstWords = (text) => text.replace(/\s+/g, " ").trim().slice(0, 110);
const when = (seconds) => new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", timeZone: "Europe/Berlin" })
  .format(new Date(seconds * 1000));

function drawMail() {
  const mail = openMail();
  if (!mail) return fill(byId("mail"), h("p", { class: "empty" }, "Choose a mail to read it."));
  return fill(byId("mail"),
    h("header", {}, h("h2", { "data-testid": "mail-subject" }, mail.subject),
      h("p", {}, h("span", {}, `From ${mail.from.name ? `${mail.from.name} <${mail.from.address}>` : mail.from.address}`),
        h("span", {}, `To ${mail.to}`), h("time", {}, when(mail.at))),
      mail.html && h("button", { type: "button", class: "quiet", "data-testid": "mail-as-text",
        onclick: () => { state.asText = !state.asText; drawMail(); } }, state.asText ? "Show as designed" : "Show as plain text")),
    mail.html && !state.asText ? frame(mail) : h("pre", { "data-testid": "mail-text" }, mail.text),
    mail.attachments.length > 0 && h("p", { class: "attached" }, mail.attachments.map((name) => h("span", {}, `📎 ${name}`))),
    !mail.is_sent && replyBox(mail));
}

// The mail's own HTML, in a frame that can run nothing; its links open in a new tab.
function frame(mail) {
  const node = h("iframe", { title: mail.subject, "data-testid": "mail-html", sandbox: "allow-popups allow-popups-to-escape-sandbox allow-same-origin" });
  node.srcdoc = mail.html.replace(/<head([^>]*)>/i, '<head$1><base target="_blank">');
  node.addEventListener("load", () => { node.style.height = `${node.contentDocument.documentElement.scrollHeight}px`; });
  return node;
}

function replyBox(mail) {
  const problem = h("p", { class: "problem", role: "alert", hidden: true, "data-testid": "reply-problem" });
  const chosen = h("p", { class: "attached" }, state.files.map((file) => h("span", {}, `📎 ${file.name}`)));
  return h("form", { class: "reply", onsubmit: (event) => send(event, mail, problem) },
    h("label", {}, `Answer to ${mail.reply_to}`,
      h("textarea", { rows: 4, "data-testid": "reply-text", value: state.drafts.get(mail.id) ?? "", required: true,
        oninput: (event) => state.drafts.set(mail.id, event.target.value) })),
    chosen,
    h("div", { class: "reply-row" },
      h("label", { class: "file" }, "Attach", h("input", { type: "file", multiple: true, "data-testid": "reply-files",
        onchange: (event) => { state.files = [...event.target.files]; fill(chosen, state.files.map((file) => h("span", {}, `📎 ${file.name}`))); } })),
      tick("colleague", "From a colleague's address"),
      tick("bare", "Without threading headers"),
      h("button", { type: "submit", class: "send", "data-testid": "reply-send" }, "Send")),
    problem);
}

// Kept, as the words are: a page that is drawn anew meanwhile must not send something else.
function tick(name, label) {
  return h("label", {}, h("input", { type: "checkbox", "data-testid": `reply-${name}`, name, checked: state.ticked.has(name),
    onchange: (event) => (event.target.checked ? state.ticked.add(name) : state.ticked.delete(name)) }), label);
}

async function send(event, mail, problem) {
  event.preventDefault();
  const form = event.target;
  const button = form.querySelector(".send");
  button.setAttribute("aria-busy", "true");
  const files = await Promise.all(state.files.map(async (file) => ({ name: file.name, type: file.type, data: await base64(file) })));
  const answer = await post("mail-reply", {
    id: mail.id, text: state.drafts.get(mail.id) ?? "", files,
    as: form.colleague.checked ? "colleague" : undefined, keeps_headers: !form.bare.checked,
  }, { quiet: true });
  button.removeAttribute("aria-busy");
  problem.hidden = answer.ok;
  problem.textContent = answer.problem ?? "";
  if (!answer.ok) return;
  state.drafts.delete(mail.id);
  state.ticked.clear();
  state.files = [];
  show(answer.mail.id);
}

function base64(file) {
  return new Promise((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = failed;
    reader.readAsDataURL(file);
  });
}

function choose(owner) {
  state.owner = owner;
  state.files = [];
  state.open = inOf(owner).at(-1)?.id ?? 0;
  history.replaceState(null, "", `/mailbox?of=${encodeURIComponent(owner)}`);
  draw();
}

function show(id) {
  if (id !== state.open) state.files = [];
  state.open = id;
  drawMails();
  drawMail();
}

function take(mail) {
  if (state.mails.some((one) => one.id === mail.id)) return;
  state.mails.push(mail);
  if (!state.owners.has(mail.owner)) state.owners.set(mail.owner, mail.owner);
  drawOwners();
  if (mail.owner !== state.owner) return;
  drawMails();
  if (!openMail()) show(mail.id);
}

async function load() {
  const [all, kept] = await Promise.all([(await fetch("/sandbox/workspace")).json(), post("mails")]);
  const theme = localStorage.getItem("theme");
  if (theme) document.documentElement.dataset.theme = theme;
  state.owners = new Map(all.customers.map((one) => [one.email, one.name]));
  state.mails = kept.mails ?? [];
  state.full = kept.full ?? [];
  state.mails.forEach((one) => state.owners.has(one.owner) || state.owners.set(one.owner, one.owner));
  state.owner ||= state.mails.at(-1)?.owner ?? all.customers[0].email;
  state.open = state.mails.some((one) => one.id === state.open) ? state.open : inOf(state.owner).at(-1)?.id ?? 0;
  draw();
  byId("app").dataset.state = "ready";
}

await load();
const source = new EventSource("/sandbox/stream");
source.onopen = () => load();
source.onmessage = (event) => {
  const said = JSON.parse(event.data);
  if (said.type === "mail") take(said.mail);
};
