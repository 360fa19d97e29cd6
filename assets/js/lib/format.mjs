/** Numbers, durations and times as a person reads them; every time is shown in Asia/Shanghai. */
import { lang, t } from "./i18n.mjs";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const ZONE = "Asia/Shanghai";
const formatters = new Map();

function part(name, options) {
  if (!formatters.has(name)) {
    formatters.set(name, new Intl.DateTimeFormat("en-GB", { timeZone: ZONE, hourCycle: "h23", ...options }));
  }
  return formatters.get(name);
}

const two = (n) => String(n).padStart(2, "0");

/** @param {number} value @param {number} [digits] digits after the point */
export function number(value, digits = 0) {
  if (!Number.isFinite(value)) return "–";
  return numbers(lang() === "en" ? "en-GB" : "zh-CN", digits).format(value);
}

/** Making a formatter costs a hundred times more than using it. */
function numbers(locale, digits) {
  const name = `${locale} ${digits}`;
  if (!formatters.has(name)) {
    const options = { minimumFractionDigits: digits, maximumFractionDigits: digits };
    formatters.set(name, new Intl.NumberFormat(locale, options));
  }
  return formatters.get(name);
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
export const time = (ms) =>
  part("time", { hour: "2-digit", minute: "2-digit", second: "2-digit" }).format(ms);

/** Month, day, hour and minute, 11-22 10:24. @param {number} ms Unix milliseconds */
export function dateTime(ms) {
  const of = Object.fromEntries(
    part("dateTime", { month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" })
      .formatToParts(ms)
      .map(({ type, value }) => [type, value]),
  );
  return `${of.month}-${of.day} ${of.hour}:${of.minute}`;
}

/** @param {number} value metres */
export const metres = (value) => (value < 1000 ? `${Math.round(value)} m` : `${(value / 1000).toFixed(1)} km`);
