// Keeps the parts of a page that are marked with data-live as the gateway says they are. Without it a page is as it was loaded.
"use strict";
(() => {
  const state = document.getElementById("live");
  const page = document.querySelector("[data-routes]");
  if (!state || !page || !window.EventSource) return;
  const waiting = new Map();
  let source = null;

  function say(text, isLive) {
    if (state.textContent !== text) state.textContent = text;
    state.className = isLive ? "live" : "stale";
    state.hidden = false;
  }

  // What somebody works with is not replaced under their hands; it is as soon as they go on.
  function put(element, html) {
    if (element.contains(document.activeElement)) {
      waiting.set(element, html);
    } else {
      waiting.delete(element);
      element.innerHTML = html;
    }
  }

  function update(event) {
    const parts = JSON.parse(event.data);
    for (const element of document.querySelectorAll("[data-live]")) {
      const html = parts[element.dataset.live];
      if (html !== undefined) put(element, html);
    }
  }

  function open() {
    source = new EventSource("/events");
    source.onopen = () => say("Live", true);
    source.onmessage = update;
    // The browser tries again by itself, unless the gateway refused: it knows nobody after a start.
    source.onerror = () => say("Not live: reload the page", false);
    source.addEventListener("signed-out", () => location.reload());
    // A reload of the configuration has added or removed routes.
    source.addEventListener("routes", (event) => event.data === page.dataset.routes || location.reload());
  }

  function close() {
    if (source) source.close();
    source = null;
  }

  document.addEventListener("focusout", () => {
    setTimeout(() => {
      for (const [element, html] of [...waiting]) put(element, html);
    });
  });
  // A browser has few connections to one host: pages that nobody sees give theirs back.
  document.addEventListener("visibilitychange", () => (document.hidden ? close() : source || open()));
  window.addEventListener("pagehide", close);
  if (!document.hidden) open();
})();
