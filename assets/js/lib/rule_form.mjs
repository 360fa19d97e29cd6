/** What an admin writes into the form of a rule; pure. */
import { t } from "./i18n.mjs";

/** @param {FormData} form @returns {object} the command's body; a field that is locked is 0 */
export function bodyOfRule(form) {
  const number = (name) => (form.has(name) ? Number.parseFloat(form.get(name)) : 0);
  return {
    on: number("on"),
    off: number("off"),
    on_delay_s: number("on_delay_s"),
    off_delay_s: number("off_delay_s"),
    reason: (form.get("reason") ?? "").trim(),
  };
}

const within = (value, [low, high]) => Number.isFinite(value) && value >= low && value <= high;

/**
 * What is wrong with it, or an empty text; the server judges again.
 * @param {object} body
 * @param {{above: boolean, limits: {on: number[], off: number[]}, delays: Record<string, number>}} rule
 */
export function missingOfRule(body, { above, limits, delays }) {
  if (!within(body.on, limits.on)) return t("报警值须在 {low} … {high} 之间", { low: limits.on[0], high: limits.on[1] });
  if (!within(body.off, limits.off)) return t("恢复值须在 {low} … {high} 之间", { low: limits.off[0], high: limits.off[1] });
  if (above ? body.off >= body.on : body.off <= body.on) return above ? t("恢复值须低于报警值") : t("恢复值须高于报警值");
  const wrong = Object.entries(delays).find(([name, most]) => !Number.isInteger(body[name]) || !within(body[name], [0, most]));
  if (wrong) return t("延时须为 0 … {most} 的整秒", { most: wrong[1] });
  return body.reason ? "" : t("请写明为什么");
}
