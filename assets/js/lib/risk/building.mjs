/** One building's score: why, what would lower it most, and how it changed over 26 weeks. */
import { el } from "../dom.mjs";
import { number, percent } from "../format.mjs";
import { t } from "../i18n.mjs";
import { askBuilding } from "./ask.mjs";
import { LEVELS } from "./ramp.mjs";
import { events, factor, levelWord, signed } from "./words.mjs";

const SVG = "http://www.w3.org/2000/svg";
const SHOWN = 10;
const [WIDTH, HEIGHT] = [320, 56];

/** A level as a small sign: its colour and its word. @param {number} level */
export const levelSign = (level) =>
  el("span", { class: "risk-level", dataset: { level: String(level) }, text: levelWord(level), title: LEVELS[level].about() });

function svg(tag, attributes, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  node.append(...children);
  return node;
}

/** The largest contributions, the others put together. @param {{parts: object[], rest: number}} detail */
export function rowsOf({ parts, rest }) {
  const shown = parts.slice(0, SHOWN);
  const others = parts.slice(SHOWN).reduce((sum, part) => sum + part.points, rest);
  return Math.abs(others) < 0.005 ? shown : [...shown, { key: "rest", points: others }];
}

/** Bars from an average building to this one. */
function fall(detail) {
  const rows = rowsOf(detail);
  const most = Math.max(0.7, ...rows.map(({ points }) => Math.abs(points)));
  const name = (key) => (key === "rest" ? t("其余") : t(detail.labels[key] ?? key));
  const line = ({ key, points }) => {
    const inner = el("i");
    inner.style.width = `${(50 * Math.abs(points)) / most}%`;
    const bar = el("span", { class: "risk-bar", dataset: { way: points < 0 ? "less" : "more" } }, inner);
    return el("tr", {}, el("th", { scope: "row", text: name(key) }), el("td", {}, bar), el("td", { class: "num", text: factor(points) }), el("td", { class: "num quiet", text: signed(points) }));
  };
  return el(
    "table",
    { class: "risk-fall" },
    el("caption", { text: t("与平均建筑（{n} 件）相比，为什么高、为什么低", { n: events(detail.average) }) }),
    el("tbody", {}, ...rows.map(line)),
  );
}

function lowering({ lowering: some, labels, expected }) {
  if (!some.length) return el("p", { class: "quiet", text: t("目前没有明显能降低风险的措施。") });
  const line = ({ action, share }) =>
    el("li", {}, t(labels[`do.${action}`] ?? action), el("span", { class: "num", text: t("降低 {share}（{n} 件）", { share: percent(share, 0), n: events(share * expected) }) }));
  return el("ol", { class: "risk-do" }, ...some.slice(0, 5).map(line));
}

/** A line over the weeks. @param {{week: string, expected: number}[]} history @param {number} now */
function sparkline(history, now) {
  const values = [...history.map(({ expected }) => expected), now];
  const top = Math.max(...values) * 1.15 || 1;
  const at = (k) => [4 + ((WIDTH - 8) * k) / Math.max(1, values.length - 1), HEIGHT - 4 - ((HEIGHT - 8) * values[k]) / top];
  const path = values.map((_, k) => `${k ? "L" : "M"}${at(k).map((n) => n.toFixed(1)).join(" ")}`).join("");
  const [x, y] = at(values.length - 1);
  const title = t("{n} 周前 {from} 件，现在 {to} 件", { n: history.length, from: events(values[0]), to: events(now) });
  return el(
    "figure",
    { class: "risk-line" },
    svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": title }, svg("path", { d: path }), svg("circle", { cx: x, cy: y, r: 3 })),
    el("figcaption", { class: "quiet", text: title }),
  );
}

/** @param {object} detail answer of `/live/risk/building/…` @param {"h3"|"h4"} heading of its parts @returns {HTMLElement} */
export function buildingRisk(detail, heading) {
  return el(
    "div",
    { class: "risk-building" },
    el("p", { class: "risk-score" }, levelSign(detail.level), el("b", { class: "num", text: t("{n} 件", { n: events(detail.expected) }) }), el("span", { class: "quiet", text: t("预计 4 周内真实警情 · 第 {rank} / {all} 位", { rank: number(detail.rank), all: number(detail.buildings) }) })),
    detail.sufficient ? null : el("p", { class: "risk-note", text: t("数据不足：权重来自公开资料和判断，还不是本街道的经验。") }),
    fall(detail),
    el(heading, { text: t("怎样降得最多") }),
    lowering(detail),
    detail.history.length ? el(heading, { text: t("近 {n} 周", { n: detail.history.length }) }) : null,
    detail.history.length ? sparkline(detail.history, detail.expected) : null,
  );
}

/** Fills a place with a building's score; says so if there is none. @param {HTMLElement} place @param {string} id */
export async function showBuildingRisk(place, id) {
  const say = (text) => el("p", { class: "quiet", role: "status", text });
  const shown = await askBuilding(id).then(
    (detail) => (detail ? buildingRisk(detail) : say(t("这座建筑还没有风险评分。"))),
    (error) => say(t("风险暂时不可用：{error}", { error: error.message })),
  );
  if (place.dataset.building === id) place.replaceChildren(shown);
}

/** Fills every place for a building's risk that the drill-down brings. @param {HTMLElement} root */
export function bindRisk(root) {
  const fill = () => {
    for (const place of root.querySelectorAll(".drill-risk[data-building]:not([data-asked])")) {
      place.dataset.asked = "";
      showBuildingRisk(place, place.dataset.building, "h4");
    }
  };
  new MutationObserver(fill).observe(root, { childList: true, subtree: true });
  fill();
}
