// Files for a model's inputs: chosen, dropped, pasted, taken or picked, each sent here at once.
// The form works without this: a file then travels with it.
(() => {
  "use strict";
  const FORM = "form.inputs";
  const REFERENCE = /^media:[0-9A-HJKMNP-TV-Z]{26}$/;
  const AT_ONCE = 3;
  const all = (root, selector) => [...root.querySelectorAll(selector)];
  const on = (name, deed, capture) => document.addEventListener(name, deed, capture);
  const fieldOf = (element) => element.closest?.("[data-takes-files]");
  const formOf = (element) => element.closest(FORM);
  const ways = (field) => field.querySelector("[data-ways]");
  const listOf = (field) => field.querySelector("[data-rows], [data-one]");
  const isList = (field) => Boolean(field.querySelector("[data-rows]"));
  const address = (field) => [...field.children].find((one) => one.matches("input.in"));
  const uploadsIn = (root) => all(root, "[data-upload]");
  const typed = (field) => (isList(field) ? all(listOf(field), "li.typed input") : [address(field)]);
  const rowsMoved = (field) => field.dispatchEvent(new Event("playground:rows", { bubbles: true }));
  const inWords = (bytes) => {
    if (bytes < 999_500) return `${Math.max(1, Math.round(bytes / 1000))} KB`;
    return `${(bytes / 1_000_000).toFixed(1)} MB`;
  };

  /* ── room: which input takes a file, and how many more ── */
  const room = (field) => {
    if (!isList(field)) return uploadsIn(field).length || address(field).value ? 0 : 1;
    const filled = all(listOf(field), ":scope > li").filter((row) => row.matches("[data-upload]") || row.querySelector("[name]").value);
    return Number(field.dataset.most) - filled.length;
  };
  const suits = (field, type) => {
    const { kind } = ways(field).dataset;
    return !kind || !type || type.startsWith(`${kind}/`);
  };

  const takers = () => all(document, `${FORM} [data-takes-files]`).filter((one) => one.offsetParent);

  // Anywhere on the page: the first input that fits and has room, a mask's only if it is the last.
  function fieldFor(type) {
    const fields = takers();
    const isMask = (field) => "forMask" in ways(field).dataset;
    fields.sort((one, other) => isMask(one) - isMask(other));
    const free = fields.filter((one) => room(one) > 0);
    return free.find((one) => suits(one, type)) ?? fields.find((one) => suits(one, type)) ?? free[0] ?? fields[0];
  }

  function say(field, words) {
    ways(field).querySelector("[data-said]").textContent = words;
  }

  /* ── taking files ── */
  function take(field, files, instead) {
    say(field, "");
    const left = [];
    for (const file of files) {
      if (!isList(field)) clear(field);
      else if (!instead && room(field) < 1) {
        left.push(file.name);
        continue;
      }
      start(file, place(field, coming(field), instead));
      instead = null;
      if (!isList(field) && files.length > 1) {
        left.push(...[...files].slice(1).map((one) => one.name));
        break;
      }
    }
    if (left.length) say(field, `${left.join(", ")} not taken: ${isList(field) ? `there is room for ${field.dataset.most}` : "one file is taken here"}.`);
  }

  function clear(field) {
    uploadsIn(field).forEach(forget);
    const input = address(field);
    input.value = "";
    forgetSeen(input);
  }

  const coming = (field) => formOf(field).querySelector("template[data-coming]").content.firstElementChild.cloneNode(true);

  // Into a list after what is there, where blank rows make room; into the one place otherwise.
  function place(field, row, instead) {
    if (instead) {
      forget(instead, row);
    } else {
      if (isList(field)) blank(field).forEach((one) => one.remove());
      listOf(field).append(row);
    }
    shut(field);
    return row;
  }

  const blank = (field) => all(listOf(field), ":scope > li.typed").filter((row) => !row.querySelector("[name]").value);

  // Where a file stands, no address is typed.
  function shut(field) {
    if (isList(field)) return;
    const input = address(field);
    input.hidden = input.disabled = uploadsIn(field).length > 0;
  }

  /* ── sending one here: a bar, cancel, again ── */
  const requests = new Map();
  const waiting = [];

  function start(file, row) {
    const part = (name) => row.querySelector(`[data-${name}]`);
    row.file = file;
    row.upload ??= [...crypto.getRandomValues(new Uint8Array(16))].map((one) => one.toString(16).padStart(2, "0")).join("");
    row.classList.remove("bad");
    row.dataset.coming = "";
    part("file-name").textContent = part("file-name").title = file.name;
    part("remove").ariaLabel = `Remove ${file.name}`;
    part("cancel").ariaLabel = `Cancel ${file.name}`;
    part("sent").textContent = `${inWords(file.size)} · waiting`;
    part("trouble").hidden = part("retry").hidden = true;
    part("retry").textContent = "Try again";
    part("cancel").hidden = part("bits").hidden = false;
    showBits(row, 0, file.size);
    rowsMoved(fieldOf(row));
    waiting.push(row);
    next();
  }

  function next() {
    while (requests.size < AT_ONCE && waiting.length) send(waiting.shift());
  }

  function showBits(row, sent, size) {
    const bits = row.querySelector("[data-bits]");
    bits.style.setProperty("--got", sent);
    bits.style.setProperty("--of", size || 1);
    bits.ariaLabel = `${inWords(sent)} of ${inWords(size)} sent`;
    bits.ariaValueMax = size;
    bits.ariaValueNow = sent;
  }

  // What of a file had arrived here before its upload broke off.
  async function leftOff(row) {
    const asked = await fetch(`${formOf(row).dataset.uploads}/left-off?upload=${row.upload}`);
    return asked.ok ? (await asked.json()).at : 0;
  }

  function send(row) {
    // Until it is known from where to go on, its place among those sent is taken.
    requests.set(row, { abort: () => given(row) });
    const known = row.broke ? leftOff(row).catch(() => 0) : Promise.resolve(0);
    known.then((at) => {
      if (!requests.has(row)) return;
      if (row.isConnected) sendFrom(row, Math.min(at, row.file.size));
      else given(row);
    });
  }

  function given(row) {
    requests.delete(row);
    next();
    if (!row.isConnected) return;
    stopped(row, "Cancelled.");
    settled(formOf(row));
  }

  function sendFrom(row, at) {
    const field = fieldOf(row);
    const { model, uploads } = formOf(field).dataset;
    const { file } = row;
    const body = new FormData();
    const texts = { as: "row", name: field.dataset.field, model, kind: ways(field).dataset.kind };
    for (const name in texts) body.append(name, texts[name]);
    body.append("file", at ? file.slice(at) : file, file.name);
    const request = new XMLHttpRequest();
    const begun = performance.now();
    request.upload.onprogress = ({ loaded }) => {
      const sent = Math.min(at + loaded, file.size);
      const speed = (sent - at) / (performance.now() - begun);
      const words = sent < file.size ? `${inWords(sent)} of ${inWords(file.size)} · ${inWords(speed * 1000)}/s` : `${inWords(file.size)} · looking at it`;
      row.querySelector("[data-sent]").textContent = words;
      showBits(row, sent, file.size);
      row.sent = sent;
    };
    request.onload = () => arrived(row, request);
    request.onerror = () => brokeOff(row);
    request.onabort = () => row.isConnected && stopped(row, "Cancelled.");
    request.onloadend = () => {
      requests.delete(row);
      next();
      settled(formOf(field));
    };
    requests.set(row, request);
    request.open("POST", `${uploads}?upload=${row.upload}&at=${at}`);
    request.send(body);
  }

  async function brokeOff(row) {
    const size = inWords(row.file.size);
    row.broke = true;
    stopped(row, `The upload stopped at ${inWords(row.sent ?? 0)} of ${size}: connection lost.`);
    const at = await leftOff(row).catch(() => 0);
    if (!at || !row.isConnected || "coming" in row.dataset) return;
    row.querySelector("[data-trouble]").textContent = `The upload stopped at ${inWords(at)} of ${size}: connection lost. What had arrived is still here.`;
    row.querySelector("[data-retry]").textContent = `Go on from ${inWords(at)}`;
  }

  function arrived(row, request) {
    // It is not here any more: from the beginning.
    if (request.status === 409 && row.broke) {
      row.broke = false;
      return start(row.file, row);
    }
    if (request.status !== 200 && request.status !== 422) return stopped(row, wordsOf(request));
    const field = fieldOf(row);
    if (!field) return;
    const taken = made(request.responseText);
    if (!taken) return stopped(row, wordsOf(request));
    taken.file = row.file;
    const had = row.contains(document.activeElement);
    row.replaceWith(taken);
    htmx.process(taken);
    if (had) taken.querySelector("[data-remove]").focus();
    rowsMoved(field);
  }

  function wordsOf({ status, responseText }) {
    if (status === 413) return "It is larger than this server takes.";
    const found = new DOMParser().parseFromString(responseText, "text/html").querySelector("main p, p, span");
    return found?.textContent.trim() || `The playground answered ${status}.`;
  }

  const made = (html) => {
    const holder = document.createElement("template");
    holder.innerHTML = html;
    return holder.content.querySelector("[data-upload]");
  };

  function stopped(row, words) {
    const part = (name) => row.querySelector(`[data-${name}]`);
    delete row.dataset.coming;
    row.classList.add("bad");
    part("sent").textContent = inWords(row.file.size);
    part("trouble").textContent = words;
    part("trouble").hidden = part("retry").hidden = false;
    const had = document.activeElement === part("cancel");
    part("cancel").hidden = part("bits").hidden = true;
    if (had) part("retry").focus();
  }

  function cancel(row) {
    const place = waiting.indexOf(row);
    if (place < 0) return requests.get(row)?.abort();
    waiting.splice(place, 1);
    stopped(row, "Cancelled.");
    settled(formOf(row));
  }

  // Away with a row, or another in its place.
  function forget(row, other) {
    const request = requests.get(row);
    const place = waiting.indexOf(row);
    if (place >= 0) waiting.splice(place, 1);
    if (other instanceof Element) row.replaceWith(other);
    else row.remove();
    request?.abort();
  }

  function remove(row) {
    const field = fieldOf(row);
    const beside = row.nextElementSibling ?? row.previousElementSibling;
    forget(row);
    shut(field);
    say(field, "");
    if (isList(field) && !listOf(field).children.length) field.querySelector("[data-add]").click();
    rowsMoved(field);
    (beside?.querySelector("[name]:not([type=checkbox]), [data-remove]") ?? typed(field)[0])?.focus();
    settled(formOf(field));
  }

  /* ── Run, while files are on their way: it waits for them, once ── */
  const underWay = (form) => all(form, "[data-coming]").filter((row) => row.matches("li"));
  const refused = (form) => all(form, "[data-upload].bad").filter((row) => !row.querySelector("[name]"));

  on(
    "submit",
    (event) => {
      const form = event.target;
      if (!form.matches(FORM) || event.submitter?.name === "_do") return;
      const [bad] = refused(form);
      if (!underWay(form).length && !bad) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      if (underWay(form).length) waitFor(form);
      else point(bad);
    },
    true,
  );

  // A form that changes on the server would lose what is on its way: it changes afterwards.
  on("htmx:beforeRequest", (event) => {
    const { elt } = event.detail;
    const form = elt.closest?.(FORM);
    if (!form || elt === form || !underWay(form).length || elt.getAttribute("hx-post") !== form.dataset.rework) return;
    event.preventDefault();
    form.pressed = elt;
  });

  function waitFor(form) {
    if ("waits" in form.dataset) return;
    const button = form.querySelector(".go");
    form.dataset.waits = "";
    button.dataset.restLabel = button.innerHTML;
    button.textContent = "Waiting for files…";
    button.setAttribute("aria-disabled", "true");
  }

  function settled(form) {
    if (!form || underWay(form).length) return;
    const pressed = form.pressed;
    form.pressed = null;
    if (pressed?.matches("button")) return pressed.click();
    if (pressed) return pressed.dispatchEvent(new Event("change", { bubbles: true }));
    if (!("waits" in form.dataset)) return;
    const button = form.querySelector(".go");
    delete form.dataset.waits;
    button.innerHTML = button.dataset.restLabel;
    delete button.dataset.restLabel;
    button.removeAttribute("aria-disabled");
    HTMLFormElement.prototype.requestSubmit.call(form);
  }

  function point(row) {
    const name = row.querySelector(".b").textContent;
    say(fieldOf(row), `Nothing was sent. Remove ${name}, or choose another.`);
    row.querySelector("[data-remove]").focus();
  }

  /* ── kept files that stand as texts: shown as their rows ── */
  async function settle(field) {
    shut(field);
    const found = typed(field).filter((one) => REFERENCE.test(one.value));
    if (!found.length) return;
    const form = formOf(field);
    const asked = new URLSearchParams({ name: field.dataset.field, model: form.dataset.model });
    found.forEach((one) => asked.append("file", one.value));
    const answer = await fetch(`${form.dataset.kept}?${asked}`, { headers: { "HX-Request": "true" } });
    if (!answer.ok) return say(field, "A kept file cannot be shown now; it is still chosen.");
    const holder = document.createElement("template");
    holder.innerHTML = await answer.text();
    const rows = uploadsIn(holder.content);
    found.forEach((one, place) => {
      if (!one.isConnected || !rows[place]) return;
      if (isList(field)) one.closest("li").replaceWith(rows[place]);
      else {
        one.value = "";
        listOf(field).replaceChildren(rows[place]);
      }
      htmx.process(rows[place]);
    });
    shut(field);
    rowsMoved(field);
  }

  // References taken over from the gallery, the mask editor or elsewhere.
  function put(field, references) {
    say(field, "");
    if (!isList(field)) {
      clear(field);
      shut(field);
      address(field).value = references.at(-1);
      return settle(field);
    }
    const fitting = references.slice(0, Math.max(room(field), 0));
    if (fitting.length < references.length) say(field, `${references.length - fitting.length} not taken: there is room for ${field.dataset.most}.`);
    blank(field).forEach((one) => one.remove());
    for (const reference of fitting) {
      const row = field.querySelector("template[data-blank]").content.querySelector("li").cloneNode(true);
      row.querySelector("[name]").value = reference;
      listOf(field).append(row);
    }
    rowsMoved(field);
    return settle(field);
  }

  const named = (name) => all(document, `${FORM} [data-takes-files]`).find((one) => one.dataset.field === name);

  on("playground:written", ({ target }) => {
    uploadsIn(target).forEach(forget);
    shut(target);
  });
  on("playground:filled", ({ target }) => settle(target));
  on("playground:picked", ({ detail: { name, value } }) => {
    const field = named(name);
    if (field) put(field, [value].flat());
  });

  /* ── the empty well: faintly, the picture that is to be changed ── */
  function showInWell() {
    const well = document.querySelector('.well[data-state="draft"]');
    if (!well) return;
    const pictures = takers().filter((one) => !("forMask" in ways(one).dataset)).map((one) => listOf(one).querySelector("[data-media] img"));
    const picture = pictures.find(Boolean);
    const shown = well.querySelector(".faint") ?? Object.assign(new Image(), { className: "faint", alt: "" });
    if (!picture) return shown.remove();
    if (shown.src !== picture.src) shown.src = picture.src;
    well.querySelector(".frame").prepend(shown);
    if (well.querySelector(".size")?.textContent !== "auto") return;
    well.style.setProperty("--w", picture.getAttribute("width"));
    well.style.setProperty("--h", picture.getAttribute("height"));
  }

  // After the form's own script has drawn the shape chosen.
  on("input", ({ target }) => (fieldOf(target) || target.closest?.(".shapes")) && setTimeout(showInWell));
  on("htmx:load", () => setTimeout(showInWell));
  setTimeout(showInWell);

  /* ── dropped and pasted ── */
  let inside = false;
  const carries = (event) => !inside && event.dataTransfer?.types.includes("Files") && document.querySelector(FORM);
  const goal = (event) => fieldOf(event.target) ?? fieldFor(event.dataTransfer.items[0]?.type ?? "");

  function light(field) {
    all(document, ".drop.over").forEach((one) => one.classList.remove("over"));
    if (field) ways(field).classList.add("over");
  }

  on("dragstart", () => (inside = true), true);
  on("dragend", () => (inside = false), true);
  on("dragover", (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    light(goal(event));
  });
  on("dragleave", (event) => event.relatedTarget || light());
  on("drop", (event) => {
    light();
    if (!carries(event)) return;
    // Where none is taken, too: the browser would open the file in place of the form.
    event.preventDefault();
    if (!takers().length) return;
    const aimed = fieldOf(event.target);
    const files = [...event.dataTransfer.files];
    if (aimed) return take(aimed, files);
    // Each to the first input that takes its kind; those of one input together.
    const byField = new Map();
    for (const file of files) {
      const field = fieldFor(file.type);
      byField.set(field, [...(byField.get(field) ?? []), file]);
    }
    byField.forEach((some, field) => take(field, some));
  });

  const takesText = (element) => element.closest?.("textarea, select, [contenteditable], input:not([type=checkbox], [type=radio], [type=range], [type=file])");

  on("paste", (event) => {
    const { target, clipboardData } = event;
    const files = [...clipboardData.files];
    if (files.length) {
      const field = fieldOf(target) ?? fieldFor(files[0].type);
      if (!field || document.querySelector("dialog:modal")) return;
      event.preventDefault();
      const clock = new Date().toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
      const ending = (file) => file.name.split(".").at(-1);
      return take(field, files.map((file) => (file.name.startsWith("image.") ? new File([file], `Pasted ${clock}.${ending(file)}`, { type: file.type }) : file)));
    }
    const text = clipboardData.getData("text/plain").trim();
    if (takesText(target)) {
      if (fieldOf(target)) setTimeout(() => look(target));
      return;
    }
    const field = fieldOf(target) ?? fieldFor("");
    if (!field || !/^https:\/\/\S+$/.test(text) || room(field) < 1) return;
    event.preventDefault();
    let input = typed(field).find((one) => !one.value);
    if (!input) {
      field.querySelector("[data-add]").click();
      input = typed(field).at(-1);
    }
    input.value = text;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    look(input);
  });

  /* ── addresses: what lies there, looked at by the server ── */
  const seenOf = (input) => (input.nextElementSibling?.matches("[data-seen]") ? input.nextElementSibling : null);
  const forgetSeen = (input) => {
    seenOf(input)?.remove();
    input.closest("li")?.classList.remove("bad");
  };

  async function look(input) {
    const value = input.value.trim();
    if (REFERENCE.test(value)) return settle(fieldOf(input));
    if (input.looked === value) return;
    input.looked = value;
    forgetSeen(input);
    if (!value) return;
    const field = fieldOf(input);
    const body = new URLSearchParams({ address: value, kind: ways(field).dataset.kind });
    const answer = await fetch(formOf(field).dataset.previews, { method: "POST", body, headers: { "HX-Request": "true" } });
    if (!answer.ok || input.value.trim() !== value) return;
    forgetSeen(input);
    input.insertAdjacentHTML("afterend", await answer.text());
    seenOf(input)?.setAttribute("role", "status");
    const isBad = Boolean(seenOf(input)?.matches("[data-refused]"));
    input.closest("li")?.classList.toggle("bad", isBad);
  }

  on("change", ({ target }) => {
    const field = fieldOf(target);
    if (!field) return;
    if (target.type === "file") {
      const files = [...target.files];
      target.value = "";
      const { instead } = target;
      target.instead = null;
      if (files.length) take(field, files, instead?.isConnected ? instead : null);
    } else if (typed(field).includes(target)) look(target);
  });

  on("click", ({ target }) => {
    const button = target.closest("button, a");
    const row = button?.closest("[data-upload]");
    if (button?.closest("[data-offer]") && fieldOf(button)) setTimeout(() => typed(fieldOf(button)).forEach(look));
    if (button?.matches("[data-pick]")) pick(button);
    if (!row) return;
    const field = fieldOf(row);
    if ("remove" in button.dataset) remove(row);
    if ("cancel" in button.dataset) cancel(row);
    if ("retry" in button.dataset) start(row.file, row);
    if ("chooseAnother" in button.dataset) {
      const input = ways(field).querySelector("input[type=file]:not([data-camera])");
      input.instead = row;
      input.click();
    }
  });

  /* ── from the gallery ── */
  async function open(dialog, path) {
    const answer = await fetch(path, { headers: { "HX-Request": "true" } });
    if (!answer.ok) throw new Error(`${answer.status}`);
    dialog.innerHTML = await answer.text();
    htmx.process(dialog);
    count(dialog);
  }

  function pick(link) {
    const dialog = document.createElement("dialog");
    dialog.className = "sheet-box pick-dialog";
    dialog.setAttribute("aria-labelledby", "pick-title");
    dialog.field = fieldOf(link);
    document.body.append(dialog);
    dialog.addEventListener("close", () => {
      dialog.remove();
      link.focus();
    });
    open(dialog, link.href).then(
      () => dialog.showModal(),
      () => location.assign(link.href),
    );
  }

  const fits = (dialog) => (isList(dialog.field) ? room(dialog.field) : 1);

  function count(dialog) {
    const ticks = all(dialog, ".picker input");
    const chosen = ticks.filter((one) => one.checked).length;
    const left = fits(dialog) - chosen;
    if (isList(dialog.field)) ticks.forEach((one) => (one.disabled = !one.checked && left < 1));
    const more = Number(dialog.field.dataset.most) < 1e6 ? `, ${Math.max(left, 0)} more fit` : "";
    dialog.querySelector("[data-chosen]").textContent = isList(dialog.field) ? `${chosen} chosen${more}` : "";
    dialog.querySelector(".go").textContent = isList(dialog.field) && chosen ? `Add ${chosen}` : "Add";
  }

  on("click", (event) => {
    const dialog = event.target.closest(".pick-dialog");
    const link = event.target.closest("a, button");
    if (event.target.closest("[data-pick]") && !event.ctrlKey && !event.metaKey) event.preventDefault();
    if (!dialog || !link) return;
    if ("close" in link.dataset) {
      event.preventDefault();
      dialog.close();
    } else if (link.closest(".chips")) {
      event.preventDefault();
      open(dialog, link.href).catch(() => location.assign(link.href));
    }
  });
  on("change", ({ target }) => target.closest(".pick-dialog") && count(target.closest(".pick-dialog")));
  // What is chosen stays chosen while one looks for more.
  on("htmx:beforeSwap", ({ detail: { target } }) => {
    if (target?.id === "picks") target.chosen = all(target, "label").filter((one) => one.querySelector(":checked"));
  });
  on("htmx:afterSwap", ({ detail: { target } }) => {
    if (target?.id !== "picks") return;
    for (const label of target.chosen.reverse()) {
      const found = all(target, "input").find((one) => one.value === label.querySelector("input").value);
      if (found) found.checked = true;
      else target.prepend(label);
    }
  });
  on("htmx:afterSettle", ({ target }) => target.closest?.(".pick-dialog") && count(target.closest(".pick-dialog")));
  on("submit", (event) => {
    const dialog = event.target.closest(".pick-dialog");
    if (!dialog) return;
    event.preventDefault();
    // A search is answered as one types.
    if (event.target.matches("[role=search]")) return;
    const chosen = all(dialog, ".picker :checked").map((one) => one.value);
    dialog.close();
    if (chosen.length) put(dialog.field, chosen);
  });
})();
