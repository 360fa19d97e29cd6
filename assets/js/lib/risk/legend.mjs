/** What the colours mean, with units. */
import { el } from "../dom.mjs";
import { t } from "../i18n.mjs";
import { levelSign } from "./building.mjs";
import { LEVELS, STRONGEST, gradient } from "./ramp.mjs";
import { valueOf } from "./surface.mjs";
import { events } from "./words.mjs";

function bar(which, ticks, unit) {
  const strip = el("span", { class: "risk-ramp" });
  strip.style.backgroundImage = gradient(which);
  return [el("span", { class: "risk-unit", text: unit }), strip, el("span", { class: "risk-ticks num" }, ...ticks.map((text) => el("span", { text })))];
}

/**
 * @param {"surface"|"difference"|"cells"|"buildings"|"communities"} kind
 * @param {{between: [number, number]|null, head: object|null}} shown
 * @returns {HTMLElement[]}
 */
export function legend(kind, { between, head }) {
  if (kind === "difference") return bar("difference", [`×1/${STRONGEST}`, "×1", `×${STRONGEST}`], t("预计警情是对比周的几倍"));
  if (kind === "surface" && between && head) {
    const ticks = [0, 0.5, 1].map((share) => events(valueOf(between[0] + share * (between[1] - between[0]), head)));
    return bar("value", ticks, t("预计 4 周内真实警情，件/公顷"));
  }
  const of = { cells: t("网格"), buildings: t("建筑"), communities: t("社区") }[kind] ?? "";
  const items = LEVELS.map((level, k) => el("span", { class: "risk-key" }, levelSign(k), level.about())).reverse();
  return [el("span", { class: "risk-unit", text: t("{what}按排名分级", { what: of }) }), ...items];
}
