/** One dead letter: why it was set aside in words, and its bytes as they came. */
import { el } from "../dom.mjs";
import { dateTime, number, time } from "../format.mjs";
import { t } from "../i18n.mjs";
import { errorWord } from "./errors.mjs";
import { wayWord } from "./sources.mjs";

const PER_LINE = 16;
/** Source of the frames of transmitters that nobody registered. */
const STRANGERS = "unregistered";
const REASONS = () => ({ format: t("格式"), clock: t("时钟"), value: t("数值"), device: t("未知设备"), failed: t("无法入库"), content: t("内容"), scope: t("超出密钥权限") });

/** @param {string} reason in a word */
export const reasonWord = (reason) => REASONS()[reason] ?? reason;

const OUTCOMES = () => ({ replayed: t("已重放"), discarded: t("已丢弃") });

/** @param {string} outcome of a letter that somebody settled */
export const outcomeWord = (outcome) => OUTCOMES()[outcome] ?? outcome;

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

/** A moment to the second. @param {number} ms */
const moment = (ms) => `${dateTime(ms).slice(0, 5)} ${time(ms)}`;

/** Titles of the cells that every table of letters has. */
export const letterTitles = () => [t("收到"), t("方式"), t("来源"), t("原因"), t("错误"), t("字节")];

/** The cells that every table of letters has. @param {object} letter @returns {HTMLElement[]} */
export function letterCells({ id, way, source, received_at, reason, error, size }) {
  const raw = el("details", { class: "feeds-raw" }, el("summary", { text: t("原始字节") }));
  raw.addEventListener("toggle", () => raw.open && !raw.dataset.asked && showRaw(raw, id));
  const from = source === STRANGERS ? t("未登记") : source;
  const why = el("td", { class: "feeds-error" }, el("div", { text: errorWord(error), title: error }), raw);
  return [el("td", { class: "num", text: moment(received_at) }), el("td", { text: wayWord(way) }), el("td", { class: "feeds-name", text: from }), el("td", { text: reasonWord(reason) }), why, el("td", { class: "num", text: number(size) })];
}

/** What became of a letter, when, and by whom. @param {object} letter @returns {HTMLElement[]} */
export const settledCells = ({ outcome, settled_at, settled_by }) => [el("td", { text: outcomeWord(outcome) }), el("td", { class: "num", text: moment(settled_at) }), el("td", { text: settled_by })];

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
