/** A screen that waits: asks whether an admin has entered its code, and takes a new code when it is too old. */
const EVERY_MS = 2000;

const left = Number(document.querySelector("[data-left]").dataset.left);
const until = performance.now() + 1000 * left;

async function ask() {
  if (performance.now() >= until) return location.reload();
  try {
    const answer = await fetch("/pair/session", { method: "POST", credentials: "same-origin" });
    if (answer.ok && (await answer.json()).paired) return location.replace("/wall/");
  } catch {
    // the server is away: asked again, and the code is still the same
  }
  setTimeout(ask, EVERY_MS);
}

setTimeout(ask, EVERY_MS);
