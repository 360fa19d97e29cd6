/** The day on the right of the wall: alarms by hour, devices by status, communities. */
import { arrange, el, setAttr, setText } from "../dom.mjs";
import { number, percent } from "../format.mjs";
import { t } from "../i18n.mjs";
import { inService, onlineShare } from "../kpis.mjs";
import { STATUS, markElement } from "../marks.mjs";
import { levelWord } from "../risk/words.mjs";
import { statusWord } from "../words.mjs";
import { drawHours, hourGeometry } from "./hours.mjs";
import { shortName } from "./names.mjs";
import { rankCommunities } from "./rows.mjs";

/** Worst first, as everywhere. */
const ORDER = [5, 4, 3, 2, 1, 0];

const textSize = (node) => parseFloat(getComputedStyle(node).fontSize);

/** Alarms by hour. @param {HTMLElement} node */
export function hoursPanel(node) {
  let day = null;
  const note = el("p", { class: "wall-note" });
  const frame = el("div", { class: "wall-chart" });
  node.replaceChildren(el("h2", { text: t("今日报警") }, el("span", { class: "wall-legend", text: t("线：平常同一天") })), frame, note);

  function draw() {
    const { clientWidth: width, clientHeight: height } = frame;
    if (!day || width < 10 || height < 10) return;
    const total = day.hours.reduce((sum, n) => sum + n, 0);
    const usual = day.usual.slice(0, day.hours.length).reduce((sum, n) => sum + n, 0);
    const label = t("今日报警 {n} 条，平常到此时约 {usual} 条", { n: total, usual: number(usual) });
    frame.replaceChildren(drawHours(hourGeometry({ ...day, width, height, text: textSize(node) }), label));
    setText(note, label);
  }
  new ResizeObserver(draw).observe(frame);
  return {
    show(next) {
      day = next;
      draw();
    },
  };
}

/** Devices by status: a bar and a list. @param {HTMLElement} node */
export function statusPanel(node) {
  const bar = el("div", { class: "wall-bar", role: "img" });
  const rows = new Map(ORDER.map((code) => [code, statusRow(code)]));
  const rate = el("span", { class: "wall-legend num" });
  const list = el("ul", { class: "wall-status" }, ...[...rows.values()].map((row) => row.node));
  node.replaceChildren(el("h2", { text: t("设备") }, rate), bar, list);
  const parts = new Map(ORDER.map((code) => [code, el("i", { dataset: { status: STATUS[code] } })]));
  bar.append(...parts.values());

  return {
    /** @param {ArrayLike<number>} counts devices by status byte */
    show(counts) {
      for (const code of ORDER) {
        setText(rows.get(code).count, number(counts[code]));
        setAttr(rows.get(code).node, "data-none", counts[code] ? null : "");
        parts.get(code).style.flexGrow = String(counts[code]);
        parts.get(code).hidden = !counts[code];
      }
      setText(rate, t("在线率 {rate} · 在用 {n} 台", { rate: percent(onlineShare(counts)), n: number(inService(counts)) }));
      setAttr(bar, "aria-label", rate.textContent);
    },
  };
}

function statusRow(code) {
  const count = el("b", { class: "num" });
  return { count, node: el("li", {}, markElement(STATUS[code]), el("span", { text: statusWord(code) }), count) };
}

/** Hides the last rows when there is not room for all of them: half a row says nothing. */
function wholeRows(list) {
  const rows = [...list.children];
  for (const row of rows) row.hidden = false;
  while (rows.length && list.scrollHeight > list.clientHeight + 1) rows.pop().hidden = true;
}

/** Communities by open alarms, then by this week's. @param {HTMLElement} node */
export function communitiesPanel(node) {
  const list = el("ol", { class: "wall-communities" });
  node.replaceChildren(el("h2", { text: t("社区") }, el("span", { class: "wall-legend", text: t("未处理 · 本周报警（条）") })), list);
  const nodes = new Map();
  new ResizeObserver(() => wholeRows(list)).observe(list);

  function rowOf(community) {
    const { code } = community;
    const mark = el("span", { class: "mark", dataset: { community: code, status: "normal" }, "aria-hidden": "true" });
    const parts = { mark, open: el("b", { class: "num" }), week: el("span", { class: "num quiet" }), bar: el("i") };
    const title = el("span", { class: "wall-community-name", text: shortName(community.name, community.nameEn) });
    parts.risk = el("span", { class: "risk-level wall-community-risk" });
    parts.node = el("li", { class: "wall-community" }, mark, title, parts.risk, parts.open, el("span", { class: "wall-community-bar" }, parts.bar), parts.week);
    return parts;
  }

  return {
    /**
     * @param {{code: string, name: string, nameEn: string}[]} communities @param {Iterable<object>} alarms
     * @param {Record<string, number>} week @param {(i: number) => number} worst status byte of a community
     * @param {Map<string, number>} [levels] of risk, by code
     */
    show(communities, alarms, week, worst, levels = new Map()) {
      const ranked = rankCommunities(communities, alarms, week);
      const most = Math.max(1, ...ranked.map((row) => row.week));
      for (const row of ranked) {
        const { code } = row.community;
        if (!nodes.has(code)) nodes.set(code, rowOf(row.community));
        const parts = nodes.get(code);
        setAttr(parts.mark, "data-status", STATUS[worst(communities.indexOf(row.community))]);
        setText(parts.open, String(row.open));
        const level = levels.get(code);
        setAttr(parts.risk, "data-level", level ? String(level) : null); // blue is nothing to look at
        setText(parts.risk, level ? levelWord(level)[0] : ""); // a word would leave no room for names
        setAttr(parts.node, "data-open", row.open ? "" : null);
        setText(parts.week, number(row.week));
        parts.bar.style.width = `${(100 * row.week) / most}%`;
      }
      arrange(list, ranked.map((row) => nodes.get(row.community.code).node));
      wholeRows(list);
    },
  };
}
