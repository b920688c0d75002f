/* What the pages do beyond HTMX. Everything but keys, announcements and copying works without it. */
(() => {
  "use strict";
  const one = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  /* ── keys ── */
  const inField = (target) => target.closest("input:not([type=checkbox], [type=radio], [type=range]), textarea, select, [contenteditable]");
  let gPressedAt = -Infinity;

  function pressed(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (inField(event.target) || one("dialog:modal, :popover-open")) return;
    const acts = one(".lb") ? lightboxKey(event) : pageKey(event);
    if (acts) event.preventDefault();
  }

  function pageKey(event) {
    const key = event.key.toLowerCase();
    const followsG = event.timeStamp - gPressedAt < 1200;
    gPressedAt = key === "g" && !followsG ? event.timeStamp : -Infinity;
    if (key === "/") return search();
    if (key === "?") return showKeys();
    return followsG && follow(`.nav [data-key="${CSS.escape(key)}"]`);
  }

  function search() {
    const field = one("main input[type=search]");
    if (!field) return follow(".find");
    field.focus();
    field.select();
    return true;
  }

  function showKeys() {
    one("#keys").showModal();
    return true;
  }

  function follow(selector) {
    const link = one(selector);
    link?.click();
    return Boolean(link);
  }

  /* ── lightbox: its buttons are links, the keys press them ── */
  const PANEL = "lightbox-panel";

  function lightboxKey(event) {
    const key = event.key.toLowerCase();
    const inPlayer = event.target.closest("video, audio");
    const onControl = inPlayer || event.target.closest("a, button, summary");
    if (key === "arrowleft" && !inPlayer) return follow(".lb [rel=prev]");
    if (key === "arrowright" && !inPlayer) return follow(".lb [rel=next]");
    if (key === "escape") return follow(".lb [data-close]");
    if (key === "u") return follow(".lb [data-use]");
    if (key === "?") return showKeys();
    if (key === "i") return hidePanel(!one(".lb").classList.contains("alone"));
    if (key === " " && !onControl) return one(".lb").classList.toggle("whole") || true;
    return false;
  }

  function hidePanel(hidden) {
    one(".lb")?.classList.toggle("alone", hidden);
    sessionStorage.setItem(PANEL, hidden ? "hidden" : "");
    return true;
  }

  /* ── questions about runs: none while the tab is hidden, one at once when it is seen again ── */
  const polls = (element) => /\bevery\b/.test(element.getAttribute("hx-trigger") ?? "");

  function asksByItself(event) {
    const { elt, triggeringEvent } = event.detail.requestConfig;
    return polls(elt) && !triggeringEvent;
  }

  function heldBack(event) {
    if (document.hidden && asksByItself(event)) event.preventDefault();
  }

  // A run swapped by somebody's decision takes its own question back: the answer has no place left.
  function takenBack({ detail: { elt } }) {
    if (elt.matches?.("[data-run][hx-get]")) htmx.trigger(elt, "htmx:abort");
  }

  function seenAgain() {
    if (document.hidden) return;
    for (const source of all("[hx-get][hx-trigger]").filter(polls))
      htmx.ajax("GET", source.getAttribute("hx-get"), { source });
  }

  /* ── changes of state, said once each; moves in the queue at most every ten seconds ── */
  const QUEUE_MOVES_MS = 10_000;
  const said = new Map();
  let queueTimer = 0;

  function watch(announcing) {
    for (const run of all("[data-run][data-state]")) {
      const { run: id, state, phase } = run.dataset;
      const words = run.dataset.say ?? one(".state", run)?.textContent.trim() ?? state;
      const now = { stage: `${state} ${phase}`, words, at: performance.now() };
      const before = announcing ? said.get(id) : undefined;
      const moved = before?.stage === now.stage && state === "queued" && before.words !== words;
      if (before?.stage === now.stage && !moved) continue;
      if (moved && now.at - before.at < QUEUE_MOVES_MS) {
        clearTimeout(queueTimer);
        queueTimer = setTimeout(watch, before.at + QUEUE_MOVES_MS - now.at, true);
        continue;
      }
      said.set(id, now);
      if (announcing) say(words);
    }
  }

  function say(words) {
    one("#announce").textContent = words;
  }

  /* ── the playground does not answer, or refuses: one line, which goes when it works again ── */
  function lost(event) {
    const { verb } = event.detail.requestConfig;
    const rest = verb === "get" ? "Trying again." : "Nothing typed is lost: press again when it is back.";
    tell(`The playground is not answering. ${rest}`, event);
  }

  function refused(event) {
    const { xhr } = event.detail;
    if (xhr.status < 400 || event.detail.shouldSwap) return;
    if (asksByItself(event)) {
      if (xhr.status >= 500) lost(event);
    } else if (xhr.getResponseHeader("HX-Retarget") === "#notice") {
      event.detail.shouldSwap = true;
      one("#notice").dataset.passes = "";
    } else {
      tell(`The playground answered ${xhr.status}. Nothing here has changed.`, event);
    }
  }

  function tell(words, event) {
    const notice = one("#notice");
    // The same words again would be read out again.
    if (notice.textContent !== words) notice.textContent = words;
    notice.dataset.passes = asksByItself(event) ? "with any answer" : "";
  }

  function answered(event) {
    const notice = one("#notice");
    const { status } = event.detail.xhr;
    const works = status > 0 && status < 400;
    if (works && (notice.dataset.passes || !asksByItself(event))) notice.replaceChildren();
  }

  /* ── times, as the visitor's clock has them ── */
  const CLOCK = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  const DATE = { day: "numeric", month: "long", year: "numeric" };

  function localTimes() {
    for (const time of all("time[data-time]:not([title])")) {
      const at = new Date(time.dateTime);
      time.title = at.toLocaleString("en-GB", { ...DATE, ...CLOCK, second: "2-digit", timeZoneName: "short" });
      time.textContent = inWords(at, time.dataset.time);
    }
  }

  function inWords(at, form) {
    if (form === "clock") return at.toLocaleTimeString("en-GB", { ...CLOCK, second: "2-digit" });
    if (form === "minute") return at.toLocaleTimeString("en-GB", CLOCK);
    const midnight = new Date(at).setHours(0, 0, 0, 0);
    const daysAgo = Math.round((new Date().setHours(0, 0, 0, 0) - midnight) / 86_400_000);
    const near = ["Today", "Yesterday"][daysAgo];
    const day = near ?? at.toLocaleDateString("en-GB", DATE);
    if (form === "day-ahead") return at.toLocaleDateString("en-GB", { day: "numeric", month: "long" }) + ` ${at.toLocaleTimeString("en-GB", CLOCK)}`;
    if (form === "date") return day;
    const within = near?.toLowerCase() ?? at.toLocaleDateString("en-GB", { day: "numeric", month: "long" });
    if (form === "since") return within;
    if (form === "at-day") return `${at.toLocaleTimeString("en-GB", CLOCK)} ${near ? "" : "on "}${within}`;
    return `${day} ${at.toLocaleTimeString("en-GB", CLOCK)}`;
  }

  /* ── copying: data-copy holds the words, or data-copy-from names the element that shows them ── */
  async function copy(button) {
    const shown = button.dataset.copy ? null : one(button.dataset.copyFrom);
    const words = button.dataset.copy || (shown.value ?? shown.textContent);
    const use = one("use", button);
    const drawing = use?.getAttribute("href");
    try {
      await writeToClipboard(words);
    } catch {
      return say("The browser did not allow copying.");
    }
    say("Copied");
    if (!drawing || drawing.endsWith("#check")) return;
    use.setAttribute("href", drawing.replace(/#.*/, "#check"));
    setTimeout(() => use.setAttribute("href", drawing), 2000);
  }

  async function writeToClipboard(words) {
    if (navigator.clipboard) return navigator.clipboard.writeText(words);
    // Over plain http, beyond this machine, browsers offer the old way only.
    const field = document.createElement("textarea");
    field.value = words;
    field.className = "sr";
    document.body.append(field);
    field.select();
    const copied = document.execCommand("copy");
    field.remove();
    if (!copied) throw new Error("refused");
  }

  /* ── wiring ── */
  function start() {
    localTimes();
    watch(false);
    if (sessionStorage.getItem(PANEL)) hidePanel(true);
    if (location.hash === "#search") search();
    document.addEventListener("keydown", pressed);
    document.addEventListener("visibilitychange", seenAgain);
    document.addEventListener("click", (event) => {
      const button = event.target.closest("[data-copy], [data-copy-from]");
      if (button) copy(button);
    });
    document.addEventListener("htmx:beforeRequest", heldBack);
    document.addEventListener("htmx:sendError", lost);
    document.addEventListener("htmx:timeout", lost);
    document.addEventListener("htmx:beforeSwap", refused);
    document.addEventListener("htmx:beforeCleanupElement", takenBack);
    document.addEventListener("htmx:afterRequest", answered);
    document.addEventListener("htmx:afterSettle", () => {
      localTimes();
      watch(true);
    });
  }

  start();
})();
