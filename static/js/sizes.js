// Width and height: the arrow keys step by what the model asks, a lock keeps the ratio, swap turns.
(() => {
  "use strict";
  const on = (name, deed) => document.addEventListener(name, deed);
  const boxOf = (element) => element.closest?.("[data-sides]");
  const sidesOf = (box) => [...box.querySelectorAll("input[name]:not([type=range], [type=checkbox])")];
  const ratios = new WeakMap();
  let own = false;

  // The nearest value that the model takes.
  function fitting(box, place, value) {
    const [step, least, most] = JSON.parse(box.dataset.sides)[place];
    const low = Math.ceil((least ?? 1) / step) * step;
    const high = most === null ? Infinity : Math.floor(most / step) * step;
    return Math.min(Math.max(Math.round(value / step) * step, low), high);
  }

  // As if typed, so that the draft and the drawn frame follow; but not followed by the other side.
  function put(control, value) {
    control.value = value;
    own = true;
    control.dispatchEvent(new Event("input", { bubbles: true }));
    own = false;
  }

  // The empty frame in the shape of two inputs of their own; a custom size is drawn with its field.
  function draw(box) {
    const well = document.querySelector('.well[data-state="draft"]');
    const [width, height] = numbers(box);
    if (!well || !width || !height || !box.matches(".pair")) return;
    well.style.setProperty("--w", width);
    well.style.setProperty("--h", height);
    delete well.dataset.shape;
    well.querySelector(".size").textContent = `${width} × ${height}`;
  }

  const numbers = (box) => sidesOf(box).map((one) => Number(one.value) || 0);

  function keepRatio(box) {
    const [width, height] = numbers(box);
    if (width && height) ratios.set(box, width / height);
    else ratios.delete(box);
  }

  on("click", ({ target }) => {
    const button = target.closest("[data-lock], [data-swap]");
    const box = button && boxOf(button);
    if (!box) return;
    if ("swap" in button.dataset) {
      const [width, height] = sidesOf(box);
      const [before, after] = [width.value, height.value];
      put(width, after);
      put(height, before);
    } else {
      const locks = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", locks);
    }
    keepRatio(box);
  });

  on("input", ({ target }) => {
    const box = boxOf(target);
    if (box) draw(box);
    if (own || !box?.querySelector('[data-lock][aria-pressed="true"]')) return;
    const sides = sidesOf(box);
    const place = sides.indexOf(target);
    const ratio = ratios.get(box);
    const value = Number(target.value);
    if (place < 0 || !value) return;
    if (!ratio) return keepRatio(box);
    put(sides[1 - place], fitting(box, 1 - place, place ? value * ratio : value / ratio));
  });

  on("keydown", (event) => {
    const { target, key } = event;
    const box = boxOf(target);
    const place = box && !event.altKey ? sidesOf(box).indexOf(target) : -1;
    if (place < 0 || !/^Arrow(Up|Down)$/.test(key)) return;
    event.preventDefault();
    const [step] = JSON.parse(box.dataset.sides)[place];
    const now = Number(target.value) || 0;
    const next = key === "ArrowUp" ? Math.floor(now / step) + 1 : Math.ceil(now / step) - 1;
    target.value = fitting(box, place, next * step);
    target.dispatchEvent(new Event("input", { bubbles: true }));
  });
})();
