/* The list of models by keys: arrows go from card to card, Enter opens the first one found. */
(() => {
  "use strict";
  const field = document.querySelector("#search");
  if (!field) return;
  const found = () => document.querySelector("#found");
  const links = () => [...found().querySelectorAll(".model h2 a")];
  const answered = () => found().dataset.q === field.value.trim().replace(/\s+/g, " ");
  let opens = false;
  let failed = false;

  function submitted(event) {
    if (!field.value.trim() || failed) return;
    event.preventDefault();
    // What was typed last may not have been answered yet.
    if (answered()) open();
    else opens = true;
  }

  function open() {
    opens = false;
    if (found().dataset.count !== "0") links()[0].click();
  }

  function swapped(event) {
    if (event.detail.target.id === "found" && opens && answered()) open();
  }

  function pressed(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const all = links();
    const place = all.indexOf(event.target);
    if (event.target !== field && place < 0) return;
    const goal = event.target === field ? fromField(event.key, all) : fromCard(event.key, all, place);
    if (!goal) return;
    event.preventDefault();
    goal.focus();
  }

  function fromField(key, all) {
    return key === "ArrowDown" ? all[0] : undefined;
  }

  function fromCard(key, all, place) {
    const top = (link) => Math.round(link.getBoundingClientRect().top);
    const columns = all.filter((link) => top(link) === top(all[0])).length;
    if (key === "ArrowRight") return all[place + 1];
    if (key === "ArrowLeft") return all[place - 1] ?? field;
    if (key === "ArrowDown") return all[Math.min(place + columns, all.length - 1)];
    if (key === "ArrowUp") return all[place - columns] ?? field;
    return key === "Escape" ? field : undefined;
  }

  field.form.addEventListener("submit", submitted);
  field.addEventListener("input", () => (opens = false));
  document.addEventListener("keydown", pressed);
  document.addEventListener("htmx:afterSettle", swapped);
  document.addEventListener("htmx:afterRequest", (event) => (failed = !event.detail.successful));
})();
