/** Dead letters that somebody replayed or discarded: who, when, and what became of them. */
import { el } from "../dom.mjs";
import { t } from "../i18n.mjs";
import { letterCells, letterTitles, settledCells } from "./letter.mjs";
import { KeyedTable } from "./table.mjs";

const PATH = "/api/v1/dead-letters?settled=true";
/** The server lists no more at once. */
const PAGE = 100;
const PATIENCE_MS = 8000;

/**
 * Letters with those of another page, the newest first, each once.
 * @param {object[]} known @param {object[]} more
 */
export function merged(known, more) {
  const byId = new Map([...known, ...more].map((letter) => [letter.id, letter]));
  return [...byId.values()].sort((a, b) => b.id - a.id);
}

export class Settled {
  #letters = [];

  /** @param {HTMLElement} place */
  constructor(place) {
    this.place = place;
    this.box = el("div", { hidden: true });
    this.problem = el("p", { class: "feeds-problem", role: "alert", text: t("暂时无法读取数据"), hidden: true });
    this.more = el("button", { type: "button", class: "button button-small", text: t("更早的"), hidden: true, onclick: () => this.#ask(this.#letters.at(-1).id) });
    place.replaceChildren(this.problem, this.box, this.more);
    this.table = new KeyedTable(this.box, {
      css: "feeds-settled",
      titles: [...letterTitles(), t("结果"), t("处理时间"), t("处理人")],
      make: (letter) => [...letterCells(letter), ...settledCells(letter)],
      patch: () => {},
      empty: t("还没有处理过的死信。重放或丢弃的会列在这里，收到 30 天后删除。"),
    });
  }

  /** Shows them, from the newest on, or hides them. @param {boolean} on */
  show(on) {
    this.place.hidden = !on;
    this.#letters = [];
    return this.refresh();
  }

  /** Asks for the newest, if somebody looks. */
  async refresh() {
    if (!this.place.hidden) await this.#ask();
  }

  async #ask(before) {
    try {
      const page = before ? `${PATH}&before=${before}` : PATH;
      const answer = await fetch(page, { credentials: "same-origin", cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) });
      if (!answer.ok) throw new Error(String(answer.status));
      this.#add((await answer.json()).letters, Boolean(before));
      this.problem.hidden = true;
    } catch {
      this.problem.hidden = false; // asked again with the page's next answer
    }
  }

  #add(page, older) {
    if (older || !this.#letters.length) this.more.hidden = page.length < PAGE;
    this.#letters = merged(this.#letters, page);
    this.box.hidden = false;
    this.table.show(this.#letters, ({ id }) => id);
  }
}
