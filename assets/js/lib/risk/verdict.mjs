/** How good the forecasts were: one sentence, and a small table beside the usual maps. */
import { el } from "../dom.mjs";
import { number, percent } from "../format.mjs";
import { t } from "../i18n.mjs";

const NAMES = () => ({ model: t("本模型"), raw_counts: t("历史次数"), kde_200: t("核密度 200 m"), kde_500: t("核密度 500 m") });
const TENTH = "10";

/** @param {object} verdict @returns {string} the plain sentence */
export function sentence(verdict) {
  const { hit, events, weeks, ahead, beaten_by: beaten } = verdict;
  const said = t("近 {weeks} 周发生的 {events} 件真实警情，有 {share} 落在预测排名前 10% 的面积里。", { weeks, events, share: percent(hit.model[TENTH].value, 0) });
  const list = (some) => some.map((name) => NAMES()[name]).join(t("、"));
  const [surely, hardly] = [beaten.filter((name) => ahead[name].high < 0), beaten.filter((name) => ahead[name].high >= 0)];
  const parts = [said];
  if (surely.length) parts.push(t("{names} 比本模型更准，请留意。", { names: list(surely) }));
  if (hardly.length) parts.push(t("{names} 略准于本模型，差别在误差范围内。", { names: list(hardly) }));
  return parts.join("");
}

const range = ({ low, high }) => `${number(100 * low, 0)}–${number(100 * high, 0)}`;

function table({ hit, pai, ahead }) {
  const head = [t("前 5%"), t("前 10%"), t("前 20%"), "PAI", t("领先")];
  const row = (name) =>
    el(
      "tr",
      {},
      el("th", { scope: "row", text: NAMES()[name] }),
      ...["5", TENTH, "20"].map((share) => el("td", { class: "num", text: percent(hit[name][share].value, 0), title: t("95% 区间 {range}%", { range: range(hit[name][share]) }) })),
      el("td", { class: "num", text: number(pai[name][TENTH], 1) }),
      el("td", { class: "num", text: ahead[name] ? `${ahead[name].value < 0 ? "−" : "+"}${number(100 * Math.abs(ahead[name].value), 1)}` : "", title: ahead[name] ? t("95% 区间 {range} 个百分点", { range: range(ahead[name]) }) : null }),
    );
  return el("table", { class: "risk-table" }, el("thead", {}, el("tr", {}, el("td"), ...head.map((text) => el("th", { scope: "col", text })))), el("tbody", {}, ...Object.keys(NAMES()).map(row)));
}

/** Expected and happened in each fifth of the buildings. */
function calibration({ groups }) {
  if (!groups.length) return null;
  const row = ([expected, came], k) => el("tr", {}, el("th", { scope: "row", text: t("第 {n} 组", { n: k + 1 }) }), el("td", { class: "num", text: number(expected, 1) }), el("td", { class: "num", text: number(came) }));
  return el(
    "details",
    { class: "risk-more" },
    el("summary", { text: t("预计与实际（建筑按评分分五组）") }),
    el("table", { class: "risk-table" }, el("thead", {}, el("tr", {}, el("td"), ...[t("预计"), t("实际")].map((text) => el("th", { scope: "col", text })))), el("tbody", {}, ...groups.map(row))),
  );
}

/** @param {{verdict: object|null, judged: number, weeks: object[]}} overview @returns {HTMLElement} */
export function verdictPanel({ verdict, judged }) {
  const body = verdict
    ? [
        el("p", { class: "risk-sentence", dataset: verdict.beaten_by.length ? { beaten: "" } : {}, text: sentence(verdict) }),
        table(verdict),
        el("p", { class: "quiet", text: t("预计 {expected} 件，实际 {events} 件；有警情的建筑评分高于没有的概率（AUC）{auc}。", { expected: number(verdict.expected, 1), events: number(verdict.events), auc: verdict.auc ? number(verdict.auc.value, 2) : "–" }) }),
        el("p", { class: "quiet", text: judged ? t("其中 {n} 周的预测是在那一周开始之前封存的，其余是事后按当时已知情况补算的。", { n: judged }) : t("这些周的预测都是事后按当时已知情况补算的，还没有事先封存的一周结束。") }),
        calibration(verdict),
      ]
    : [el("p", { class: "quiet", text: t("还没有可以对照的周：预测在每周开始前封存，周末以后在这里与实际比较。") })];
  return el("section", { class: "risk-section" }, el("h2", { text: t("预测准不准") }), ...body.filter(Boolean));
}
