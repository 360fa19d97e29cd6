/** The registered transmitters: link, rate, lag, last message, last error, duty checks. */
import { command } from "../commands.mjs";
import { el, setAttr, setText } from "../dom.mjs";
import { clock, dateTime, time } from "../format.mjs";
import { t } from "../i18n.mjs";
import { errorWord } from "./errors.mjs";
import { KeyedTable, LATE_S, lagWord, rateWord, setAge } from "./table.mjs";

/** The process says every second that it is there. */
const PROCESS_GONE_MS = 10_000;

/**
 * Whether the process that takes transmitters lives: what it said of links holds no longer than that.
 * @param {{told: number|null|undefined}} transmitters @param {number} now server time
 */
export const processLives = ({ told }, now) => Boolean(told) && now - told < PROCESS_GONE_MS;

/**
 * Why nothing is known of the links; empty while they are known. Without Redis the sources are unknown too.
 * @param {{transmitters: {told: number|null}, sources: object[]|null}} answer @param {number} now server time
 */
export function whyUnknown({ transmitters, sources }, now) {
  if (processLives(transmitters, now)) return "";
  return sources === null ? t("Redis 暂时不可用，链路不明。") : t("接收传输装置的进程没有运行，链路不明。");
}

/** What is known of a link: a word, and the status that it is drawn with. @param {object|null} link @param {boolean} lives */
export function linkOf(link, lives) {
  if (!lives) return { status: "stale", word: t("不明") };
  if (!link) return { status: "stale", word: t("未连接") };
  return link.up ? { status: "normal", word: t("在线") } : { status: "fault", word: t("断开") };
}

/** What became of a duty check, in words. @param {object|null} check @param {number} now server time */
export function dutyWord(check, now) {
  if (!check) return "";
  const at = time(check.asked_at).slice(0, 5);
  switch (check.outcome) {
    case null:
      return t("等待应答 {clock}", { clock: clock(now - check.asked_at) });
    case "answered":
      return t("{at} 操作员 {n} 应答，用时 {clock}", { at, n: check.operator, clock: clock(check.answered_at - check.asked_at) });
    case "unanswered":
      return t("{at} 无人应答", { at });
    case "denied":
      return t("{at} 被传输装置拒绝", { at });
    default:
      return t("{at} 无法送达", { at });
  }
}

const cell = (css = "") => el("td", { class: css });

export class Transmitters {
  /** @param {HTMLElement} place @param {import("./poll.mjs").Poll} poll @param {import("./rates.mjs").Rates} rates @param {import("../rights.mjs").Rights} rights */
  constructor(place, poll, rates, rights) {
    Object.assign(this, { poll, rates, rights });
    this.notice = el("p", { class: "feeds-notice", role: "status", hidden: true });
    const box = el("div");
    place.replaceChildren(this.notice, box);
    this.table = new KeyedTable(box, {
      titles: [t("链路"), t("地址"), t("设备与建筑"), t("条/分"), t("延迟"), t("最近消息"), t("部件数"), t("最近错误"), t("查岗")],
      make: (row) => this.#make(row),
      patch: (cells, row) => this.#patch(cells, row),
      empty: t("还没有登记的传输装置。登记后，链路、速率和查岗会列在这里。"),
    });
  }

  show() {
    const { transmitters } = this.poll.data;
    const why = whyUnknown(this.poll.data, this.poll.now());
    this.lives = !why;
    this.notice.hidden = this.lives || !transmitters.rows.length;
    setText(this.notice, why);
    for (const { address, link } of transmitters.rows) if (link) this.rates.note(`gb ${address}`, link.frames, this.poll.at);
    this.table.show(transmitters.rows, ({ address }) => address);
  }

  #make({ address, device, name, building, building_name }) {
    const where = building ? el("a", { href: `/?building=${encodeURIComponent(building)}`, text: building_name }) : null;
    const link = el("td", {}, el("span", { class: "mark", "aria-hidden": "true" }), el("span"));
    const who = el("td", {}, el("a", { href: `/?device=${encodeURIComponent(device)}`, text: name }), where && " · ", where);
    const ask = el("button", { type: "button", class: "button button-small", text: t("查岗"), hidden: !this.rights.may("duty_check"), onclick: () => this.#ask(address, ask) });
    const said = el("span", { class: "quiet" });
    const past = el("button", { type: "button", class: "button-link", text: t("历次"), onclick: () => showChecks(address) });
    return [link, el("td", { class: "num", text: String(address) }), who, cell("num"), cell("num"), cell("num"), cell("num"), cell("feeds-error"), el("td", { class: "feeds-duty" }, ask, said, past)];
  }

  #patch([link, , , rate, lag, last, parts, error, duty], row) {
    const { status, word } = linkOf(row.link, this.lives);
    setAttr(link.firstChild, "data-status", status);
    setText(link.lastChild, word);
    link.title = row.link?.since ? t("{time} 起，{peer}", { time: dateTime(row.link.since), peer: row.link.peer }) : "";
    setText(rate, row.link?.up ? rateWord(this.rates.of(`gb ${row.address}`)) : "—");
    setText(lag, lagWord(row.link?.lag_s));
    setAttr(lag, "data-late", Math.abs(row.link?.lag_s ?? 0) > LATE_S ? "" : null);
    setAge(last, row.link?.last ?? null);
    setText(parts, row.unregistered ? t("{n} · 未登记 {m}", { n: row.parts, m: row.unregistered }) : String(row.parts));
    const said = errorWord(row.link?.error ?? "");
    setText(error, said && row.link.error_at ? `${time(row.link.error_at).slice(0, 5)} ${said}` : said || "—");
    const [ask, words, past] = duty.children;
    ask.disabled = row.duty?.outcome === null;
    setText(words, ask.dataset.problem || dutyWord(row.duty, this.poll.now()));
    past.hidden = !row.duty;
  }

  async #ask(address, button) {
    button.disabled = true;
    button.dataset.problem = "";
    try {
      await command(`/api/v1/transmitters/${address}/duty-checks`, {});
    } catch (error) {
      button.dataset.problem = error.message;
    }
    button.disabled = false;
    this.poll.ask();
  }
}

/** The last duty checks of a transmitter, in a window. */
async function showChecks(address) {
  const list = el("ol", { class: "feeds-checks" });
  const close = el("button", { class: "button", text: t("关闭") });
  const dialog = el("dialog", { class: "help", "aria-label": t("查岗记录") }, el("h2", { text: t("传输装置 {n} 的查岗记录", { n: address }) }), list, el("form", { method: "dialog" }, close));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  try {
    const answer = await fetch(`/api/v1/transmitters/${address}/duty-checks`, { credentials: "same-origin", cache: "no-store" });
    if (!answer.ok) throw new Error(String(answer.status));
    const checks = await answer.json();
    list.append(...checks.map((check) => el("li", {}, `${dateTime(check.asked_at)} `, check.asked_by, el("span", { class: "quiet", text: ` ${dutyWord(check, Date.now())}` }))));
  } catch {
    list.append(el("li", { class: "feeds-problem", role: "alert", text: t("暂时无法读取数据") }));
  }
}
