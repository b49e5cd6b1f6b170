// How do files get to the form? Chosen, dropped, pasted or photographed; sent in pieces that can be resumed.
"use strict";

(() => {
  const form = document.getElementById("dispute");
  const template = document.getElementById("file-template");
  if (!form || !template) return;

  const words = document.getElementById("words").dataset;
  const said = document.getElementById("said");
  const csrf = form.elements.csrf.value;
  const files = `${form.dataset.path}/files`;
  const PIECE = 1024 * 1024; // bytes in one request: what a broken line costs at most
  const AT_ONCE = 2;
  const LONGEST_WAIT = 20000; // ms between two tries
  const PERCENT = new Intl.NumberFormat(document.documentElement.lang, { style: "percent" });
  const waiting = [];
  let running = 0;

  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const size = (bytes) => {
    const unit = bytes < 1e6 ? "kilobyte" : "megabyte";
    const manner = { style: "unit", unit, maximumFractionDigits: bytes < 1e6 ? 0 : 1 };
    return new Intl.NumberFormat(document.documentElement.lang, manner).format(
      bytes < 1e6 ? Math.max(1, bytes / 1e3) : bytes / 1e6,
    );
  };

  // --- One file --------------------------------------------------------------------------------------

  function add(file, slot) {
    const begun = begunBefore(file);
    const item = begun || template.content.firstElementChild.cloneNode(true);
    const upload = { file, item: begun ? fresh(begun) : item, id: begun?.dataset.id, kind: slot.dataset.kind };
    upload.item.querySelector(".file-name").textContent = file.name;
    upload.item.dataset.kind = upload.kind;
    draw(upload);
    if (!begun) slot.querySelector(".files").append(upload.item);
    const remove = upload.item.querySelector(".file-remove");
    remove.setAttribute("aria-label", fill(words.remove, { name: file.name }));
    upload.item.querySelector("progress").setAttribute("aria-label", fill(words.progress, { name: file.name }));
    upload.item.querySelector(".file-again").addEventListener("click", () => start(upload));
    upload.item.upload = upload;
    start(upload);
  }

  // A file of which a part came before the page was loaded again.
  function begunBefore(file) {
    const items = form.querySelectorAll(".file[data-state=uploading][data-id]");
    return [...items].find(
      (item) => !item.upload && item.dataset.name === file.name && Number(item.dataset.size) === file.size,
    );
  }

  function fresh(begun) {
    const item = template.content.firstElementChild.cloneNode(true);
    item.dataset.id = begun.dataset.id;
    begun.replaceWith(item);
    return item;
  }

  function draw({ file, item }) {
    const thumb = item.querySelector(".thumb");
    const ending = (file.name.split(".").pop() || "").slice(0, 4).toUpperCase();
    thumb.textContent = ending;
    if (!/^image\/(jpeg|png|gif|webp)$/.test(file.type)) return;
    const image = new Image();
    image.alt = "";
    image.src = URL.createObjectURL(file);
    image.onload = () => {
      thumb.replaceChildren(image);
      URL.revokeObjectURL(image.src);
    };
  }

  function start(upload) {
    upload.isGone = false;
    upload.tries = 0;
    state(upload, "uploading", words.waiting);
    waiting.push(upload);
    next();
  }

  function next() {
    while (running < AT_ONCE && waiting.length) {
      running += 1;
      send(waiting.shift()).finally(() => {
        running -= 1;
        next();
      });
    }
  }

  function state(upload, name, note) {
    const { item } = upload;
    item.dataset.state = name;
    item.className = `file file-${name}`;
    item.querySelector(".file-note").textContent = note;
    item.querySelector(".file-again").hidden = name !== "failed" || upload.isRefused;
    item.querySelector(".file-progress").hidden = name !== "uploading";
    form.dispatchEvent(new CustomEvent("uploads"));
  }

  function progress(upload, sent) {
    const share = Math.min(100, Math.floor((100 * sent) / Math.max(1, upload.file.size)));
    upload.item.querySelector(".file-progress").value = share;
    const isOver = sent >= upload.file.size;
    const percent = share / 100;
    const note = fill(words.uploading, { percent: PERCENT.format(percent), size: size(upload.file.size) });
    upload.item.querySelector(".file-note").textContent = isOver ? words.checking : note;
  }

  // --- Sending it ------------------------------------------------------------------------------------

  async function send(upload) {
    let offset = upload.id ? -1 : 0;
    while (!upload.isGone) {
      try {
        if (!upload.id) await begin(upload);
        const known = offset < 0 ? await arrived(upload) : { offset };
        progress(upload, known.offset);
        const answer = known.isWhole ? known : await piece(upload, known.offset);
        if (answer.isWhole) return finish(upload, answer.shown);
        offset = answer.offset;
        upload.tries = 0;
      } catch (error) {
        if (upload.isGone) return;
        if (error.isFinal) return fail(upload, error);
        upload.item.querySelector(".file-note").textContent = words.broken;
        await pause(Math.min(LONGEST_WAIT, 500 * 2 ** upload.tries++));
        offset = -1;
      }
    }
  }

  async function begin(upload) {
    const { name, size: bytes } = upload.file;
    const body = JSON.stringify({ name, size: bytes, kind: upload.kind });
    const answer = await ask("POST", files, body);
    if (answer.status !== 201) throw await refusal(answer);
    upload.id = (await answer.json()).id;
    upload.item.dataset.id = upload.id;
  }

  // How much is there: perhaps all, and only the answer was lost. An upload that is gone begins anew.
  async function arrived(upload) {
    const answer = await ask("GET", `${files}/${upload.id}/upload`);
    if (answer.status === 404) {
      upload.id = undefined;
      await begin(upload);
      return { offset: 0 };
    }
    if (!answer.ok) throw new Error(`${answer.status}`);
    const shown = await answer.json();
    const offset = Number(answer.headers.get("Upload-Offset"));
    return { offset, isWhole: shown.state !== "uploading", shown };
  }

  function piece(upload, offset) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      upload.request = request;
      request.open("PATCH", `${files}/${upload.id}`);
      request.setRequestHeader("X-Csrf", csrf);
      request.setRequestHeader("Upload-Offset", `${offset}`);
      request.setRequestHeader("Content-Type", "application/offset+octet-stream");
      request.upload.onprogress = (event) => progress(upload, offset + event.loaded);
      request.onerror = request.onabort = () => reject(new Error("broken"));
      request.onload = () => {
        const there = Number(request.getResponseHeader("Upload-Offset"));
        if (request.status === 409) return resolve({ offset: there });
        if (request.status === 404) return reject(new Error("gone"));
        const shown = parsed(request.responseText);
        if (request.status !== 200) return reject(problem(request.status, shown));
        resolve({ offset: there, isWhole: shown.state !== "uploading", shown });
      };
      request.send(upload.file.slice(offset, offset + PIECE));
    });
  }

  function ask(method, url, body) {
    return fetch(url, { method, body, headers: { "X-Csrf": csrf, "Content-Type": "application/json" } });
  }

  function parsed(text) {
    try {
      return JSON.parse(text);
    } catch {
      return {};
    }
  }

  const refusal = async (answer) => problem(answer.status, parsed(await answer.text()));

  // What the server refuses for good isn't tried again; whatever else goes wrong is.
  function problem(status, shown) {
    const error = new Error(shown.why || `${status}`);
    error.isFinal = status >= 400 && status < 500 && ![408, 429].includes(status);
    error.why = shown.why;
    return error;
  }

  function pause(milliseconds) {
    return new Promise((resolve) => {
      const timer = setTimeout(go, milliseconds);
      function go() {
        clearTimeout(timer);
        removeEventListener("online", go);
        resolve();
      }
      addEventListener("online", go);
    });
  }

  function finish(upload, shown) {
    upload.id = shown.id;
    const twin = [...form.querySelectorAll(".file")].find((item) => item.dataset.id === shown.id);
    if (twin && twin !== upload.item) twin.remove(); // the same file was there already
    upload.item.dataset.id = shown.id;
    state(upload, shown.state, shown.note);
    upload.item.querySelector(".file-name").textContent = shown.name;
    said.textContent = fill(words.added, { name: shown.name });
  }

  function fail(upload, error) {
    upload.isRefused = Boolean(error.why);
    state(upload, "failed", error.why || words.failed);
    said.textContent = error.why || words.failed;
  }

  form.addEventListener("click", async (event) => {
    const button = event.target.closest(".file-remove");
    if (!button) return;
    event.preventDefault();
    const item = button.closest(".file");
    const name = item.querySelector(".file-name").textContent;
    const { upload } = item;
    const id = upload ? upload.id : item.dataset.id;
    if (upload) {
      upload.isGone = true;
      upload.request?.abort();
      if (waiting.includes(upload)) waiting.splice(waiting.indexOf(upload), 1);
    }
    const neighbour = item.closest(".slot").querySelector(".button");
    item.remove();
    neighbour.focus();
    said.textContent = fill(words.removed, { name });
    form.dispatchEvent(new CustomEvent("uploads"));
    if (id) await ask("DELETE", `${files}/${id}`).catch(() => undefined);
  });

  // --- Where files come from -------------------------------------------------------------------------

  function furnish(slot) {
    const input = slot.querySelector(".picker-input");
    const camera = input.cloneNode();
    camera.id = `${input.id}-camera`;
    camera.accept = "image/*";
    camera.setAttribute("capture", "environment");
    const drop = document.createElement("div");
    drop.className = "drop";
    const hint = document.createElement("span");
    hint.className = "drop-words";
    hint.textContent = words.drop;
    drop.append(opener(words.choose, input, ""), opener(words.camera, camera, "camera"), hint);
    for (const one of [input, camera]) {
      one.hidden = true;
      one.addEventListener("change", () => {
        for (const file of one.files) add(file, slot);
        one.value = "";
      });
    }
    slot.querySelector(".picker-label").hidden = true;
    slot.querySelector(".picker").append(drop, camera);
  }

  function opener(text, input, name) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = `button ${name}`;
    button.textContent = text;
    button.addEventListener("click", () => input.click());
    return button;
  }

  const slots = [...form.querySelectorAll(".slot")];
  const isShown = (slot) => slot.offsetParent !== null;
  const other = slots.at(-1);
  const best = () => slots.find((slot) => isShown(slot) && !slot.querySelector(".file")) || other;
  slots.forEach(furnish);

  addEventListener("dragover", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    mark(event.target.closest?.(".slot") || best());
  });
  addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) mark(null);
  });
  addEventListener("drop", (event) => {
    mark(null);
    if (!event.dataTransfer?.files.length) return;
    event.preventDefault();
    const slot = event.target.closest?.(".slot") || best();
    for (const file of event.dataTransfer.files) add(file, slot);
  });
  addEventListener("paste", (event) => {
    const pasted = [...(event.clipboardData?.files || [])];
    const isText = event.target.matches?.("input, textarea") && event.clipboardData.types.includes("text/plain");
    if (!pasted.length || isText) return;
    event.preventDefault();
    for (const file of pasted) add(file, best());
  });

  function mark(over) {
    for (const slot of slots) slot.querySelector(".drop").classList.toggle("is-over", slot === over);
  }

  // Files of a kind that the chosen reason doesn't ask for lie with everything else.
  form.addEventListener("change", (event) => {
    if (event.target.name !== "reason") return;
    for (const item of form.querySelectorAll(".file")) {
      const home = slots.find((slot) => slot.dataset.kind === item.dataset.kind);
      (home && isShown(home) ? home : other).querySelector(".files").append(item);
    }
  });

  addEventListener("beforeunload", (event) => {
    if (form.querySelector(".file[data-state=uploading]") && form.querySelector(".file progress:not([hidden])")) {
      event.preventDefault();
    }
  });
})();
