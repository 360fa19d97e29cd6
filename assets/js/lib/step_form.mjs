/** A small form that is filled by digits alone: each step's choices are numbered, Enter sends. */
import { el, setAttr, setText } from "./dom.mjs";
import { t } from "./i18n.mjs";

/** The keys of a step's choices, in their order. */
export const DIGITS = [..."1234567890-="];
const LONGEST_NOTE = 500;

/**
 * @typedef {{name: string, label: string, choices: [string, string][], when?: (values: object) => boolean}} Step
 * a name under which the choice is kept, and [value, word] of each choice
 */

/**
 * The step that the next digit answers; null when all are answered.
 * @param {Step[]} steps @param {Record<string, string>} values
 */
export const nextStep = (steps, values) => steps.find(({ name, when }) => (when?.(values) ?? true) && values[name] === undefined) ?? null;

/** Values without those of steps that are not asked. @param {Step[]} steps @param {Record<string, string>} values */
export const asked = (steps, values) =>
  Object.fromEntries(steps.filter(({ name, when }) => values[name] !== undefined && (when?.(values) ?? true)).map(({ name }) => [name, values[name]]));

export class StepForm {
  #values = {};
  #groups = new Map();

  /**
   * @param {object} options
   * @param {string} options.title
   * @param {Step[]} options.steps
   * @param {(values: object) => string[]} options.phrases notes that one more digit writes
   * @param {string} options.note what the note is for
   * @param {string} options.send the word on the button
   * @param {(values: object, note: string) => string} options.missing why it can't be sent yet, or an empty text
   * @param {(values: object, note: string) => void} options.onSend
   * @param {() => void} options.onCancel
   */
  constructor(options) {
    Object.assign(this, options);
    const name = `step-${Math.random().toString(36).slice(2)}`;
    const groups = this.steps.map((step) => this.#group(step, `${name}-${step.name}`));
    this.area = el("textarea", { class: "input", rows: "1", maxlength: String(LONGEST_NOTE), placeholder: `${this.note}（N）`, "aria-label": this.note });
    this.ready = el("div", { class: "chips step-phrases", role: "group", "aria-label": t("常用说明") });
    this.problem = el("p", { class: "queue-error", role: "alert", hidden: true });
    this.element = this.#form(groups);
    this.#paint();
  }

  #form(groups) {
    const actions = el(
      "div",
      { class: "step-actions" },
      el("button", { class: "button button-small button-primary", type: "submit" }, this.send, el("kbd", { text: "Enter", "aria-hidden": "true" })),
      el("button", { class: "button button-small", type: "button", "data-cancel": true, onclick: this.onCancel }, t("取消"), el("kbd", { text: "Esc", "aria-hidden": "true" })),
    );
    const form = el("form", { class: "step-form", tabindex: "-1", "aria-label": this.title }, el("p", { class: "step-title", text: this.title }), ...groups, this.ready, this.area, this.problem, actions);
    form.addEventListener("keydown", (event) => this.#key(event));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    return form;
  }

  #group(step, name) {
    const chips = step.choices.map(([value, word], i) => {
      const input = el("input", { type: "radio", name, value });
      input.addEventListener("click", () => this.#choose(step, this.#values[step.name] === value ? undefined : value));
      return el("label", { class: "chip" }, input, el("kbd", { text: DIGITS[i], "aria-hidden": "true" }), word);
    });
    const group = el("div", { class: "chips", role: "radiogroup", "aria-label": step.label }, ...chips);
    this.#groups.set(step.name, group);
    return group;
  }

  /** An answered step shows its answer alone; a click on it takes it back. */
  #choose({ name }, value) {
    this.#values[name] = value;
    this.#paint();
  }

  #paint() {
    const next = nextStep(this.steps, this.#values);
    for (const step of this.steps) {
      const group = this.#groups.get(step.name);
      group.hidden = !(step.when?.(this.#values) ?? true);
      setAttr(group, "data-next", step === next ? "" : null);
      setAttr(group, "data-answered", this.#values[step.name] === undefined ? null : "");
      for (const input of group.querySelectorAll("input")) input.checked = input.value === this.#values[step.name];
    }
    const phrases = next ? [] : this.phrases(asked(this.steps, this.#values));
    setAttr(this.ready, "data-next", phrases.length ? "" : null);
    this.ready.replaceChildren(...phrases.map((phrase, i) => this.#phrase(phrase, i)));
    this.#complain("");
  }

  #phrase(text, i) {
    const chip = el("button", { type: "button", class: "chip" }, el("kbd", { text: DIGITS[i], "aria-hidden": "true" }), text);
    chip.addEventListener("click", () => (this.area.value = text));
    return chip;
  }

  #key(event) {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const writing = event.target === this.area;
    if (event.key === "Enter" && !event.shiftKey && event.target.tagName !== "BUTTON") this.#submit();
    else if (writing) return;
    else if (event.key === "Backspace") this.#back();
    else if (event.key.toLowerCase() === "n") this.area.focus();
    else if (!this.#digit(DIGITS.indexOf(event.key))) return;
    event.preventDefault();
  }

  #digit(at) {
    const next = nextStep(this.steps, this.#values);
    const phrase = this.ready.children[at];
    if (at < 0) return false;
    if (next && at < next.choices.length) this.#choose(next, next.choices[at][0]);
    else if (!next && phrase) phrase.click();
    this.element.focus({ preventScroll: true }); // the radio that was chosen may be gone
    return true;
  }

  /** Takes the last answer back. */
  #back() {
    const answered = Object.keys(asked(this.steps, this.#values));
    if (!answered.length) return;
    delete this.#values[answered.at(-1)];
    this.#paint();
  }

  #complain(text) {
    setText(this.problem, text);
    this.problem.hidden = text === "";
  }

  #submit() {
    const values = asked(this.steps, this.#values);
    const missing = this.missing(values, this.area.value);
    this.#complain(missing);
    if (!missing) this.onSend(values, this.area.value.trim());
  }
}
