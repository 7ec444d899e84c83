// Passkeys: asks the device, and sends what it answers with the form. Needs webauthn-json.js before it.
"use strict";

(() => {
  if (!window.PublicKeyCredential || !window.webauthnJSON) return;

  const options = () => JSON.parse(document.getElementById("passkey-options").textContent);

  async function fetchLogInOptions(form) {
    const response = await fetch(form.action, { headers: { Accept: "application/json" } });
    if (!response.ok) throw new Error("no options");
    return (await response.json()).request_options;
  }

  // A passkey that logs in alone is kept on the device, and the device makes sure who holds it.
  function creationOptions(form) {
    const wanted = options().creation_options;
    const alone = form.elements.passwordless?.checked ?? false;
    Object.assign(wanted.publicKey.authenticatorSelection, {
      residentKey: alone ? "required" : "discouraged",
      requireResidentKey: alone,
      ...(alone && { userVerification: "required" }),
    });
    return wanted;
  }

  const ceremonies = {
    "log-in": async (form) => window.webauthnJSON.get(await fetchLogInOptions(form)),
    show: async () => window.webauthnJSON.get(options().request_options),
    add: async (form) => window.webauthnJSON.create(creationOptions(form)),
  };

  document.querySelectorAll("form[data-passkey]").forEach((form) => {
    form.hidden = false;
    const trouble = document.querySelector("[data-passkey-trouble]");
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      event.stopPropagation();
      trouble.hidden = true;
      try {
        const credential = await ceremonies[form.dataset.passkey](form);
        form.elements.credential.value = JSON.stringify(credential);
        form.submit();
      } catch {
        trouble.hidden = false;
      }
    });
  });
})();
