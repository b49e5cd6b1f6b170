// What does the status page do better where scripts run? It shows that something is being sent, and keeps a form from being sent twice by impatience. Everything works without it.

"use strict";

const problem = document.getElementById("problem");
if (problem) problem.focus();

for (const form of document.querySelectorAll("form")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    if (form.querySelector(".file[data-state=uploading]")) {
      event.preventDefault();
      document.getElementById("said").textContent = document.getElementById("words").dataset.busy;
      return;
    }
    form.dataset.sent = "1";
    takeAlong(form);
    const button = form.querySelector("button[type=submit]");
    button.setAttribute("aria-disabled", "true");
    if (button.dataset.busy) button.textContent = button.dataset.busy;
  });
}

// Files that were uploaded on their own (uploads.js) are named in the form they belong to.
function takeAlong(form) {
  for (const item of form.querySelectorAll(".file[data-id]")) {
    if (!["ready", "held"].includes(item.dataset.state)) continue;
    put(form, "kept", item.dataset.id);
    put(form, "kept_name", item.querySelector(".file-name").textContent);
  }
}

function put(form, name, value) {
  const input = document.createElement("input");
  Object.assign(input, { type: "hidden", name, value });
  form.append(input);
}

// Who comes back with the browser's Back button finds the page as it was left: let them send again.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) window.location.reload();
});
