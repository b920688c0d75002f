// The form as JSON: line numbers that keep up, and the way to a line that needs a change.
(() => {
  "use strict";
  const one = (selector) => document.querySelector(selector);
  const on = (name, deed) => document.addEventListener(name, deed);

  // As many numbers as lines; those at fault as the last check has them.
  function number() {
    const [text, list] = [one("#json"), one("[data-json-lines]")];
    if (!text || !list) return;
    const count = text.value.split("\n").length;
    const atFault = new Set((one("#json-said")?.dataset.lines ?? "").split(" "));
    while (list.children.length > count) list.lastChild.remove();
    while (list.children.length < count) list.append(document.createElement("li"));
    [...list.children].forEach((line, place) => {
      line.textContent = place + 1;
      line.classList.toggle("at-fault", atFault.has(`${place + 1}`));
    });
    text.setAttribute("aria-invalid", one("#json-said .sum") !== null);
    if (!CSS.supports("field-sizing", "content")) text.rows = count;
  }

  function showLine(line) {
    const text = one("#json");
    const lines = text.value.split("\n");
    const start = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
    text.focus();
    text.setSelectionRange(start, start + (lines[line - 1] ?? "").length);
    one("[data-json-lines]").children[line - 1]?.scrollIntoView({ block: "center" });
  }

  on("input", ({ target }) => target.id === "json" && number());
  on("htmx:afterSwap", number);
  on("click", (event) => {
    const { target } = event;
    const link = target.closest("a[data-line]");
    if (link && one("#json")) {
      event.preventDefault();
      showLine(Number(link.dataset.line));
    }
    const goal = document.getElementById(target.closest(".fit a")?.hash.slice(1));
    (goal?.querySelector("input:checked, input, textarea") ?? goal)?.focus();
  });
  number();
})();
