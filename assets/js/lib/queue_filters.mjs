/** The queue's filters: buttons, community and text; the address follows, so that a view can be sent. */
import { el, setAttr, setText } from "./dom.mjs";
import { t } from "./i18n.mjs";
import { EVERYTHING, NAMES, isEverything, parseFilter, withFilter } from "./queue_filter.mjs";
import { shortName } from "./wall/names.mjs";
import { ALARM_KINDS, alarmKindWord } from "./words.mjs";

/** A link was followed. */
const MOVED = "_dashprivate_pushstate";
const SHOWS = () => [
  ["waiting", t("等待中")],
  ["held", t("搁置等")],
];

/** Whether an address says anything of the filter. @param {string} search */
const speaks = (search) => NAMES.some((name) => new URLSearchParams(search).has(name));

export class QueueFilters {
  #filter = EVERYTHING;

  /**
   * @param {{kinds: HTMLElement, more: HTMLElement}} parts the empty containers
   * @param {import("./queue.mjs").Queue} queue
   */
  constructor({ kinds, more }, queue) {
    this.queue = queue;
    this.kindChips = this.#chips(kinds, "kind", [[null, t("全部")], ...ALARM_KINDS.map((kind) => [kind, alarmKindWord(kind)])]);
    this.showChips = this.#chips(kinds, "show", SHOWS());
    this.find = el("input", { type: "search", class: "input", placeholder: t("筛选列表（Q）"), "aria-label": t("按文字筛选"), maxlength: "60", autocomplete: "off" });
    this.where = el("select", { class: "input", "aria-label": t("按社区筛选") }, el("option", { value: "", text: t("全部社区") }));
    more.append(this.find, this.where);
    this.find.addEventListener("input", () => this.#set({ find: this.find.value }, true));
    this.where.addEventListener("change", () => this.#set({ in: this.where.value || null }));
    window.addEventListener(MOVED, () => this.#keep());
    window.addEventListener("popstate", () => this.#read());
    this.#read();
  }

  #chips(box, name, choices) {
    return choices.map(([value, word]) => {
      const figure = el("b", { class: "num" });
      const chip = el("button", { type: "button", class: "chip", dataset: { [name]: value ?? "all" } }, word, figure);
      const again = () => (value !== null && this.#filter[name] === value ? null : value);
      chip.addEventListener("click", () => this.#set({ [name]: again() }));
      box.append(chip);
      return { value, chip, figure };
    });
  }

  /** @param {{name: string, nameEn: string, code: string}[]} communities */
  offer(communities) {
    const [all] = this.where.options;
    const options = communities.map(({ code, name, nameEn }) => el("option", { value: code, text: shortName(name, nameEn) }));
    this.where.replaceChildren(all, ...options);
    this.where.value = this.#filter.in ?? "";
  }

  /** Brings the figures on the buttons up to date. @param {import("./queue_order.mjs").Tally} tally */
  count(tally) {
    for (const { value, figure } of this.kindChips) setText(figure, value === null ? "" : String(tally.kinds[value]));
    for (const { value, figure } of this.showChips) setText(figure, String(tally[value]));
  }

  /** A change of the text that follows another adds nothing to go back to. */
  #set(part, typing = false) {
    const further = typing && this.#filter.find !== "";
    this.#filter = { ...this.#filter, ...part };
    const address = location.pathname + withFilter(this.#filter, location.search);
    if (further) history.replaceState(history.state, "", address);
    else history.pushState({}, "", address);
    this.#apply();
  }

  /** A link that knows nothing of the filter keeps it. */
  #keep() {
    if (isEverything(this.#filter)) this.#read();
    else if (!speaks(location.search)) {
      history.replaceState(history.state, "", location.pathname + withFilter(this.#filter, location.search));
      window.dispatchEvent(new CustomEvent(MOVED)); // Dash may have read the address already
    }
  }

  #read() {
    this.#filter = parseFilter(location.search);
    if (this.find.value !== this.#filter.find) this.find.value = this.#filter.find;
    this.where.value = this.#filter.in ?? "";
    this.#apply();
  }

  #apply() {
    for (const { value, chip } of this.kindChips) setAttr(chip, "aria-pressed", String(value === this.#filter.kind));
    for (const { value, chip } of this.showChips) setAttr(chip, "aria-pressed", String(value === this.#filter.show));
    this.queue.filter(this.#filter, !isEverything(this.#filter));
  }
}
