/**
 * Passkeys on plain forms: a form with data-passkey="<address of the options>" runs its ceremony when it is sent, fills
 * its hidden field `credential` and goes on. Only the two calls of the browser are here; everything is judged by web.
 */
import { creationOptions, type Json, requestOptions, toJson } from "./core/webauthn";

async function ceremony(form: HTMLFormElement): Promise<string> {
  const answer = await fetch(form.dataset.passkey ?? "", {
    method: "POST",
    headers: { "X-CSRFToken": form.querySelector<HTMLInputElement>("[name=csrfmiddlewaretoken]")?.value ?? "" },
  });
  if (!answer.ok) {
    throw new Error(String(answer.status));
  }
  const options = (await answer.json()) as Json;
  const credential =
    "user" in options
      ? await navigator.credentials.create({ publicKey: creationOptions(options) })
      : await navigator.credentials.get({ publicKey: requestOptions(options) });
  return JSON.stringify(toJson(credential as PublicKeyCredential));
}

for (const form of document.querySelectorAll<HTMLFormElement>("form[data-passkey]")) {
  const wrong = form.querySelector<HTMLElement>("[data-passkey-wrong]");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    wrong?.toggleAttribute("hidden", true);
    try {
      const field = form.querySelector<HTMLInputElement>("[name=credential]");
      if (field) {
        field.value = await ceremony(form);
      }
      form.submit();
    } catch {
      wrong?.toggleAttribute("hidden", false);
    }
  });
}
