// Forms with data-autosave are sent by themselves when typing pauses, with the header X-Autosave; what is answered
// (tech4muni/core/autosave.py) is told in the element with data-autosave-status. Without this script, "Save" does it.
"use strict";

(() => {
  const PAUSE = 1500;
  const AGAIN = 15000;

  document.querySelectorAll("form[data-autosave]").forEach((form) => {
    const status = document.querySelector("[data-autosave-status]");
    let timer = 0;
    let running = null;
    let dirty = false;
    let stopped = false;

    const say = (words) => { if (status && status.textContent !== words) status.textContent = words; };
    const wait = (time) => { clearTimeout(timer); timer = setTimeout(save, time); };
    // Files are sent by the person alone.
    const content = () => new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === "string"));

    const send = async (keepalive) => {
      try {
        const answer = await fetch(form.getAttribute("action") || window.location.href, {
          method: "POST", body: content(), headers: { "X-Autosave": "1" }, keepalive,
        });
        const { words, fields = {} } = await answer.json();
        say(words);
        stopped = answer.status === 409;
        Object.entries(fields).forEach(([name, value]) => { form.elements.namedItem(name).value = value; });
      } catch {
        dirty = true;
        say(status?.dataset.failed ?? "");
        wait(AGAIN);
      }
    };

    function save(keepalive = false) {
      clearTimeout(timer);
      if (!dirty || stopped || running) return;
      dirty = false;
      running = send(keepalive).finally(() => { running = null; if (dirty) wait(PAUSE); });
    }

    const changed = (event) => { if (event.target.type !== "file") { dirty = true; wait(PAUSE); } };
    form.addEventListener("input", changed);
    form.addEventListener("change", changed);
    document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") save(true); });
    // What the person sends comes after what is on its way, else it would meet its own words as somebody else's.
    form.addEventListener("submit", (event) => {
      clearTimeout(timer);
      if (!running) { stopped = true; return; }
      event.preventDefault();
      const { submitter } = event;
      stopped = true;
      running.finally(() => { form.requestSubmit(submitter); });
    });
  });
})();
