// Comforts on top of pages that work without any of this.
"use strict";

(() => {
  // Browsers that do not know the autofocus attribute on a div.
  const nothingFocused = () => !document.activeElement || document.activeElement === document.body;
  if (nothingFocused()) document.querySelector("[data-focus]")?.focus();

  // Times are shown on the clock of the device from the next page on, unless the person chose another one.
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone && !document.cookie.includes(`__Host-zone=${encodeURIComponent(zone)}`)) {
    document.cookie = `__Host-zone=${encodeURIComponent(zone)}; Path=/; Secure; SameSite=Lax; Max-Age=31536000`;
  }

  // Menus are details: Escape and a click elsewhere close them.
  const openMenus = () => document.querySelectorAll("details.menu[open]");
  document.addEventListener("click", (event) => {
    openMenus().forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    openMenus().forEach((menu) => { menu.open = false; menu.querySelector("summary").focus(); });
  });

  // An impatient double click sends a form once.
  const sent = new WeakMap();
  document.addEventListener("submit", (event) => {
    const last = sent.get(event.target);
    if (last !== undefined && event.timeStamp - last < 1500) event.preventDefault();
    else if (!event.defaultPrevented) sent.set(event.target, event.timeStamp);
  });

  // htmx: the token that Django wants with every write.
  document.addEventListener("htmx:configRequest", (event) => {
    event.detail.headers["X-CSRFToken"] = document.body.dataset.csrf ?? "";
  });
  // A control that was swapped away takes the focus with it: give it to the new region's mark, or to the region.
  document.addEventListener("htmx:afterSettle", (event) => {
    if (!nothingFocused()) return;
    const region = event.detail.elt;
    const target = region.querySelector("[data-focus]") ?? region;
    if (!target.matches("a[href], button, input, select, textarea, [tabindex]")) target.tabIndex = -1;
    target.focus();
  });
})();
