/** The shortcuts of the duty desk; none of them works while somebody types. */

/** Whether a key belongs to what is being typed or to an open dialog. @param {KeyboardEvent} event */
function belongsElsewhere(event) {
  const { target } = event;
  if (event.ctrlKey || event.metaKey || event.altKey) return true;
  if (document.querySelector("dialog[open]")) return true;
  return target.closest?.("input, textarea, select, [contenteditable], .step-form") !== null && target.closest !== undefined;
}

/** A letter typed with Shift is another key; whether Caps Lock is on makes no difference. @param {KeyboardEvent} event */
export function nameOf({ key, shiftKey }) {
  const letter = key.toLowerCase();
  return key.length === 1 && letter !== key.toUpperCase() ? (shiftKey ? `Shift+${letter}` : letter) : key;
}

/**
 * @param {Record<string, (event: KeyboardEvent) => void>} actions by `event.key`, letters in lower case, `Shift+a` with Shift
 * @param {(event: KeyboardEvent) => void} onEscape works everywhere
 */
export function bindKeys(actions, onEscape) {
  document.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Escape") {
      onEscape(event);
      return;
    }
    if (belongsElsewhere(event)) return;
    const action = actions[nameOf(event)];
    if (action) action(event);
  });
}
