/** Messages that were set aside: seen as they came, replayed or discarded, one or several. */
import { command } from "../commands.mjs";
import { el, setAttr, setText } from "../dom.mjs";
import { dateTime, number, time } from "../format.mjs";
import { t } from "../i18n.mjs";
import { errorWord } from "./errors.mjs";
import { wayWord } from "./sources.mjs";
import { KeyedTable } from "./table.mjs";

const PER_LINE = 16;
const SURE_MS = 5000;
/** Source of the frames of transmitters that nobody registered. */
const STRANGERS = "unregistered";
const REASONS = () => ({ format: t("格式"), clock: t("时钟"), value: t("数值"), device: t("未知设备"), failed: t("无法入库"), content: t("内容"), scope: t("超出密钥权限") });

/** @param {string} reason in a word */
export const reasonWord = (reason) => REASONS()[reason] ?? reason;

/** @param {string} base64 @returns {Uint8Array} */
export const decoded = (base64) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));

/** Bytes in lines of sixteen with their offset, as hex and as text. @param {Uint8Array} raw @returns {string} */
export function dump(raw) {
  const bytes = Array.from(raw, (byte) => byte.toString(16).padStart(2, "0"));
  const lines = [];
  for (let at = 0; at < bytes.length; at += PER_LINE) {
    const some = bytes.slice(at, at + PER_LINE);
    const letters = some.map((byte) => Number.parseInt(byte, 16)).map((code) => (code >= 32 && code < 127 ? String.fromCharCode(code) : "."));
    lines.push(`${at.toString(16).padStart(4, "0")}  ${some.join(" ").padEnd(PER_LINE * 3 - 1)}  ${letters.join("")}`);
  }
  return lines.join("\n");
}

/** The bytes as a person may read them: UTF-8, else GB 18030, which panels write; null if they are no text. @param {Uint8Array} bytes */
export function readable(bytes) {
  for (const name of ["utf-8", "gb18030"]) {
    try {
      const text = new TextDecoder(name, { fatal: true }).decode(bytes);
      if (!/[\x00-\x08\x0b\x0c\x0e-\x1f]/.test(text)) return text;
    } catch {
      // not in this encoding
    }
  }
  return null;
}

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
    const box = el("div");
    place.replaceChildren(this.lost, this.said, this.tools, box);
    this.table = new KeyedTable(box, {
      css: "feeds-letters",
      titles: [this.all, t("收到"), t("方式"), t("来源"), t("原因"), t("错误"), t("字节"), ""],
      make: (letter) => this.#make(letter),
      patch: ([box]) => (box.firstChild.checked = this.#chosen.has(Number(box.firstChild.value))),
      empty: t("没有死信。无法接收的消息会连同原始字节和原因列在这里，30 天后删除。"),
    });
    this.#look();
  }

  show() {
    const { letters } = this.poll.data;
    this.ids = letters.rows.map(({ id }) => id);
    this.#chosen = new Set(this.ids.filter((id) => this.#chosen.has(id)));
    this.lost.hidden = !letters.lost;
    setText(this.lost, t("另有 {n} 条未经查看就被更新的死信挤掉。", { n: number(letters.lost) }));
    this.table.show(letters.rows, ({ id }) => id, letters.count);
    this.#look();
  }

  #make({ id, way, source, received_at, reason, error, size }) {
    const box = el("input", { type: "checkbox", value: String(id), "aria-label": t("选择第 {n} 条死信", { n: id }), onchange: () => this.#choose(id, box.checked) });
    const again = el("button", { type: "button", class: "button button-small", text: t("重放"), onclick: () => this.#replay([id]) });
    const raw = el("details", { class: "feeds-raw" }, el("summary", { text: t("原始字节") }));
    raw.addEventListener("toggle", () => raw.open && !raw.dataset.asked && showRaw(raw, id));
    const when = el("td", { class: "num", text: `${dateTime(received_at).slice(0, 5)} ${time(received_at)}` });
    return [el("td", {}, box), when, el("td", { text: wayWord(way) }), el("td", { class: "feeds-name", text: source === STRANGERS ? t("未登记") : source }), el("td", { text: reasonWord(reason) }), el("td", { class: "feeds-error" }, el("div", { text: errorWord(error), title: error }), raw), el("td", { class: "num", text: number(size) }), el("td", { class: "feeds-act" }, again)];
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

async function showRaw(details, id) {
  details.dataset.asked = "";
  try {
    const answer = await fetch(`/api/v1/dead-letters/${id}`, { credentials: "same-origin", cache: "no-store" });
    if (!answer.ok) throw new Error(String(answer.status));
    const { base64, cut } = await answer.json();
    const bytes = decoded(base64);
    const text = readable(bytes);
    const rest = cut ? el("p", { class: "quiet", text: t("只保存了前 {n} 字节", { n: number(bytes.length) }) }) : null;
    details.append(...[text === null ? null : el("pre", { text }), el("pre", { class: "num", text: dump(bytes) }), rest].filter(Boolean));
  } catch {
    delete details.dataset.asked; // opening it again asks again
    details.open = false;
  }
}
