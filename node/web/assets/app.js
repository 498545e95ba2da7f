// What makes the pages pleasant; every act works without it.
"use strict";
(() => {
  const bar = document.getElementById("bar");
  // What the centre's answer changes on this page comes by itself; where somebody is, nothing moves.
  const follow = () => {
    const parts = [...document.querySelectorAll("[data-follow]")];
    if (!parts.length) return;
    fetch(location.pathname + location.search, { redirect: "manual", headers: { "npd-follows": "yes" } })
      .then((answer) => (answer.ok ? answer.text() : ""))
      .then((text) => {
        const page = new DOMParser().parseFromString(text, "text/html");
        for (const part of parts) {
          const next = page.getElementById(part.id);
          if (next && next.innerHTML !== part.innerHTML && !part.contains(document.activeElement)) part.innerHTML = next.innerHTML;
        }
      })
      .catch(() => {});
  };
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
      follow();
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
  // Hints come while somebody is typed who would be registered; without an answer there are none.
  for (const place of document.querySelectorAll("[data-hints]")) {
    const form = place.closest("form");
    let newest = 0;
    form.addEventListener("change", () => {
      const number = ++newest;
      fetch(place.dataset.hints, { method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "manual" })
        .then((answer) => (answer.status === 200 ? answer.text() : ""))
        .then((text) => { if (number === newest && place.innerHTML !== text) place.innerHTML = text; })
        .catch(() => {});
    });
  }
  // A chosen file is taken in at once, so that it is seen before anything is filed.
  for (const input of document.querySelectorAll("input[data-attach]")) {
    input.addEventListener("change", () => {
      const form = input.form;
      form.action = form.action.split("#")[0] + "#" + input.dataset.attach;
      if (input.files.length) form.requestSubmit(form.querySelector("button[value=again]"));
    });
  }
  // The camera, where the browser reads square codes by itself; typing and scanners stay.
  for (const button of document.querySelectorAll("[data-camera]")) {
    const form = button.form;
    const view = form.querySelector("[data-view]");
    const video = view.querySelector("video");
    let stream = null;
    // Each look has its number: what was asked for by an earlier one is given back when it comes.
    let turn = 0;
    const stop = () => {
      turn += 1;
      for (const track of stream?.getTracks() ?? []) track.stop();
      stream = null;
      view.hidden = true;
      button.hidden = false;
    };
    const look = async (detector, mine) => {
      if (turn !== mine) return;
      const [code] = await detector.detect(video).catch(() => []);
      if (turn !== mine) return;
      if (!code) { setTimeout(look, 150, detector, mine); return; }
      document.getElementById(button.dataset.camera).value = code.rawValue;
      stop();
      form.requestSubmit();
    };
    const watch = async (detector) => {
      const said = form.querySelector("[data-no-camera]");
      said.textContent = "";
      stop();
      const mine = turn;
      button.hidden = true;
      let opened;
      try {
        opened = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1920 } } });
      } catch {
        if (turn !== mine) return;
        stop();
        said.textContent = said.dataset.noCamera;
        return;
      }
      if (turn !== mine) {
        for (const track of opened.getTracks()) track.stop();
        return;
      }
      stream = opened;
      view.hidden = false;
      video.srcObject = stream;
      view.querySelector("[data-stop]").focus();
      await video.play().catch(() => {});
      look(detector, mine);
    };
    const offer = async () => {
      const formats = await window.BarcodeDetector?.getSupportedFormats?.().catch(() => []) ?? [];
      // Without an encrypted line a browser gives no camera.
      if (!formats.includes("qr_code") || !navigator.mediaDevices?.getUserMedia) return;
      const detector = new window.BarcodeDetector({ formats: ["qr_code"] });
      button.addEventListener("click", () => watch(detector));
      button.hidden = false;
    };
    view.querySelector("[data-stop]").addEventListener("click", stop);
    document.addEventListener("visibilitychange", () => { if (document.hidden) stop(); });
    offer();
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
