/** The search box by keyboard: Enter opens, ↑ and ↓ walk through what was found, Escape closes the list. */
import * as ids from "./ids.mjs";

/**
 * Where an arrow leads in a list; −1 is the box above it.
 * @param {number} at @param {"ArrowDown"|"ArrowUp"} key @param {number} count
 */
export function stepTo(at, key, count) {
  if (key === "ArrowDown") return Math.min(at + 1, count - 1);
  return at < 0 ? count - 1 : at - 1;
}

/** Whether a key writes something. @param {KeyboardEvent} event */
const writes = (event) => (event.key.length === 1 || event.key === "Backspace") && !event.ctrlKey && !event.metaKey && !event.altKey;

export class SearchBox {
  #wanted = null; // what Enter asked for before it was found

  /** @param {HTMLInputElement} input @param {HTMLElement} results filled by Dash */
  constructor(input, results) {
    this.input = input;
    this.results = results;
    input.setAttribute("aria-controls", ids.SEARCH_RESULTS);
    input.addEventListener("input", () => this.#changed());
    input.addEventListener("keydown", (event) => this.#onKey(event));
    results.addEventListener("keydown", (event) => this.#onKey(event));
    new MutationObserver(() => this.#wanted !== null && this.#open(this.#wanted)).observe(results, { childList: true, subtree: true });
  }

  #links() {
    return [...this.results.querySelectorAll("a")];
  }

  #changed() {
    this.#wanted = null;
    this.results.hidden = false;
  }

  #onKey(event) {
    if (event.isComposing) return; // Enter and arrows belong to the input method
    const inside = event.target !== this.input;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") this.#walk(event);
    else if (event.key === "Enter" && !inside) this.#enter(event);
    else if (inside && writes(event)) {
      event.stopPropagation(); // a letter is typed, it is no shortcut
      this.input.focus();
    }
  }

  #walk(event) {
    const links = this.#links();
    if (!links.length) return;
    event.preventDefault();
    this.results.hidden = false;
    const to = stepTo(links.indexOf(document.activeElement), event.key, links.length);
    (links[to] ?? this.input).focus();
  }

  #enter(event) {
    event.preventDefault();
    const asked = this.input.value.trim();
    if (asked) this.#open(asked);
  }

  /** Opens the first result, once it is one of what was asked for. */
  #open(asked) {
    const found = this.results.querySelector("[data-asked]")?.dataset.asked === asked;
    this.#wanted = found ? null : asked;
    if (found) this.#links()[0]?.click();
  }

  /** Closes the list, if it is open. @returns {boolean} whether it was */
  close() {
    this.#wanted = null;
    if (this.results.hidden || !this.results.firstChild) return false;
    this.results.hidden = true;
    this.input.focus();
    return true;
  }
}
