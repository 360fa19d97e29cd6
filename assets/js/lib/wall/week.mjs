/** The week's figures as one view of the rotation. */
import { el } from "../dom.mjs";
import { number, percent } from "../format.mjs";
import { lang, t } from "../i18n.mjs";

const MINUTE_S = 60;

/**
 * A change in words: "+12", "−3", "±0"; a dash when there is nothing to compare with.
 * @param {number|null} now @param {number|null} before @param {(value: number) => string} write
 */
export function changeWords(now, before, write) {
  if (now === null || before === null || now === undefined || before === undefined) return "—";
  const difference = now - before;
  const text = write(Math.abs(difference));
  if (text === write(0)) return t("持平");
  return `${difference > 0 ? "+" : "−"}${text}`;
}

/** A Chinese measure word; English counts without one. */
const counted = (word) => (lang() === "zh" ? word : "");

/** The four figures of a week and how they changed; less is better for all of them. */
export function weekFigures({ this: now, last, year_ago: yearAgo }) {
  const figure = (label, unit, key, write, { scale = 1, change = write } = {}) => {
    const of = (figures) => (figures[key] === null || figures[key] === undefined ? null : figures[key] * scale);
    const value = of(now);
    const changes = [
      { label: t("比上周"), text: changeWords(value, of(last), change), worse: worse(value, of(last)) },
      { label: t("比去年同周"), text: changeWords(value, of(yearAgo), change), worse: worse(value, of(yearAgo)) },
    ];
    return { label, unit, value: value === null ? "—" : write(value), changes };
  };
  return [
    figure(t("火灾"), counted("起"), "fires", (n) => number(n)),
    figure(t("报警"), counted("条"), "alarms", (n) => number(n)),
    figure(t("误报率"), "", "false_share", (n) => percent(n), { change: points }),
    figure(t("响应时间（中位数）"), t("分钟"), "response_s", (n) => number(n, 1), { scale: 1 / MINUTE_S }),
  ];
}

/** Of a share only the difference in points means something. */
const points = (share) => t("{n} 个百分点", { n: number(100 * share, 1) });

const worse = (now, before) => now !== null && before !== null && now > before;

function card({ label, unit, value, changes }) {
  const lines = changes.map((change) =>
    el("p", { class: "wall-figure-change", dataset: change.worse ? { trend: "worse" } : {} }, el("span", { text: change.label }), el("b", { class: "num", text: change.text })),
  );
  return el("div", { class: "wall-figure" }, el("h3", { text: label }), el("p", { class: "wall-figure-value" }, el("b", { class: "num", text: value }), el("span", { text: unit })), ...lines);
}

/** @param {HTMLElement} node @param {object} week of `/live/day` */
export function paintWeek(node, week) {
  const [year, place] = week.name.split("-W");
  const title = t("{year} 年第 {number} 周", { year, number: Number(place) });
  const days = `${week.first} – ${week.final.slice(5)}${week.running ? ` · ${t("至今")}` : ""}`;
  node.replaceChildren(
    el("header", { class: "wall-week-head" }, el("h2", { text: title }), el("p", { text: days })),
    el("div", { class: "wall-figures" }, ...weekFigures(week).map(card)),
  );
}
