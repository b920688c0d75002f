// A divider between two pictures: a slider moves it, and so do the arrow keys, A and B.
(() => {
  "use strict";
  const STEPS = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 };
  const ENDS = { a: 100, b: 0 };

  function show(slider) {
    slider.closest("[data-ab]").style.setProperty("--x", slider.value);
    slider.setAttribute("aria-valuetext", `${slider.value} %`);
  }

  document.addEventListener("input", ({ target }) => target.closest("[data-ab]") && show(target));

  document.addEventListener("keydown", (event) => {
    const slider = document.querySelector("[data-ab] input");
    const typing = event.target.closest("input:not([type=range]), textarea, select");
    const busy = event.ctrlKey || event.metaKey || event.altKey || document.querySelector(":popover-open");
    if (!slider || typing || busy) return;
    const step = STEPS[event.key] * (event.shiftKey ? 10 : 1);
    const wanted = ENDS[event.key.toLowerCase()] ?? Number(slider.value) + step;
    if (Number.isNaN(wanted)) return;
    event.preventDefault();
    slider.value = wanted;
    show(slider);
  });
})();
