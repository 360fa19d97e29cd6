/** Gateways, keys and topics of the HTTP and MQTT ways in. */
import { el, setAttr, setText } from "../dom.mjs";
import { number, time } from "../format.mjs";
import { t } from "../i18n.mjs";
import { errorWord } from "./errors.mjs";
import { KeyedTable, LATE_S, lagWord, rateWord, setAge } from "./table.mjs";

/** A source that said nothing for so long is quiet; whether that is wrong only its owner knows. */
const QUIET_MS = 600_000;

/** @param {object} source @param {number} now server time @returns {{status: string, word: string}} */
export function stateOf({ connected, last_at: last }, now) {
  if (connected === true) return { status: "normal", word: t("在线") };
  if (connected === false) return { status: "fault", word: t("断开") };
  if (last === null || now - last > QUIET_MS) return { status: "stale", word: t("没有消息") };
  return { status: "normal", word: t("有消息") };
}

export const wayWord = (way) => ({ http: "HTTP", mqtt: "MQTT", gb26875: "GB/T 26875.3" })[way] ?? way;

const cell = (css = "num") => el("td", { class: css });

export class SourceTable {
  /** @param {HTMLElement} place @param {import("./poll.mjs").Poll} poll @param {import("./rates.mjs").Rates} rates */
  constructor(place, poll, rates) {
    Object.assign(this, { poll, rates });
    this.notice = el("p", { class: "feeds-notice", role: "status", hidden: true, text: t("Redis 暂时不可用，来源不明。") });
    const box = el("div");
    place.replaceChildren(this.notice, box);
    this.table = new KeyedTable(box, {
      titles: [t("状态"), t("方式"), t("名称"), t("条/分"), t("延迟"), t("最近消息"), t("已接收"), t("重复"), t("拒收"), t("最近错误")],
      make: ({ way, name }) => [
        el("td", {}, el("span", { class: "mark", "aria-hidden": "true" }), el("span")),
        el("td", { text: wayWord(way) }),
        el("td", { class: "feeds-name", text: name }),
        cell(), cell(), cell(), cell(), cell(), cell(), cell("feeds-error"),
      ],
      patch: (cells, source) => this.#patch(cells, source),
      empty: t("还没有来源发来消息。每个密钥、网关和主题会列在这里。"),
    });
  }

  show() {
    const { sources } = this.poll.data;
    this.notice.hidden = sources !== null;
    for (const source of sources ?? []) this.rates.note(keyOf(source), source.received, this.poll.at);
    this.table.show(sources ?? [], keyOf);
  }

  #patch([state, , , rate, lag, last, accepted, duplicates, rejected, error], source) {
    const { status, word } = stateOf(source, this.poll.now());
    setAttr(state.firstChild, "data-status", status);
    setText(state.lastChild, word);
    setText(rate, rateWord(this.rates.of(keyOf(source))));
    setText(lag, lagWord(source.lag_s));
    setAttr(lag, "data-late", Math.abs(source.lag_s ?? 0) > LATE_S ? "" : null);
    setAge(last, source.last_at);
    setText(accepted, number(source.accepted));
    setText(duplicates, number(source.duplicates));
    setText(rejected, number(source.rejected));
    setText(error, source.last_error ? `${time(source.last_error_at).slice(0, 5)} ${errorWord(source.last_error)}` : "—");
  }
}

const keyOf = ({ way, name }) => `${way} ${name}`;
