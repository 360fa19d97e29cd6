/** From the filters of the audit page to what is asked for, and what the answer says of itself. */
import { age, number } from "../format.mjs";
import { t } from "../i18n.mjs";

export const PATH = "/api/v1/audit";
export const FIELDS = ["since", "until", "actor", "action", "subject", "address", "result"];
/** The server verifies every hour; a verification older than this is told to be old. */
const OLD_MS = 2 * 3_600_000;
const DAY_MS = 86_400_000;

/** The beginning of a day in Asia/Shanghai. @param {string} day 2026-11-22 @returns {number|null} Unix ms */
function midnight(day) {
  const ms = Date.parse(`${day}T00:00:00+08:00`);
  return Number.isNaN(ms) ? null : ms;
}

/**
 * The question of some filters; days are whole, the last one included.
 * @param {Record<string, string>} values of the form
 * @returns {URLSearchParams}
 */
export function questionOf(values) {
  const asked = new URLSearchParams();
  for (const name of FIELDS) {
    const value = (values[name] ?? "").trim();
    const day = name === "since" || name === "until" ? midnight(value) : null;
    if (day !== null) asked.set(name, String(name === "until" ? day + DAY_MS : day));
    else if (value && name !== "since" && name !== "until") asked.set(name, value);
  }
  return asked;
}

/**
 * Whether the audit is whole, in a sentence.
 * @param {{at: number, newest: number, count: number}|null} verification @param {number} now by the server's clock
 * @returns {{state: "whole"|"broken"|"unknown", text: string}}
 */
export function wholeness(verification, now) {
  if (!verification) return { state: "unknown", text: t("尚未校验") };
  const ago = age(now - verification.at);
  if (verification.count) return { state: "broken", text: t("审计不完整：{n} 处，{ago}校验", { n: verification.count, ago }) };
  const text = t("校验通过，至第 {n} 条，{ago}", { n: number(verification.newest), ago });
  return { state: now - verification.at > OLD_MS ? "unknown" : "whole", text };
}
