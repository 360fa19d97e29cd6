/** A table whose rows stay while their cells change: nobody loses the focus, a choice or an opened row. */
import { arrange, el, setAttr, setText } from "../dom.mjs";
import { age, number } from "../format.mjs";
import { t } from "../i18n.mjs";

export class KeyedTable {
  #rows = new Map();

  /**
   * @param {HTMLElement} place emptied
   * @param {{titles: (string|Node)[], css?: string, make: (item: object) => HTMLElement[], patch: (cells: HTMLElement[], item: object) => void, empty: string}} options
   *   `make` the cells of a row, `patch` brings them up to date
   */
  constructor(place, { titles, css = "", make, patch, empty }) {
    Object.assign(this, { make, patch });
    this.body = el("tbody");
    this.table = el("table", { class: `rows-table feeds-table ${css}`.trim() }, el("thead", {}, el("tr", {}, ...titles.map((title) => el("th", { scope: "col" }, title)))), this.body);
    this.empty = el("p", { class: "empty", text: empty });
    this.more = el("p", { class: "quiet feeds-more", hidden: true });
    place.replaceChildren(this.table, this.more, this.empty);
  }

  /** @param {object[]} items @param {(item: object) => string|number} keyOf @param {number} [count] of all, where not all are listed */
  show(items, keyOf, count = items.length) {
    this.table.hidden = !items.length;
    this.empty.hidden = items.length > 0;
    this.more.hidden = count <= items.length;
    setText(this.more, t("另有 {n} 条未列出", { n: count - items.length }));
    const before = this.#rows;
    this.#rows = new Map(items.map((item) => [keyOf(item), before.get(keyOf(item)) ?? this.#row(item)]));
    for (const item of items) this.patch(this.#rows.get(keyOf(item)).cells, item);
    arrange(this.body, [...this.#rows.values()].map(({ row }) => row));
  }

  #row(item) {
    const cells = this.make(item);
    const row = el("tr", {}, ...cells);
    return { row, cells };
  }
}

/** A moment whose age runs on. @param {HTMLElement} node @param {number|null} at ms */
export function setAge(node, at) {
  setAttr(node, "data-at", at);
  if (at === null) setText(node, "—");
}

/** Brings all running ages below a node up to date. @param {HTMLElement} root @param {number} now server time */
export function tickAges(root, now) {
  for (const node of root.querySelectorAll("[data-at]")) setText(node, age(now - Number(node.dataset.at)));
}

/** @param {number|null} perMinute */
export const rateWord = (perMinute) => (perMinute === null ? "…" : number(perMinute, perMinute > 0 && perMinute < 10 ? 1 : 0));

/** A delay in seconds; one that is ahead of us says so. @param {number|null|undefined} seconds */
export function lagWord(seconds) {
  if (seconds === null || seconds === undefined) return "—";
  if (seconds < -1) return t("快 {n} 秒", { n: number(-seconds, 0) });
  return t("{n} 秒", { n: number(Math.max(0, seconds), seconds < 10 ? 1 : 0) });
}

/** More than this is no delay of a network. */
export const LATE_S = 60;
