/** Numbers, durations and times as a person reads them; every time is shown in Asia/Shanghai. */
import { t } from "./i18n.mjs";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Asia/Shanghai has been eight hours ahead, summer and winter, since 1992. */
const AHEAD = 8 * HOUR;

// Not by `Intl`: to make its first formatters takes longer than all else that a page writes at its start.

/** Date and time of day in Asia/Shanghai as ISO 8601. @param {number} ms Unix milliseconds */
const iso = (ms) => new Date(ms + AHEAD).toISOString();

const two = (n) => String(n).padStart(2, "0");

/** @param {number} value @param {number} [digits] digits after the point */
export function number(value, digits = 0) {
  if (!Number.isFinite(value)) return "–";
  const [whole, part] = value.toFixed(digits).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return part ? `${grouped}.${part}` : grouped;
}

/** @param {number|null} share 0 … 1 */
export const percent = (share, digits = 1) =>
  share === null || !Number.isFinite(share) ? "–" : `${number(100 * share, digits)}%`;

/** A measured value: as many digits as say something. */
export function reading(value) {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  return number(value, size >= 100 ? 0 : size >= 10 ? 1 : 2);
}

/** A running clock: mm:ss under an hour, hh:mm under a day, then days. @param {number} ms */
export function clock(ms) {
  const past = Math.max(0, ms);
  if (past < HOUR) return `${two(Math.floor(past / MINUTE))}:${two(Math.floor((past % MINUTE) / SECOND))}`;
  if (past < DAY) return t("{h} 时 {m} 分", { h: Math.floor(past / HOUR), m: two(Math.floor((past % HOUR) / MINUTE)) });
  return t("{n} 天", { n: Math.floor(past / DAY) });
}

/** How long ago, in one unit. @param {number} ms */
export function age(ms) {
  const past = Math.max(0, ms);
  if (past < MINUTE) return t("{n} 秒前", { n: Math.floor(past / SECOND) });
  if (past < HOUR) return t("{n} 分钟前", { n: Math.floor(past / MINUTE) });
  if (past < DAY) return t("{n} 小时前", { n: Math.floor(past / HOUR) });
  return t("{n} 天前", { n: Math.floor(past / DAY) });
}

/** Short ages for the header. @param {number} ms */
export function seconds(ms) {
  const past = Math.max(0, ms);
  return past < 10 * SECOND ? `${(past / SECOND).toFixed(1)}s` : past < MINUTE ? `${Math.floor(past / SECOND)}s` : clock(past);
}

/** Time of day, 10:24:07. @param {number} ms Unix milliseconds */
export const time = (ms) => iso(ms).slice(11, 19);

/** The day, 2026-11-22. @param {number} ms Unix milliseconds */
export const day = (ms) => iso(ms).slice(0, 10);

/** Month, day, hour and minute, 11-22 10:24. @param {number} ms Unix milliseconds */
export const dateTime = (ms) => iso(ms).slice(5, 16).replace("T", " ");

/** @param {number} value metres */
export const metres = (value) => (value < 1000 ? `${Math.round(value)} m` : `${(value / 1000).toFixed(1)} km`);
