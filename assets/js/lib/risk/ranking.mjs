/** The communities by risk, and for one of them what would help most. */
import { el } from "../dom.mjs";
import { number } from "../format.mjs";
import { named, t } from "../i18n.mjs";
import { askMeasures } from "./ask.mjs";
import { levelSign } from "./building.mjs";
import { events } from "./words.mjs";

/**
 * @param {object[]} places communities, the most expected first
 * @param {object|null} town @param {(code: string) => void} onChoose
 */
export function ranking(places, town, onChoose) {
  const nameOf = (code) => {
    const k = town?.codeIndex.get(code);
    return k === undefined ? code : named(town.communities[k].name, town.communities[k].nameEn);
  };
  const row = (place) =>
    el(
      "tr",
      {},
      el("td", {}, levelSign(place.level)),
      el("th", { scope: "row" }, el("button", { type: "button", class: "button-link risk-place", text: nameOf(place.key), onclick: () => onChoose(place.key) })),
      el("td", { class: "num", text: events(place.expected) }),
      el("td", { class: "num quiet", text: t("{n} 栋红橙", { n: number(place.counts[3] + place.counts[2]) }) }),
    );
  return el(
    "section",
    { class: "risk-section" },
    el("h2", { text: t("社区排名") }),
    el("p", { class: "quiet", text: t("预计 4 周内真实警情（件），由建筑相加") }),
    el("table", { class: "risk-table" }, el("tbody", {}, ...places.map(row))),
  );
}

/** What would help most in a community. @param {HTMLElement} place @param {string} code @param {(id: string) => string} nameOf */
export async function showMeasures(place, code, nameOf) {
  place.dataset.community = code;
  place.replaceChildren(el("p", { class: "quiet", text: t("正在计算…") }));
  try {
    const { measures, labels } = await askMeasures(code);
    if (place.dataset.community !== code) return;
    const line = ({ action, buildings, less }) =>
      el(
        "li",
        {},
        el("details", {}, el("summary", {}, t(labels[`do.${action}`] ?? action), el("span", { class: "num", text: t("少 {n} 件", { n: events(less) }) })), el("ul", {}, ...buildings.slice(0, 10).map((id) => el("li", {}, el("a", { href: `/?building=${encodeURIComponent(id)}`, text: nameOf(id) }))))),
      );
    place.replaceChildren(measures.length ? el("ol", { class: "risk-do" }, ...measures.map(line)) : el("p", { class: "quiet", text: t("目前没有明显能降低风险的措施。") }));
  } catch (error) {
    place.replaceChildren(el("p", { class: "quiet", role: "status", text: t("风险暂时不可用：{error}", { error: error.message }) }));
  }
}
