// A model's form: all of this is convenience, the form works without it.
// Listeners sit on the document, so that forms which HTMX swaps in have them too.
(() => {
  "use strict";
  const FORM = "form.inputs";
  const ROW = "[data-rows] > li";
  const all = (root, selector) => [...root.querySelectorAll(selector)];
  const fieldOf = (element) => element.closest("[data-field]");
  const formOf = (element) => element.closest(FORM);
  const changed = (control) => control.dispatchEvent(new Event("input", { bubbles: true }));
  const tell = (element, name) => element.dispatchEvent(new Event(name, { bubbles: true }));
  const on = (name, deed, capture) => document.addEventListener(name, deed, capture);

  // What a field holds, as the texts it would post; nothing for an empty one.
  const controls = (field) =>
    all(field, "[name]").filter((one) => {
      return one.name === field.dataset.field && !one.disabled && one.type !== "file" && !one.closest("noscript");
    });
  const read = (field) => {
    const posted = controls(field).filter((one) => !/radio|checkbox/.test(one.type) || one.checked);
    const texts = posted.map((one) => one.value).filter(Boolean);
    return field.querySelector("[data-rows]") ? texts : texts.slice(-1);
  };
  const defaults = (field) => JSON.parse(field.dataset.default);

  function write(field, texts) {
    if ("takesFiles" in field.dataset) tell(field, "playground:written");
    if (field.querySelector("[data-rows]")) resize(field, Math.max(texts.length, 1));
    controls(field).forEach((one, place) => {
      if (one.type === "radio") one.checked = one.value === (texts[0] ?? "");
      else if (one.type === "checkbox") one.checked = texts[0] === "true";
      else if (one.type !== "hidden") one.value = texts[place] ?? "";
    });
    // A kept file among the texts is shown as such.
    if ("takesFiles" in field.dataset) tell(field, "playground:filled");
    show(field);
  }

  // What is said about a field, and drawn.
  function show(field) {
    const [first] = controls(field);
    const part = (name, tell) => {
      const found = field.querySelector(`[data-${name}]`);
      if (found) tell(found);
    };
    part("slider", (slider) => {
      const number = first.value.trim() ? Number(first.value) : NaN;
      if (Number.isFinite(number)) slider.value = number;
      const share = (slider.value - slider.min) / (slider.max - slider.min);
      slider.style.setProperty("--v", Number.isFinite(number) ? share * 100 : 0);
    });
    part("colour", (swatch) => {
      if (/^#[0-9a-f]{6}$/i.test(first.value)) swatch.value = first.value;
    });
    part("count", (count) => {
      const most = count.dataset.most;
      const figures = [[...first.value].length, ...(most ? [Number(most)] : [])];
      const words = figures.map((figure) => figure.toLocaleString("en")).join(" of ");
      count.textContent = `${words} character${words === "1" ? "" : "s"}`;
    });
    part("shape-words", (words) => {
      words.textContent = field.querySelector("input:checked")?.dataset.words ?? "";
      shapeWell(field);
    });
    part("seed=lock", (lock) => lock.setAttribute("aria-pressed", first.value.trim() !== ""));
    part("filled", (filled) => {
      filled.textContent = read(field).length;
      // Addresses are told apart by their ends.
      const atRest = controls(field).filter((one) => one !== document.activeElement);
      atRest.forEach((one) => (one.scrollLeft = one.scrollWidth));
    });
    part("reset", (reset) => (reset.hidden = `${read(field)}` === `${defaults(field)}`));
    part("custom", () => shapeWell(field));
    if (first?.tagName === "TEXTAREA" && !CSS.supports("field-sizing", "content")) {
      first.style.height = "auto";
      first.style.height = `${first.scrollHeight + 2}px`;
    }
  }

  // The empty well in the shape chosen: without a script the style sheet does it for named sizes.
  function shapeWell(field) {
    const well = field.closest(".bench")?.querySelector('.well[data-state="draft"]');
    const size = well?.querySelector(".size");
    if (!size) return;
    const chosen = field.querySelector("input:checked");
    const asOpened = !chosen || (chosen.defaultChecked && !("swapped" in formOf(field).dataset));
    const drawn = chosen?.parentElement.querySelector("i:not(.auto)");
    let sides = drawn && !asOpened ? [drawn.style.getPropertyValue("--ar"), 1] : [];
    let words = chosen?.dataset.words || chosen?.value;
    if (read(field)[0] === "custom") {
      sides = all(field, "[data-custom] input").map((one) => Number(one.value) || 1);
      words = sides.join(" × ");
    }
    ["--w", "--h"].forEach((name, place) => {
      if (sides.length) well.style.setProperty(name, sides[place]);
      else well.style.removeProperty(name);
    });
    size.dataset.opened ??= size.textContent;
    size.textContent = asOpened && !sides.length ? size.dataset.opened : words;
  }

  // The rows of a list.
  const rows = (field) => all(field, ROW).filter((row) => !row.closest("noscript"));

  function resize(field, count) {
    const blank = field.querySelector("template[data-blank]");
    while (rows(field).length > count) rows(field).pop().remove();
    while (rows(field).length < count) {
      field.querySelector("[data-rows]").append(blank.content.cloneNode(true));
    }
    number(field);
  }

  function number(field) {
    rows(field).forEach((row, place) => {
      const control = row.querySelector("[name]");
      if (control) control.id = `${field.id}-${place + 1}`;
      row.querySelector("[data-number]").textContent = place + 1;
      // A file's name may end in a number of its own.
      const named = all(row, "[aria-label]").filter((one) => !one.matches("[data-upload] [data-remove]"));
      named.forEach((one) => {
        one.ariaLabel = one.ariaLabel.replace(/\d+(?=\D*$)/, place + 1);
      });
    });
    const add = field.querySelector("[data-add]");
    if (add) add.disabled = rows(field).length >= field.dataset.most;
  }

  function move(row, step) {
    const other = step < 0 ? row.previousElementSibling : row.nextElementSibling;
    if (!other) return;
    other[step < 0 ? "before" : "after"](row);
    number(fieldOf(row));
    changed(row);
  }

  function offer(field, texts) {
    if (field.querySelector("[data-rows]")) {
      write(field, [...new Set([...read(field), ...texts])].slice(0, field.dataset.most));
      return changed(controls(field)[0]);
    }
    if (field.querySelector("[data-upload]")) write(field, []);
    const [control] = controls(field);
    // As if typed, so that one Ctrl+Z brings back what stood there.
    control.focus();
    control.select();
    if (document.execCommand("insertText", false, texts[0])) return;
    control.value = texts[0];
    changed(control);
  }

  // Seeds go beyond what a script's own numbers hold exactly.
  function pressSeed(field, deed) {
    const [control] = controls(field);
    const { seedLeast, seedMost } = field.dataset;
    const last = formOf(field).dataset.lastSeed;
    const [random] = crypto.getRandomValues(new BigUint64Array(1));
    const rolled = BigInt(seedLeast) + (random % (BigInt(seedMost) - BigInt(seedLeast) + 1n));
    const unlocked = deed === "lock" && control.value.trim();
    control.value = unlocked ? "" : deed !== "roll" && last ? last : rolled;
    changed(control);
  }

  // The draft: kept for each model, so that a reload loses nothing. Secrets are not kept. A form
  // whose parts come and go is kept as it would be posted; the server brings the parts back.
  const draftKey = (form) => `draft:${form.dataset.draft}`;
  const comesAndGoes = (form) => form.querySelector("[data-reworked]");
  const isSecret = (control) => control?.type === "password";
  const pairs = (form) => {
    const secrets = all(form, "[type=password]").map((one) => one.name);
    const isKept = ([name, value]) => name !== "_key" && !secrets.includes(name) && typeof value === "string";
    return [...new FormData(form)].filter(isKept);
  };
  const marks = (form) => all(form, "[name=_empty], [name=_null]");
  const sides = (form) => all(form, "[data-custom] input");

  function keepDraft(form) {
    if (!form.dataset.draft || form.querySelector("[data-no-draft]")) return;
    if (comesAndGoes(form)) return store(form, { pairs: pairs(form) });
    const fields = all(form, "[data-field]").filter((one) => !isSecret(controls(one)[0]));
    const draft = fields.map((one) => [one.dataset.field, read(one)]);
    draft.push(...sides(form).map((one) => [one.name, one.value]));
    draft.push(...marks(form).map((one) => [one.name + one.value, one.checked]));
    store(form, draft);
  }

  function store(form, draft) {
    try {
      localStorage.setItem(draftKey(form), JSON.stringify(draft));
    } catch (refused) {
      console.info("This browser keeps no draft:", refused.name);
    }
  }

  function restoreDraft(form) {
    let draft = [];
    try {
      draft = JSON.parse(localStorage.getItem(draftKey(form)) ?? "[]");
    } catch (refused) {
      console.info("The draft cannot be read:", refused.name);
    }
    if (draft.pairs) return restorePairs(form, draft.pairs);
    const kept = new Map(draft);
    sides(form).forEach((one) => (one.value = kept.get(one.name) ?? ""));
    marks(form).forEach((one) => (one.checked = kept.get(one.name + one.value) ?? one.checked));
    all(form, "[data-field]").forEach((one) => {
      if (!kept.has(one.dataset.field)) return;
      write(one, kept.get(one.dataset.field));
      const changed = `${read(one)}` !== `${defaults(one)}`;
      if (changed) one.closest("[data-more]")?.setAttribute("open", "");
    });
  }

  async function restorePairs(form, kept) {
    if (JSON.stringify(kept) === JSON.stringify(pairs(form))) return;
    const body = new URLSearchParams(kept);
    const headers = { "HX-Request": "true" };
    const answer = await fetch(form.dataset.rework, { method: "POST", body, headers });
    if (answer.ok) htmx.swap(form, await answer.text(), { swapStyle: "outerHTML" });
  }

  function resetAll(form) {
    if (comesAndGoes(form)) {
      localStorage.removeItem(draftKey(form));
      location.assign(form.dataset.rework.replace(/\/form$/, ""));
      return;
    }
    sides(form).forEach((one) => (one.value = ""));
    marks(form).forEach((one) => (one.checked = false));
    all(form, "[data-field]").forEach((one) => write(one, defaults(one)));
    localStorage.removeItem(draftKey(form));
  }

  // Sending: once, and saying so.
  function mark(form, sending) {
    const button = form.querySelector(".go");
    if (!button || sending === "label" in button.dataset) return;
    if (sending) button.dataset.label = button.innerHTML;
    button.innerHTML = sending ? "Sending…" : button.dataset.label;
    if (!sending) delete button.dataset.label;
    button.setAttribute("aria-disabled", sending);
  }

  // What was wrong before is right now: the form stays as it is, without the words about it.
  function forgetProblems(form) {
    all(form, ".sum, .err, .file.bad .sm:not(.b)").forEach((words) => words.remove());
    all(form, ".file.bad").forEach((row) => row.classList.remove("bad"));
    all(form, "[aria-invalid]").forEach((one) => one.removeAttribute("aria-invalid"));
  }

  function prepare(root) {
    const part = root.parentElement?.closest(FORM);
    if (part) {
      all(part, "[data-field]").forEach((one) => root.contains(one) && show(one));
      keepDraft(part);
    }
    for (const form of root.matches?.(FORM) ? [root] : all(root, FORM)) {
      if (form.hasAttribute("data-draft-restore")) restoreDraft(form);
      all(form, "[data-field]").forEach(show);
      const { lastSeed } = form.dataset;
      all(form, "[data-seed-last]").forEach((line) => {
        line.hidden = !lastSeed;
        line.lastElementChild.textContent = lastSeed ?? "";
      });
    }
  }

  // A form of very many inputs: those of which label or name holds all the words that are typed.
  function filter(box) {
    const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
    const form = formOf(box);
    for (const one of all(form, ".body > .field, .body > .group, .more > .stack > *")) {
      const text = `${one.querySelector(".label, legend")?.textContent} ${one.dataset.field}`.toLowerCase();
      one.hidden = !words.every((word) => text.includes(word));
    }
    if (words.length) form.querySelector("[data-more]")?.setAttribute("open", "");
  }

  on("input", ({ target }) => {
    if (target.matches("[data-filter]")) return filter(target);
    const field = fieldOf(target);
    if (!formOf(target)) return;
    if (!field) return keepDraft(formOf(target));
    if (target.matches("[data-slider], [data-colour]")) controls(field)[0].value = target.value;
    show(field);
    keepDraft(formOf(target));
  });

  // How a person leaves "More settings" is told to the server, which opens it so the next time.
  on(
    "click",
    ({ target }) => {
      const more = target.closest("[data-more] > summary")?.parentElement;
      if (more) more.setAttribute("hx-vals", JSON.stringify({ more_settings: more.open ? "" : "open" }));
    },
    true,
  );

  on("click", ({ target }) => {
    const goal = document.getElementById(target.closest(".sum a")?.hash.slice(1));
    // Of a file the control is out of sight.
    const file = goal?.hidden ? fieldOf(goal).querySelector("[data-upload]") : goal?.closest("[data-upload]");
    const shown = file?.querySelector("[data-remove]") ?? goal;
    (shown?.querySelector("input:checked") ?? shown)?.focus();
    const button = target.closest(`${FORM} button`);
    if (!button) return;
    const { dataset } = button;
    if (button.closest("[data-upload]") && !("move" in dataset)) return;
    const field = fieldOf(button);
    const row = button.closest("li");
    if ("resetAll" in dataset) resetAll(formOf(button));
    if (!field) return;
    if ("reset" in dataset) {
      write(field, defaults(field));
      changed(controls(field)[0]);
      controls(field)[0].focus();
    }
    if ("offer" in dataset) offer(field, JSON.parse(dataset.offer));
    if ("seed" in dataset) pressSeed(field, dataset.seed);
    if ("move" in dataset) move(row, Number(dataset.move));
    if ("add" in dataset) {
      resize(field, rows(field).length + 1);
      controls(field).at(-1).focus();
    }
    if ("remove" in dataset) {
      const beside = row.nextElementSibling ?? row.previousElementSibling;
      const next = beside?.querySelector("[name]:not([type=checkbox]), [data-remove]");
      if (next) row.remove();
      else write(field, []);
      number(field);
      changed(field);
      (next ?? controls(field)[0]).focus();
    }
  });

  on("keydown", (event) => {
    const { target, key } = event;
    const form = target.closest?.(FORM);
    const row = target.closest?.(ROW);
    if (form && key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      HTMLFormElement.prototype.requestSubmit.call(form);
    }
    if (!event.altKey || !/^Arrow(Up|Down)$/.test(key)) return;
    const way = key === "ArrowUp" ? "up" : "down";
    if (row) {
      event.preventDefault();
      move(row, way === "up" ? -1 : 1);
      target.focus();
    } else if (target.closest?.(".rows > li")) {
      event.preventDefault();
      target.closest(".rows > li").querySelector(`:scope > .bar [value^="${way} "]`)?.click();
    }
  });

  // Rows have come or gone by another script.
  on("playground:rows", ({ target }) => {
    if (target.querySelector("[data-rows]")) number(target);
    changed(target);
  });

  // Dragging a row by its number; the buttons and keys above do the same.
  let lifted;
  on("pointerdown", ({ target }) => {
    const row = target.closest?.("[data-grip]")?.closest(ROW);
    if (row) row.draggable = true;
  });
  on("dragstart", ({ target }) => {
    lifted = target.draggable && target.matches?.(ROW) ? target : null;
  });
  on("dragover", (event) => {
    const over = event.target.closest?.(ROW);
    if (!lifted || over?.parentElement !== lifted.parentElement) return;
    event.preventDefault();
    const isBefore = over.compareDocumentPosition(lifted) & Node.DOCUMENT_POSITION_FOLLOWING;
    if (over !== lifted) over[isBefore ? "before" : "after"](lifted);
  });
  on("dragend", () => {
    if (!lifted) return;
    lifted.draggable = false;
    number(fieldOf(lifted));
    changed(lifted);
  });

  on(
    "submit",
    (event) => {
      const busy = event.target.querySelector('[type="submit"][data-label]');
      if (!event.target.matches(FORM) || !busy) return;
      event.preventDefault();
      event.stopImmediatePropagation();
    },
    true,
  );
  on("submit", (event) => {
    if (event.target.matches(FORM) && !event.defaultPrevented) mark(event.target, true);
  });
  on("htmx:beforeRequest", ({ detail }) => detail.elt.matches(FORM) && mark(detail.elt, true));
  on("htmx:afterRequest", ({ detail: { elt, successful } }) => {
    if (!elt.matches(FORM)) return;
    mark(elt, false);
    if (successful) forgetProblems(elt);
  });
  // A page that the browser brings back from its memory is not sending any more.
  window.addEventListener("pageshow", () => all(document, FORM).forEach((form) => mark(form, false)));
  on("htmx:load", ({ detail }) => detail.elt !== document.body && prepare(detail.elt));
  prepare(document);
})();
