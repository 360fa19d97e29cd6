/** The rows that are near to what is seen, and empty space for all others: the page never holds more. */
import { el } from "./dom.mjs";

/** Rows that exist at once; the tallest screens see about fifteen. */
export const MOST_ROWS = 40;
/** Height that a row is taken for while it does not exist. */
const ROW_PX = 106;
/** So many rows stay above what is seen. */
const ABOVE = 12;
const NEAR_PX = 6 * ROW_PX;
const TOP_PX = 8;

/**
 * Where the window begins so that a row is in its upper third.
 * @param {number} index @param {number} count of all rows
 */
export const startAt = (index, count) => Math.max(0, Math.min(index - ABOVE, count - MOST_ROWS));

export class RowWindow {
  #rows = new Map();
  #items = [];
  #from = 0;
  #top = 0;

  /**
   * @param {HTMLElement} list
   * @param {{make: (item: object) => HTMLElement, patch: (row: HTMLElement, item: object, changed: boolean) => void}} draw
   */
  constructor(list, draw) {
    Object.assign(this, { list, draw });
    this.above = el("li", { class: "queue-space", "aria-hidden": "true" });
    this.below = el("li", { class: "queue-space", "aria-hidden": "true" });
    list.addEventListener("scroll", () => this.#scrolled(), { passive: true });
  }

  /** The rows that exist, by id. @returns {Map<number, HTMLElement>} */
  get rows() {
    return this.#rows;
  }

  /**
   * Shows these items; what a person looks at stays where it is.
   * @param {object[]} items in order
   * @param {Set<number>|null} changed ids whose rows have to be brought up to date; null: all
   */
  show(items, changed) {
    const anchor = this.#top > TOP_PX ? this.#anchor() : null;
    const before = anchor ? this.#items.findIndex(({ id }) => id === anchor.id) : 0;
    const after = anchor ? items.findIndex(({ id }) => id === anchor.id) : 0;
    this.#items = items;
    const moved = after >= 0 ? this.#from + after - before : this.#from;
    this.#from = Math.max(0, Math.min(moved, items.length - MOST_ROWS));
    this.#draw(changed);
    this.#keep(anchor);
  }

  /** Makes sure that a row exists, and that it is seen. @param {number} index @returns {HTMLElement|undefined} */
  reach(index) {
    if (index < this.#from || index >= this.#from + this.#rows.size) {
      this.#from = startAt(index, this.#items.length);
      this.#draw(new Set());
    }
    const row = this.#rows.get(this.#items[index]?.id);
    row?.scrollIntoView({ block: "nearest" });
    this.#top = this.list.scrollTop;
    return row;
  }

  /** The topmost row that is seen. */
  #anchor() {
    const { scrollTop } = this.list;
    for (const [id, row] of this.#rows) {
      if (row.offsetTop + row.offsetHeight > scrollTop && row.offsetTop <= scrollTop) return { id, offset: row.offsetTop - scrollTop };
    }
    return null;
  }

  #keep(anchor) {
    const row = anchor && this.#rows.get(anchor.id);
    if (!row) return;
    const top = row.offsetTop - anchor.offset;
    if (Math.abs(top - this.list.scrollTop) > 1) this.list.scrollTop = top;
    this.#top = this.list.scrollTop;
  }

  #scrolled() {
    const { scrollTop, clientHeight } = this.list;
    this.#top = scrollTop;
    const first = this.above.offsetHeight;
    const last = this.below.offsetTop;
    const wantsAbove = this.#from > 0 && scrollTop < first + NEAR_PX;
    const wantsBelow = this.#from + this.#rows.size < this.#items.length && scrollTop + clientHeight > last - NEAR_PX;
    if (!wantsAbove && !wantsBelow) return;
    const anchor = this.#anchor();
    const at = anchor ? this.#items.findIndex(({ id }) => id === anchor.id) : Math.round(scrollTop / ROW_PX);
    const from = startAt(at, this.#items.length);
    if (from === this.#from) return;
    this.#from = from;
    this.#draw(new Set());
    this.#keep(anchor);
  }

  #draw(changed) {
    const wanted = this.#items.slice(this.#from, this.#from + MOST_ROWS);
    const focused = this.list.contains(document.activeElement) ? document.activeElement : null;
    const before = this.#rows;
    this.#rows = new Map(wanted.map((item) => [item.id, before.get(item.id) ?? this.draw.make(item)]));
    for (const [id, row] of before) if (!this.#rows.has(id)) row.remove();
    for (const item of wanted) this.draw.patch(this.#rows.get(item.id), item, !before.has(item.id) || changed === null || changed.has(item.id));
    this.#arrange();
    if (focused?.isConnected && document.activeElement !== focused) focused.focus({ preventScroll: true });
  }

  /** From the end to the start, so that only rows out of place move. */
  #arrange() {
    const { list } = this;
    const rest = this.#items.length - this.#from - this.#rows.size;
    this.above.style.height = `${this.#from * ROW_PX}px`;
    this.below.style.height = `${rest * ROW_PX}px`;
    let next = this.below;
    if (list.lastChild !== next) list.append(next);
    for (const row of [...this.#rows.values()].reverse()) {
      if (row.nextSibling !== next || row.parentNode !== list) list.insertBefore(row, next);
      next = row;
    }
    if (next.previousSibling !== this.above) list.insertBefore(this.above, next);
    while (list.firstChild !== this.above) list.firstChild.remove();
  }
}
