// Drawing a mask over a picture: on a page of its own, or in a dialog over a model's form.
(() => {
  "use strict";
  // A form that comes again brings its script again.
  if (window.maskScript) return;
  window.maskScript = true;
  // The longer side of the sheet on the screen; what is sent is drawn anew in the picture's size.
  const SHEET_SIDE = 1600;
  const OUT_SIDE = 640;
  const STRIP_ROWS = 256;
  const MOST_ZOOM = 16;
  const DIRECTIONS = [[1, 0], [-1, 0], [0, 1], [0, -1], [0.7, 0.7], [-0.7, 0.7], [0.7, -0.7], [-0.7, -0.7]];
  const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const between = (least, value, most) => Math.min(Math.max(value, least), most);

  /* ── what is drawn: a list of strokes, so that it can be undone, and drawn in any size ── */
  const WAYS = {
    stroke(paper, { erases, width, points }, scale) {
      points.forEach((point, place) => segment(paper, points[place - 1] ?? point, point, width, erases, scale));
    },
    invert(paper) {
      paper.globalCompositeOperation = "source-out";
      paper.fillStyle = "#fff";
      paper.fillRect(0, 0, paper.canvas.width, paper.canvas.height);
    },
    clear(paper) {
      paper.clearRect(0, 0, paper.canvas.width, paper.canvas.height);
    },
    // An earlier mask: its white is painted, its black is not.
    picture(paper, { image }) {
      const { width, height } = paper.canvas;
      paper.globalCompositeOperation = "copy";
      paper.drawImage(image, 0, 0, width, height);
      inStrips(paper, (pixels, at) => {
        pixels[at + 3] = pixels[at] > 127 ? 255 : 0;
        pixels.fill(255, at, at + 3);
      });
    },
  };

  function segment(paper, [fromX, fromY], [x, y], width, erases, scale) {
    paper.globalCompositeOperation = erases ? "destination-out" : "source-over";
    paper.strokeStyle = paper.fillStyle = "#fff";
    paper.lineWidth = width * scale;
    paper.lineCap = "round";
    paper.beginPath();
    if (fromX === x && fromY === y) {
      paper.arc(x * scale, y * scale, (width * scale) / 2, 0, 2 * Math.PI);
      return paper.fill();
    }
    paper.moveTo(fromX * scale, fromY * scale);
    paper.lineTo(x * scale, y * scale);
    paper.stroke();
  }

  function drawAll(paper, deeds, scale) {
    WAYS.clear(paper);
    deeds.forEach((deed) => WAYS[deed.way](paper, deed, scale));
  }

  // A large picture's pixels at once may be more than the browser has room for.
  function inStrips(paper, change) {
    const { width, height } = paper.canvas;
    for (let top = 0; top < height; top += STRIP_ROWS) {
      const strip = paper.getImageData(0, top, width, Math.min(STRIP_ROWS, height - top));
      for (let at = 0; at < strip.data.length; at += 4) change(strip.data, at);
      paper.putImageData(strip, 0, top);
    }
  }

  function paperOf(width, height, canvas = document.createElement("canvas")) {
    canvas.width = Math.max(1, Math.round(width));
    canvas.height = Math.max(1, Math.round(height));
    return canvas.getContext("2d", { willReadFrequently: false });
  }

  function hatching(paper) {
    const tile = paperOf(14, 14);
    tile.fillStyle = getComputedStyle(paper.canvas).color;
    tile.globalAlpha = 0.5;
    tile.fillRect(0, 0, 14, 14);
    tile.globalAlpha = 1;
    tile.fillStyle = "#fff";
    tile.fillRect(0, 0, 3, 14);
    const pattern = paper.createPattern(tile.canvas, "repeat");
    // On a narrow screen the lines are finer, and lie closer.
    const wide = paper.canvas.clientWidth || paper.canvas.width;
    const dense = (paper.canvas.width / wide) * between(0.5, wide / 1000, 1);
    pattern.setTransform(new DOMMatrix().rotate(45).scale(dense));
    return pattern;
  }

  /* ── the editor ── */
  function edit(root, finish) {
    const part = (name) => root.querySelector(`[data-${name}]`);
    const [sheet, view, ring, form] = [part("sheet"), part("view"), part("ring"), root.querySelector("form")];
    const [width, height] = [Number(root.dataset.width), Number(root.dataset.height)];
    const longest = Math.max(width, height);
    const scale = Math.min(SHEET_SIDE / longest, 2);
    const seen = paperOf(width * scale, height * scale, part("overlay"));
    const mask = paperOf(width * scale, height * scale);
    const hatched = paperOf(width * scale, height * scale);
    const small = Math.min(OUT_SIDE / longest, 1);
    const out = paperOf(width * small, height * small, part("out"));
    const sizes = [...root.querySelectorAll("[data-size]")];
    const slider = sizes[0];
    const fingers = new Map();
    const zoom = { by: 1, left: 0, down: 0 };
    let deeds = [];
    let undone = [];
    let stroke = null;
    let size = Number(slider.value);
    let cursor = [width / 2, height / 2];
    let drawing = 0;
    let pinched = false;

    /* what is seen */
    function show() {
      drawing ||= requestAnimationFrame(() => {
        drawing = 0;
        const edge = (2 * seen.canvas.width) / (seen.canvas.clientWidth || seen.canvas.width) / zoom.by;
        hatched.globalCompositeOperation = "copy";
        hatched.drawImage(mask.canvas, 0, 0);
        hatched.globalCompositeOperation = "source-in";
        hatched.fillStyle = hatching(seen);
        hatched.fillRect(0, 0, hatched.canvas.width, hatched.canvas.height);
        WAYS.clear(seen);
        seen.globalCompositeOperation = "source-over";
        DIRECTIONS.forEach(([x, y]) => seen.drawImage(mask.canvas, x * edge, y * edge));
        seen.globalCompositeOperation = "destination-out";
        seen.drawImage(mask.canvas, 0, 0);
        seen.globalCompositeOperation = "source-over";
        seen.drawImage(hatched.canvas, 0, 0);
      });
    }

    // Also what is sent, and how much of it is white.
    function showWhole() {
      show();
      out.fillStyle = "#000";
      out.fillRect(0, 0, out.canvas.width, out.canvas.height);
      out.drawImage(mask.canvas, 0, 0, out.canvas.width, out.canvas.height);
      const { data } = out.getImageData(0, 0, out.canvas.width, out.canvas.height);
      let white = 0;
      for (let at = 0; at < data.length; at += 4) white += data[at] > 127;
      const percent = (white / data.length) * 400;
      root.dataset.white = percent;
      const words = percent < 1 ? "under 1 % white" : `${Math.round(percent)} % white`;
      part("share").textContent = percent ? words : "nothing white";
      root.querySelector("[data-do=undo]").setAttribute("aria-disabled", !deeds.length);
      root.querySelector("[data-do=redo]").setAttribute("aria-disabled", !undone.length);
    }

    function showRing() {
      const set = (name, value) => ring.style.setProperty(name, value);
      set("--x", (cursor[0] / width) * 100);
      set("--y", (cursor[1] / height) * 100);
      set("--d", (size / width) * 100);
    }

    function showZoom() {
      const { width: wide, height: high } = sheet.getBoundingClientRect();
      zoom.left = between(wide * (1 - zoom.by), zoom.left, 0);
      zoom.down = between(high * (1 - zoom.by), zoom.down, 0);
      view.style.setProperty("--zoom", zoom.by);
      view.style.setProperty("--left", zoom.left);
      view.style.setProperty("--down", zoom.down);
      show();
    }

    function say(words) {
      part("problem").hidden = !words;
      part("words").textContent = words;
    }

    /* deeds */
    function add(deed) {
      deeds.push(deed);
      undone = [];
      WAYS[deed.way](mask, deed, scale);
      say("");
      showWhole();
    }

    function step(from, to) {
      if (stroke || !from.length) return;
      to.push(from.pop());
      drawAll(mask, deeds, scale);
      showWhole();
    }

    const acts = {
      undo: () => step(deeds, undone),
      redo: () => step(undone, deeds),
      invert: () => add({ way: "invert" }),
      clear: () => deeds.length && add({ way: "clear" }),
    };

    function begin(point) {
      const erases = form.elements.tool.value === "eraser";
      stroke = { way: "stroke", erases, width: size, points: [point] };
      segment(mask, point, point, size, erases, scale);
      show();
    }

    function go(point) {
      segment(mask, stroke.points.at(-1), point, stroke.width, stroke.erases, scale);
      stroke.points.push(point);
      show();
    }

    function end(keeps) {
      const ended = stroke;
      stroke = null;
      if (!ended) return;
      if (keeps) return add(ended);
      drawAll(mask, deeds, scale);
      show();
    }

    function resize(wanted) {
      size = between(Number(slider.min), Math.round(wanted) || size, Number(slider.max));
      sizes.filter((one) => one !== document.activeElement || one === slider).forEach((one) => (one.value = size));
      slider.style.setProperty("--v", ((size - slider.min) / (slider.max - slider.min || 1)) * 100);
      showRing();
    }

    function zoomAt(factor, x, y) {
      const by = between(1, zoom.by * factor, MOST_ZOOM);
      const box = sheet.getBoundingClientRect();
      const grown = by / zoom.by;
      zoom.left = (x - box.left) * (1 - grown) + zoom.left * grown;
      zoom.down = (y - box.top) * (1 - grown) + zoom.down * grown;
      zoom.by = by;
      showZoom();
    }

    // The middle of the sheet, or where the brush is, as the screen has it.
    function brushOnScreen() {
      const box = view.getBoundingClientRect();
      return [box.left + (cursor[0] / width) * box.width, box.top + (cursor[1] / height) * box.height];
    }

    /* pointers: one paints, two move and zoom */
    function placeOf({ clientX, clientY }) {
      const box = view.getBoundingClientRect();
      return [((clientX - box.left) / box.width) * width, ((clientY - box.top) / box.height) * height];
    }

    function hold() {
      const [one, other] = [...fingers.values()];
      const [x, y] = [(one.clientX + other.clientX) / 2, (one.clientY + other.clientY) / 2];
      return { x, y, apart: Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY) || 1 };
    }

    sheet.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      sheet.setPointerCapture(event.pointerId);
      fingers.set(event.pointerId, event);
      if (fingers.size > 1) {
        pinched = true;
        return end(false);
      }
      cursor = placeOf(event);
      showRing();
      begin(cursor);
    });
    sheet.addEventListener("pointermove", (event) => {
      const before = fingers.size === 2 && fingers.has(event.pointerId) && hold();
      if (fingers.has(event.pointerId)) fingers.set(event.pointerId, event);
      if (before) {
        const now = hold();
        zoom.left += now.x - before.x;
        zoom.down += now.y - before.y;
        return zoomAt(now.apart / before.apart, now.x, now.y);
      }
      if (pinched) return;
      const passed = event.getCoalescedEvents?.() ?? [];
      cursor = placeOf(event);
      if (stroke && fingers.has(event.pointerId)) (passed.length ? passed : [event]).map(placeOf).forEach(go);
      showRing();
    });
    for (const name of ["pointerup", "pointercancel"]) {
      sheet.addEventListener(name, ({ pointerId }) => {
        if (!fingers.delete(pointerId)) return;
        end(name === "pointerup" && !pinched);
        if (!fingers.size) pinched = false;
      });
    }
    sheet.addEventListener(
      "wheel",
      (event) => {
        if (!event.ctrlKey && zoom.by === 1) return;
        event.preventDefault();
        if (event.ctrlKey) return zoomAt(Math.exp(-event.deltaY / 200), event.clientX, event.clientY);
        zoom.left -= event.deltaX;
        zoom.down -= event.deltaY;
        showZoom();
      },
      { passive: false },
    );

    /* keys */
    function moveBrush([x, y], far) {
      const pixels = Math.max(1, Math.round(longest / 200)) * (far ? 10 : 1);
      cursor = [between(0, cursor[0] + x * pixels, width), between(0, cursor[1] + y * pixels, height)];
      if (stroke) go(cursor);
      showRing();
      const [left, top] = brushOnScreen();
      const box = sheet.getBoundingClientRect();
      // What is painted next stays in sight.
      zoom.left -= left - between(box.left, left, box.right);
      zoom.down -= top - between(box.top, top, box.bottom);
      if (zoom.by > 1) showZoom();
    }

    const choose = (tool) => () => (form.elements.tool.value = tool);
    const keys = {
      b: choose("brush"),
      e: choose("eraser"),
      "[": () => resize(Math.min(size / 1.25, size - 1)),
      "]": () => resize(Math.max(size * 1.25, size + 1)),
      i: acts.invert,
      "+": () => zoomAt(1.5, ...brushOnScreen()),
      "=": () => zoomAt(1.5, ...brushOnScreen()),
      "-": () => zoomAt(1 / 1.5, ...brushOnScreen()),
      0: () => zoomAt(1 / MOST_ZOOM, 0, 0),
    };

    function pressed(event) {
      const { target, ctrlKey, metaKey, altKey, shiftKey } = event;
      const key = event.key.toLowerCase();
      if (target.matches("input:not([type=radio], [type=range])") || altKey) return;
      if (ctrlKey || metaKey) {
        if (key !== "z" && key !== "y") return;
        event.preventDefault();
        return acts[key === "y" || shiftKey ? "redo" : "undo"]();
      }
      if (target === sheet && event.key in ARROWS) moveBrush(ARROWS[event.key], shiftKey);
      else if (target === sheet && key === " ") stroke || event.repeat || begin(cursor);
      else if (keys[key] && !stroke) keys[key]();
      else return;
      event.preventDefault();
    }

    sheet.addEventListener("keyup", ({ key }) => key === " " && end(true));
    sheet.addEventListener("blur", () => fingers.size || end(true));

    /* tools */
    root.addEventListener("input", ({ target }) => "size" in target.dataset && resize(Number(target.value)));
    root.addEventListener("change", ({ target }) => "size" in target.dataset && (target.value = size));
    root.addEventListener("click", ({ target }) => {
      const button = target.closest("[data-do]");
      if (button && button.getAttribute("aria-disabled") !== "true") acts[button.dataset.do]();
    });

    /* what is sent: in the picture's own size, and every pixel either white or black */
    function whole() {
      const paper = paperOf(width, height);
      drawAll(paper, deeds, 1);
      inStrips(paper, (pixels, at) => {
        const white = pixels[at + 3] > 127 ? 255 : 0;
        pixels.fill(white, at, at + 3);
        pixels[at + 3] = 255;
      });
      return new Promise((made) => paper.canvas.toBlob(made, "image/png"));
    }

    async function save() {
      const blob = await whole().catch(() => null);
      if (!blob) return say(`This browser has no room for a mask of ${width} × ${height} pixels.`);
      const body = new FormData();
      const fields = { name: root.dataset.input, kind: "image", as: "row" };
      Object.entries(fields).forEach(([name, value]) => body.append(name, value));
      body.append("file", blob, root.dataset.file);
      const answer = await fetch(root.dataset.uploads, { method: "POST", body, headers: { "HX-Request": "true" } });
      const html = await answer.text();
      const rows = document.createElement("template");
      rows.innerHTML = html;
      const id = rows.content.querySelector("[data-media]")?.dataset.media;
      if (id) return finish({ name: root.dataset.input, value: `media:${id}`, html });
      const reason = rows.content.querySelector("[role=alert]")?.textContent;
      say(reason ?? `The playground answered ${answer.status}. The mask is still here: press again.`);
    }

    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const button = part("save");
      if (button.getAttribute("aria-disabled") === "true") return;
      if (!Number(root.dataset.white)) return say("Nothing is white yet. Paint what is to change.");
      say("");
      button.setAttribute("aria-disabled", true);
      const words = button.textContent;
      button.textContent = "Keeping…";
      try {
        await save();
      } catch (lost) {
        console.info("The mask could not be kept:", lost.name);
        say("The playground is not answering. The mask is still here: press again when it is back.");
      }
      button.textContent = words;
      button.removeAttribute("aria-disabled");
    });

    async function begun() {
      const image = new Image();
      image.src = root.dataset.start;
      await image.decode();
      add({ way: "picture", image });
    }

    document.addEventListener("keydown", (event) => {
      const inDialog = root.closest("dialog");
      const here = root.contains(event.target) || (!inDialog && event.target === document.body);
      if (root.isConnected && (inDialog?.open ?? true) && here) pressed(event);
    });
    new ResizeObserver(showZoom).observe(sheet);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", show);
    resize(size);
    showWhole();
    if (root.dataset.start) begun().catch(() => say("The earlier mask cannot be opened. This one begins empty."));
    root.dataset.ready = "";
    return sheet;
  }

  /* ── over a form: the dialog stays when it is closed, so that nothing drawn is lost ── */
  const dialogs = new Map();

  async function open(button) {
    const { drawMask, input, over } = button.dataset;
    const values = (name) =>
      [...button.closest("form").querySelectorAll(`[name="${CSS.escape(name)}"]`)]
        .filter((one) => one.type !== "checkbox" || one.checked)
        .map((one) => one.value);
    const kept = (name) => values(name).find((value) => value.startsWith("media:"))?.slice(6);
    const picture = kept(over);
    if (!picture) {
      const isAddress = values(over).some(Boolean);
      return tell(button, isAddress
        ? "A mask is drawn over a picture that is kept here. Upload the picture, or choose it from the gallery."
        : "Choose the picture first: the mask is drawn over it.");
    }
    tell(button, "");
    const start = kept(input);
    const path = drawMask.replace("MEDIA", picture) + (start ? `&start=${start}` : "");
    const dialog = dialogs.get(path) ?? (await made(path));
    dialog.showModal();
    dialog.querySelector("[data-sheet]").focus();
  }

  async function made(path) {
    const answer = await fetch(path, { headers: { "HX-Request": "true" } });
    if (!answer.ok) throw new Error(`${answer.status}`);
    const dialog = document.createElement("dialog");
    dialog.className = "mask-box";
    dialog.setAttribute("aria-label", "Mask");
    dialog.innerHTML = await answer.text();
    document.body.append(dialog);
    const drop = () => {
      dialogs.delete(path);
      dialog.close();
      dialog.remove();
    };
    edit(dialog.querySelector("[data-mask]"), (detail) => {
      drop();
      document.dispatchEvent(new CustomEvent("playground:picked", { detail }));
    });
    dialog.querySelector("[data-discard]").addEventListener("click", (event) => {
      event.preventDefault();
      drop();
    });
    dialogs.set(path, dialog);
    return dialog;
  }

  function tell(button, words) {
    let line = button.nextElementSibling;
    if (!line?.matches("[data-mask-says]")) {
      line = Object.assign(document.createElement("span"), { className: "hint" });
      line.dataset.maskSays = "";
      line.setAttribute("role", "status");
      button.after(line);
    }
    line.textContent = words;
  }

  document.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-draw-mask]");
    if (!button) return;
    open(button).catch((error) => {
      console.info("The mask editor did not open:", error.message);
      tell(button, "The mask editor did not open. Press again.");
    });
  });

  const page = document.querySelector("main > [data-mask]");
  if (page) {
    edit(page, ({ name, value }) => {
      const back = new URL(page.dataset.return, location.href);
      back.searchParams.set(name, value);
      location.assign(back);
    });
  }
})();
