// What makes the form better where scripts run? It keeps the draft, adds up lines and waits for uploads.
"use strict";

(() => {
  const form = document.getElementById("dispute");
  if (!form) return;

  const words = document.getElementById("words").dataset;
  const saved = document.getElementById("saved");
  const trouble = document.getElementById("send-trouble");
  const PAUSE = 1500; // ms without typing before the draft is saved
  const AT_MOST_EVERY = 4000; // ms between two saves
  let isDirty = false;
  let isLeaving = false;
  let timer = 0;
  let lastSave = 0;

  document.documentElement.classList.add("js");
  document.getElementById("mistakes")?.focus();

  // --- The draft -------------------------------------------------------------------------------------

  function draft() {
    const values = new URLSearchParams();
    for (const [name, value] of new FormData(form)) {
      if (typeof value === "string") values.append(name, value);
    }
    return values;
  }

  function plan() {
    isDirty = true;
    clearTimeout(timer);
    timer = setTimeout(save, Math.max(PAUSE, lastSave + AT_MOST_EVERY - Date.now()));
  }

  async function save() {
    if (!isDirty || isLeaving) return;
    isDirty = false;
    lastSave = Date.now();
    try {
      const answer = await fetch(`${form.dataset.path}/draft`, {
        method: "POST",
        body: draft(),
        headers: { Accept: "application/json" },
        keepalive: true,
      });
      if (answer.status === 409) {
        location.assign(form.dataset.path); // it was sent from another window
        return;
      }
      if (!answer.ok) throw new Error(`${answer.status}`);
      show(words.saved, 1800);
    } catch {
      isDirty = true;
      show(words.unsaved, 0);
      clearTimeout(timer);
      timer = setTimeout(save, 5 * AT_MOST_EVERY);
    }
  }

  let hiding = 0;
  function show(text, milliseconds) {
    saved.textContent = text;
    saved.hidden = false;
    clearTimeout(hiding);
    if (milliseconds) hiding = setTimeout(() => (saved.hidden = true), milliseconds);
  }

  form.addEventListener("input", (event) => {
    if (event.target.type !== "file") plan();
  });
  addEventListener("online", save);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") save();
  });

  // --- Lines add up ----------------------------------------------------------------------------------

  const sum = document.getElementById("lines-sum");
  const manner = new Intl.NumberFormat(document.documentElement.lang, {
    style: "currency",
    currency: form.dataset.currency,
    minimumFractionDigits: Number(form.dataset.decimals),
    maximumFractionDigits: Number(form.dataset.decimals),
  });

  function addUp() {
    const chosen = [...form.querySelectorAll("[data-minor]:checked")];
    const minor = chosen.reduce((total, line) => total + Number(line.dataset.minor), 0);
    sum.textContent = chosen.length ? manner.format(minor / 10 ** Number(form.dataset.decimals)) : "";
  }

  if (sum) {
    form.addEventListener("change", (event) => {
      if (event.target.name === "lines") addUp();
    });
    addUp();
  }

  document.getElementById("scope-amount").addEventListener("change", () => {
    document.getElementById("amount").focus();
  });

  // --- Sending ---------------------------------------------------------------------------------------

  form.addEventListener("submit", (event) => {
    const button = event.submitter;
    const isSending = !button?.hasAttribute("formaction");
    if (isLeaving) {
      event.preventDefault();
      return;
    }
    if (isSending && form.querySelector(".file[data-state=uploading]")) {
      event.preventDefault();
      trouble.textContent = words.busy;
      return;
    }
    isLeaving = true;
    clearTimeout(timer);
    if (isSending) {
      const send = document.getElementById("send");
      send.setAttribute("aria-disabled", "true");
      send.textContent = `${words.sending} …`;
    }
  });
  form.addEventListener("uploads", () => (trouble.textContent = ""));

  // Back from the page after it: the browser shows this one as it was.
  addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });
})();
