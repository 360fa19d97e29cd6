/** The slider over a year of weeks; plays them one after another while the page is seen. */
import { el, setText } from "../dom.mjs";
import { number } from "../format.mjs";
import { t } from "../i18n.mjs";
import { NOW } from "./ask.mjs";
import { weekWord } from "./words.mjs";

const STEP_MS = 220;
export const SHOWN_WEEKS = 52;

export class WeekSlider {
  #timer = 0;

  /** @param {HTMLElement} place @param {(week: string) => Promise<void>} show resolves when the week is on the map */
  constructor(place, show) {
    this.show = show;
    this.weeks = [];
    this.at = 0;
    this.button = el("button", { type: "button", class: "button button-small", onclick: () => this.toggle() });
    this.slider = el("input", { type: "range", min: "0", max: "0", value: "0", class: "risk-slider", "aria-label": t("周"), oninput: () => this.#go(Number(this.slider.value), true) });
    this.word = el("output", { class: "risk-week num" });
    place.replaceChildren(this.button, this.slider, this.word);
    document.addEventListener("visibilitychange", () => document.hidden && this.stop());
    this.#look();
  }

  /** @param {{week: string, frozen: boolean, sufficient: boolean, score: object|null}[]} told the newest first */
  offer(told, hasNow) {
    const chosen = this.week();
    this.told = new Map(told.map((one) => [one.week, one]));
    this.weeks = told.slice(0, SHOWN_WEEKS).map(({ week }) => week).reverse();
    if (hasNow) this.weeks.push(NOW);
    this.slider.max = String(Math.max(0, this.weeks.length - 1));
    const at = this.weeks.indexOf(chosen);
    this.at = at < 0 ? Math.max(0, this.weeks.length - 1) : at;
    this.slider.value = String(this.at);
    this.#look();
  }

  /** The week that is shown: a Monday, or `now`. @returns {string|undefined} */
  week() {
    return this.weeks[this.at];
  }

  toggle() {
    if (this.#timer) this.stop();
    else this.play();
  }

  play() {
    if (this.weeks.length < 2) return;
    if (this.at === this.weeks.length - 1) this.at = -1;
    const step = async () => {
      const began = performance.now();
      await this.#go(this.at + 1, false);
      if (!this.#timer) return;
      if (this.at === this.weeks.length - 1) this.stop();
      else this.#timer = setTimeout(step, Math.max(0, STEP_MS - (performance.now() - began)));
    };
    this.#timer = setTimeout(step);
    this.#look();
  }

  stop() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#look();
  }

  async #go(at, byHand) {
    if (byHand) this.stop();
    this.at = at;
    this.slider.value = String(at);
    this.#look();
    await this.show(this.week());
  }

  #look() {
    setText(this.button, this.#timer ? t("暂停") : t("播放"));
    this.button.disabled = this.weeks.length < 2;
    setText(this.word, this.describe());
    this.slider.setAttribute("aria-valuetext", this.word.textContent);
  }

  /** What the chosen week is, in a sentence. */
  describe() {
    const week = this.week();
    if (!week) return t("还没有预测");
    if (week === NOW) return t("现在");
    const { frozen, sufficient, score } = this.told.get(week);
    const parts = [weekWord(week), frozen ? t("周前封存") : t("事后补算")];
    if (!sufficient) parts.push(t("数据不足"));
    if (score) parts.push(t("预计 {expected} 件，实际 {events} 件", { expected: number(score.expected, 1), events: score.events }));
    return parts.join(" · ");
  }
}
