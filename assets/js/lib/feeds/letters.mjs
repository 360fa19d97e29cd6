/** Messages that were set aside: seen as they came, replayed or discarded, one or several. */
import { command } from "../commands.mjs";
import { el, setAttr, setText } from "../dom.mjs";
import { number } from "../format.mjs";
import { t } from "../i18n.mjs";
import { errorWord } from "./errors.mjs";
import { letterCells, letterTitles } from "./letter.mjs";
import { Settled } from "./settled.mjs";
import { KeyedTable } from "./table.mjs";

const SURE_MS = 5000;

/** What a replay did, in a sentence. @param {{replayed: number[], refused: {id: number, error: string}[]}} done */
export function replayedWord({ replayed, refused }) {
  const said = t("已重放 {n} 条", { n: replayed.length });
  if (!refused.length) return said;
  return said + t("；{n} 条仍无法接收：{error}", { n: refused.length, error: errorWord(refused[0].error) });
}

export class LetterTable {
  #chosen = new Set();
  #sure = 0;

  /** @param {HTMLElement} place @param {import("./poll.mjs").Poll} poll */
  constructor(place, poll) {
    this.poll = poll;
    this.all = el("input", { type: "checkbox", "aria-label": t("全选"), onchange: () => this.#chooseAll(this.all.checked) });
    this.replay = el("button", { type: "button", class: "button button-small", onclick: () => this.#replay([...this.#chosen]) });
    this.discard = el("button", { type: "button", class: "button button-small", onclick: () => this.#discard() });
    this.said = el("p", { class: "feeds-said", role: "status", hidden: true });
    this.lost = el("p", { class: "feeds-notice", hidden: true });
    this.tools = el("div", { class: "feeds-tools" }, this.replay, this.discard);
    this.views = [false, true].map((settled) => el("button", { type: "button", class: "chip", text: settled ? t("已处理") : t("待处理"), onclick: () => this.#view(settled) }));
    const box = el("div");
    this.open = el("div", {}, this.tools, box);
    const done = el("div");
    place.replaceChildren(this.lost, this.said, el("div", { class: "feeds-tools", role: "group", "aria-label": t("显示哪些死信") }, ...this.views), this.open, done);
    this.settled = new Settled(done);
    this.table = new KeyedTable(box, {
      css: "feeds-letters",
      titles: [this.all, ...letterTitles(), ""],
      make: (letter) => this.#make(letter),
      patch: ([box]) => (box.firstChild.checked = this.#chosen.has(Number(box.firstChild.value))),
      empty: t("没有死信。无法接收的消息会连同原始字节和原因列在这里，30 天后删除。"),
    });
    this.#view(false);
  }

  /** Shows those that wait, or those that somebody settled. */
  #view(settled) {
    this.views.forEach((chip, at) => setAttr(chip, "aria-pressed", String(settled === Boolean(at))));
    this.open.hidden = settled;
    this.settled.show(settled);
    this.#look();
  }

  show() {
    const { letters } = this.poll.data;
    this.ids = letters.rows.map(({ id }) => id);
    this.#chosen = new Set(this.ids.filter((id) => this.#chosen.has(id)));
    this.lost.hidden = !letters.lost;
    setText(this.lost, t("另有 {n} 条未经查看就被更新的死信挤掉。", { n: number(letters.lost) }));
    this.table.show(letters.rows, ({ id }) => id, letters.count);
    this.settled.refresh();
    this.#look();
  }

  #make(letter) {
    const { id } = letter;
    const box = el("input", { type: "checkbox", value: String(id), "aria-label": t("选择第 {n} 条死信", { n: id }), onchange: () => this.#choose(id, box.checked) });
    const again = el("button", { type: "button", class: "button button-small", text: t("重放"), onclick: () => this.#replay([id]) });
    return [el("td", {}, box), ...letterCells(letter), el("td", { class: "feeds-act" }, again)];
  }

  #choose(id, on) {
    if (on) this.#chosen.add(id);
    else this.#chosen.delete(id);
    this.#look();
  }

  #chooseAll(on) {
    this.#chosen = new Set(on ? this.ids : []);
    this.show();
  }

  /** What the buttons say and whether they can be pressed. */
  #look() {
    const n = this.#chosen.size;
    this.tools.hidden = !this.ids?.length;
    this.all.checked = n > 0 && n === this.ids.length;
    this.all.indeterminate = n > 0 && n < (this.ids?.length ?? 0);
    this.replay.disabled = this.discard.disabled = n === 0;
    setText(this.replay, t("重放所选 {n}", { n }));
    setText(this.discard, this.#sure ? t("再按一次") : t("丢弃所选 {n}", { n }));
    setAttr(this.discard, "data-sure", this.#sure ? "" : null);
  }

  async #replay(ids) {
    await this.#send(async () => replayedWord(await command("/api/v1/dead-letters/replay", { ids })));
  }

  /** The first press asks, the second discards. */
  async #discard() {
    if (!this.#sure) {
      this.#sure = setTimeout(() => this.#calm(), SURE_MS);
      this.#look();
      return;
    }
    const ids = [...this.#chosen];
    this.#calm();
    await this.#send(async () => t("已丢弃 {n} 条", { n: (await command("/api/v1/dead-letters/discard", { ids })).discarded.length }));
  }

  #calm() {
    clearTimeout(this.#sure);
    this.#sure = 0;
    this.#look();
  }

  async #send(act) {
    this.tools.inert = true;
    try {
      setText(this.said, await act());
    } catch (error) {
      setText(this.said, error.message);
    }
    this.said.hidden = false;
    this.tools.inert = false;
    await this.poll.ask();
  }
}
