/** Acknowledging everything shown but fires: the first press says how many, the second does it. */
import { acknowledgeMany } from "./commands.mjs";
import { el, setAttr, setText } from "./dom.mjs";
import { t } from "./i18n.mjs";

const SURE_MS = 5000;
const SAID_MS = 8000;

export class Bulk {
  #ids = null;
  #timer = null;

  /**
   * @param {HTMLElement} place where the button goes
   * @param {HTMLElement} before what it says stands after this
   * @param {import("./queue.mjs").Queue} queue
   */
  constructor(place, before, queue) {
    this.queue = queue;
    this.said = el("p", { class: "queue-said", role: "status", hidden: true });
    this.button = el("button", { type: "button", class: "button button-small bulk-button", title: "Shift+A", hidden: true });
    this.button.addEventListener("click", () => this.press());
    place.append(this.button);
    before.after(this.said);
  }

  /** Shows how many there are now; while the second press is awaited the number stands. */
  look() {
    if (this.#ids) return;
    const n = this.queue.bulkSize;
    this.button.hidden = n === 0;
    setText(this.button, t("批量确认 {n}", { n }));
  }

  press() {
    const ids = this.#ids ?? this.queue.bulk;
    if (!ids.length) return;
    if (this.#ids) this.#send(ids);
    else this.#ask(ids);
  }

  #ask(ids) {
    this.#ids = ids;
    setText(this.button, t("再按一次"));
    setAttr(this.button, "data-sure", "");
    this.#say(t("确认所列 {n} 条，不含火警？再按一次（Shift+A）。", { n: ids.length }), SURE_MS);
  }

  async #send(ids) {
    this.#done();
    try {
      const { acknowledged, left } = await acknowledgeMany(ids);
      const rest = left ? t("，{n} 条未确认（已被他人处理）", { n: left }) : "";
      this.#say(t("已确认 {n} 条", { n: acknowledged }) + rest, SAID_MS);
    } catch (error) {
      this.#say(error.detail ?? String(error), SAID_MS);
    }
  }

  #say(text, ms) {
    setText(this.said, text);
    this.said.hidden = false;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#done(), ms);
  }

  #done() {
    this.#ids = null;
    this.said.hidden = true;
    setAttr(this.button, "data-sure", null);
    this.look();
  }
}
