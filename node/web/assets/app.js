// What makes the pages pleasant; every act works without it.
"use strict";
(() => {
  const bar = document.getElementById("bar");
  // The status line follows the office; the stream says when to look, the server says what.
  if (bar && window.EventSource) {
    const stream = new EventSource("/events");
    stream.addEventListener("bar", (event) => {
      const next = new DOMParser().parseFromString(event.data, "text/html").getElementById("bar");
      if (!next) return;
      bar.className = next.className;
      // What is read aloud is touched only when it says something else.
      const [said, says] = [bar, next].map((line) => line.querySelector("[role=status]"));
      if (said.textContent !== says.textContent) said.textContent = says.textContent;
      bar.querySelector(".bar-rest").replaceWith(next.querySelector(".bar-rest"));
    });
    stream.addEventListener("locked", () => { stream.close(); document.body.dataset.locked = "yes"; });
    window.addEventListener("pagehide", () => stream.close());
  }
  // A draft is kept while it is typed: what was typed outlives the power.
  for (const form of document.querySelectorAll("form[data-keep]")) {
    let waiting = 0;
    const keep = () => {
      waiting = 0;
      fetch(form.dataset.keep, { method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "manual" })
        .then((answer) => { form.dataset.kept = answer.ok ? "yes" : "no"; })
        .catch(() => { form.dataset.kept = "no"; });
    };
    form.addEventListener("input", () => { if (!waiting) waiting = setTimeout(keep, 800); });
  }
  // Ways by key: "/" goes to the box, as in every list that people like.
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select");
    const box = document.querySelector("[data-box]");
    if (event.key === "/" && !typing && box) { event.preventDefault(); box.focus(); box.select(); }
  });
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
  if (window.htmx) { window.htmx.config.allowEval = false; window.htmx.config.includeIndicatorStyles = false; }
})();
