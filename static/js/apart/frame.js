// The frame of an outpainting: dragged by its sides, in step with four numbers of the form.
(() => {
  "use strict";
  // A form that comes again brings its script again.
  if (window.frameScript) return;
  window.frameScript = true;
  const SIGNS = { left: [-1, 0], right: [1, 0], top: [0, -1], bottom: [0, 1] };
  // How much of the room the frame takes when it is at rest: the rest is to drag it into.
  const AT_REST = 0.7;
  const frames = () => [...document.querySelectorAll("form [data-frame]")];
  const control = (frame, name) => frame.closest("form").querySelector(`[name="${CSS.escape(name)}"]`);

  function read(frame) {
    const { names, shares, percent, over, most } = JSON.parse(frame.dataset.frame);
    const picture = frame.querySelector("img");
    const [width, height] = [picture.naturalWidth, picture.naturalHeight];
    // How many pixels one step of a side's number stands for.
    const unit = (side) => (shares ? 1 : percent ? 0.01 : 0) * (SIGNS[side][0] ? width : height) || 1;
    const grown = {};
    for (const side in SIGNS) grown[side] = Math.max(Number(control(frame, names[side])?.value) || 0, 0) * unit(side);
    return { names, over, most, shares, unit, grown, width, height, picture };
  }

  function show(frame, scale) {
    const { over, grown, width, height, picture } = read(frame);
    const value = control(frame, over)?.value ?? "";
    const path = value.startsWith("media:") ? frame.dataset.picture.replace("MEDIA", value.slice(6)) : "";
    if (path && picture.getAttribute("src") !== path) picture.src = path;
    frame.hidden = !path || !width;
    if (frame.hidden) return;
    const [wide, high] = [width + grown.left + grown.right, height + grown.top + grown.bottom];
    const room = frame.querySelector(".room");
    const fitting = Math.min(room.clientWidth / wide, room.clientHeight / high) * AT_REST;
    const set = (name, number) => room.style.setProperty(name, number * (scale ?? fitting));
    frame.dataset.scale = scale ?? fitting;
    set("--w", wide);
    set("--h", high);
    set("--x", grown.left);
    set("--y", grown.top);
    set("--pw", width);
    set("--ph", height);
    frame.querySelector("[data-grown]").textContent = `${Math.round(wide)} × ${Math.round(high)} pixels.`;
  }

  function drag(event) {
    const handle = event.target.closest("[data-side]");
    const frame = handle?.closest("[data-frame]");
    if (!frame || event.button) return;
    event.preventDefault();
    const { names, most, shares, unit, grown } = read(frame);
    const { side } = handle.dataset;
    const scale = Number(frame.dataset.scale);
    const [across, down] = SIGNS[side];
    const input = control(frame, names[side]);
    handle.setPointerCapture(event.pointerId);
    handle.onpointermove = ({ clientX, clientY }) => {
      // Both sides move away from the middle, so the hand goes half as far.
      const moved = ((clientX - event.clientX) * across + (clientY - event.clientY) * down) * 2;
      const number = Math.max((grown[side] + moved / scale) / unit(side), 0);
      const rounded = Math.min(shares ? Math.round(number * 100) / 100 : Math.round(number), most[side] ?? Infinity);
      input.value = rounded;
      input.dispatchEvent(new Event("input", { bubbles: true }));
      show(frame, scale);
    };
    handle.onpointerup = handle.onpointercancel = () => {
      handle.onpointermove = null;
      show(frame);
    };
  }

  const showAll = () => frames().forEach((frame) => show(frame));
  document.addEventListener("pointerdown", drag);
  document.addEventListener("input", ({ target }) => target.closest("form")?.querySelector("[data-frame]") && showAll());
  document.addEventListener("load", ({ target }) => target.closest?.("[data-frame]") && showAll(), true);
  for (const name of ["playground:picked", "htmx:load"]) document.addEventListener(name, () => setTimeout(showAll));
  showAll();
})();
