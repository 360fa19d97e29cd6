/** What a person has begun in a panel that is made anew: half a sentence, an opened part, the place of the focus. */

const FIELDS = "input, textarea, select";

/** The field of the next stage; never the button that confirms a fire, which a second Enter would press. */
const STAGE = ":is(.act-dispatched, .act-arrived, .act-controlled, .act-ended) input";

/** Name of a form in the panel. */
const formKey = (place) => `${place.dataset.incident} ${place.dataset.act}`;

/**
 * What a form's fields say, as (name, value) of those that say something.
 * @param {Iterable<{name: string, type: string, value: string, checked?: boolean}>} fields
 */
export const written = (fields) =>
  [...fields].filter((field) => field.name && field.type !== "file" && (isChoice(field) ? field.checked : field.value !== "")).map(({ name, value }) => [name, value]);

const isChoice = ({ type }) => type === "radio" || type === "checkbox";

/** Writes into fields what was written before. */
export function rewrite(fields, values) {
  for (const field of fields) {
    const mine = values.filter(([name]) => name === field.name).map(([, value]) => value);
    if (isChoice(field)) field.checked = mine.includes(field.value);
    else if (mine.length) field.value = mine[0];
  }
}

export class Kept {
  #drafts = new Map();
  #open = new Set();
  #focus = null;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
  }

  listen() {
    const keep = ({ target }) => {
      const place = target.closest("[data-act]");
      if (place) this.#drafts.set(formKey(place), written(place.querySelectorAll(FIELDS)));
    };
    this.root.addEventListener("input", keep);
    this.root.addEventListener("change", keep);
    this.root.addEventListener("toggle", ({ target }) => this.#toggled(target), true);
    document.addEventListener("pointerdown", () => (this.#focus = null), true);
    document.addEventListener("focusin", ({ target }) => (this.#focus = this.root.contains(target) ? this.#placeOf(target) : null));
  }

  /** A form was sent: what it said is done with. */
  forget(incident, act) {
    this.#drafts.delete(`${incident} ${act}`);
  }

  /** Puts everything back into a panel that was made anew. */
  restore() {
    for (const place of this.root.querySelectorAll("[data-act]")) {
      const values = this.#drafts.get(formKey(place));
      if (!values) continue;
      rewrite(place.querySelectorAll(FIELDS), values);
      place.querySelector('[role="radiogroup"] :checked')?.dispatchEvent(new Event("change", { bubbles: true }));
    }
    for (const fold of this.root.querySelectorAll("details")) if (this.#open.has(foldKey(fold))) fold.open = true;
    if (this.#focus && document.activeElement === document.body) this.#refocus(this.#focus);
  }

  #toggled(fold) {
    if (!fold.isConnected) return;
    if (fold.open) this.#open.add(foldKey(fold));
    else this.#open.delete(foldKey(fold));
  }

  #placeOf(node) {
    const place = node.closest("[data-act]");
    if (place) return { act: place.dataset.act, name: node.name ?? "" };
    return node.dataset.check ? { check: node.dataset.check } : null;
  }

  /** The same field; where its form is gone, the form that came in its place; the next item of the checklist. */
  #refocus({ act, name, check }) {
    const all = (selector) => this.root.querySelector(selector);
    const found = check
      ? (all(`[data-check="${CSS.escape(check)}"]`) ?? all("[data-check]"))
      : (all(`[data-act="${act}"] [name="${name}"]`) ?? all(`[data-act="${act}"] button`) ?? all(STAGE) ?? all(".act-close input"));
    found?.focus({ preventScroll: true });
  }
}

const foldKey = (fold) => fold.querySelector("summary")?.textContent ?? "";
