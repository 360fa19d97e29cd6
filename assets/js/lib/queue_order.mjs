/** Which alarm a person must see first; pure. */
import { ALARM_KINDS } from "./words.mjs";

/** @param {{acked_at: number|null}} alarm */
export const isUnacknowledged = (alarm) => alarm.acked_at === null || alarm.acked_at === undefined;

const urgent = (alarm) => alarm.kind === "fire" && isUnacknowledged(alarm);

const rank = (alarm) => 2 * ALARM_KINDS.indexOf(alarm.kind) + (isUnacknowledged(alarm) ? 0 : 1);

/**
 * Unacknowledged fires first, the longest waiting on top; then by kind, what nobody has
 * acknowledged before what somebody has, newest first.
 */
export function compareAlarms(a, b) {
  const byRank = rank(a) - rank(b);
  if (byRank !== 0) return byRank;
  const byTime = urgent(a) ? a.raised_at - b.raised_at : b.raised_at - a.raised_at;
  return byTime || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

/**
 * @param {Iterable<object>} alarms
 * @param {{kinds?: Set<string>|null}} [filter] kinds to show; null shows all
 */
export const openAlarms = (alarms, { kinds = null } = {}) =>
  [...alarms].filter((alarm) => kinds === null || kinds.has(alarm.kind)).sort(compareAlarms);

/** Open alarms by kind. @param {Iterable<object>} alarms @returns {Record<string, number>} */
export function countKinds(alarms) {
  const counts = Object.fromEntries(ALARM_KINDS.map((kind) => [kind, 0]));
  for (const { kind } of alarms) counts[kind] += 1;
  return counts;
}
