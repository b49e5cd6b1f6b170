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
    form.dataset.sent = "1";
    const button = form.querySelector("button[type=submit]");
    button.setAttribute("aria-disabled", "true");
    if (button.dataset.busy) button.textContent = button.dataset.busy;
  });
}

// Who comes back with the browser's Back button finds the page as it was left: let them send again.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) window.location.reload();
});
