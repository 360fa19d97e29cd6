/** The record for 119: copies and prints itself. */

/** Copies a text, also where the page came over plain HTTP and the browser has no clipboard for it. */
async function copy(field) {
  try {
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch {
    field.select();
    return document.execCommand("copy");
  }
}

document.addEventListener("click", async ({ target }) => {
  const action = target.closest("[data-action]")?.dataset.action;
  if (action === "print") window.print();
  if (action !== "copy") return;
  const done = await copy(document.getElementById("handover-text"));
  const said = document.querySelector(".handover-said");
  said.textContent = done ? said.dataset.copied : said.dataset.refused;
});
