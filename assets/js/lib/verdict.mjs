/** What a person says about an alarm, step by step: how it ends, that it burns, that it has to wait. */
import { t } from "./i18n.mjs";
import { FALSE_CAUSES, falseCauseWord, verdictWord } from "./words.mjs";

const VERDICTS = ["real", "false", "test", "drill"];
/** Minutes of a shelf; the longest is a shift. */
export const SHELVES = ["15", "30", "60", "120", "240", "480"];

/**
 * Why a verdict can't be sent yet, or an empty text.
 * @param {{verdict?: string, cause?: string|null}} values @param {string} note
 */
export function missingVerdict({ verdict, cause }, note) {
  if (!VERDICTS.includes(verdict)) return t("请选择结论");
  if (verdict === "real" && !note.trim()) return t("真警请写明现场情况");
  return verdict === "false" && !cause ? t("请选择误报原因") : "";
}

/** @param {{minutes?: string}} values @param {string} reason */
export function missingShelf({ minutes }, reason) {
  if (!minutes) return t("请选择时长");
  return reason.trim() ? "" : t("请写明原因");
}

const phrasesOf = ({ verdict }) =>
  ({
    real: [t("现场已扑灭，无人员伤亡"), t("消防队已处置完毕"), t("微型消防站已处置完毕")],
    false: [t("现场查看，无火情"), t("电话核实，无火情"), t("视频查看，无火情"), t("已提醒住户")],
    test: [t("按计划测试"), t("维保单位测试")],
    drill: [t("按计划演练")],
  })[verdict] ?? [];

/** How an alarm ends. */
export const verdictForm = () => ({
  word: t("结论"),
  steps: [
    { name: "verdict", label: t("结论"), choices: VERDICTS.map((name) => [name, verdictWord(name)]) },
    { name: "cause", label: t("误报原因"), choices: FALSE_CAUSES.map((name) => [name, falseCauseWord(name)]), when: ({ verdict }) => verdict === "false" },
  ],
  phrases: phrasesOf,
  note: t("现场情况、说明"),
  send: t("结束报警"),
  missing: missingVerdict,
});

/** That it burns. */
export const confirmForm = () => ({
  word: t("确认起火"),
  steps: [],
  phrases: () => [t("现场人员确认有明火"), t("视频看到明火或浓烟"), t("电话核实起火")],
  note: t("如何得知"),
  send: t("确认起火"),
  missing: () => "",
});

const minutesWord = (minutes) => (minutes < 60 ? t("{n} 分钟", { n: minutes }) : t("{n} 小时", { n: minutes / 60 }));

/** That it has to wait, for how long and why. */
export const shelveForm = () => ({
  word: t("搁置"),
  steps: [{ name: "minutes", label: t("时长"), choices: SHELVES.map((minutes) => [minutes, minutesWord(Number(minutes))]) }],
  phrases: () => [t("等待维修"), t("施工期间"), t("已派人查看"), t("等待单位回复")],
  note: t("原因"),
  send: t("搁置"),
  missing: missingShelf,
});
