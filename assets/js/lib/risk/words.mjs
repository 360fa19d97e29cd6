/** Numbers of the risk as a person reads them. */
import { number } from "../format.mjs";
import { t } from "../i18n.mjs";
import { LEVELS } from "./ramp.mjs";

/** Expected events: three digits that say something. @param {number} value */
export function events(value) {
  if (!Number.isFinite(value)) return "–";
  return number(value, value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : value >= 0.01 ? 3 : 4);
}

/** How many times as many. @param {number} points in ln */
export const factor = (points) => `×${number(Math.exp(points), 2)}`;

/** In ln, with its sign. @param {number} points */
export const signed = (points) => `${points < 0 ? "−" : "+"}${number(Math.abs(points), 2)}`;

/** @param {number} level 3 red … 0 blue */
export const levelWord = (level) => LEVELS[level].word();

/** The first and last day of a week. @param {string} monday ISO date */
export function weekWord(monday) {
  const sunday = new Date(Date.parse(monday) + 6 * 86_400_000).toISOString();
  return t("{from} 至 {to}", { from: monday.slice(5), to: sunday.slice(5, 10) });
}
