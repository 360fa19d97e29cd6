/** Alarms of one building and cause folded behind the first of them, while a flood lasts; pure. */
import { isHeld, isUnacknowledged, kindOf } from "./queue_order.mjs";

/**
 * @typedef {object} Group
 * @property {string} key
 * @property {number} rest how many alarms stand behind the first
 * @property {number} waiting how many of those nobody has acknowledged
 * @property {boolean} open
 */

/** What is folded together; held alarms and fires keep to their own kind. */
const makeKey = (alarm) => `${isHeld(alarm) ? "held" : kindOf(alarm)}|${alarm.building ?? `@${alarm.community}`}|${alarm.cause}`;

/** By alarm: an alarm that changes is another object. */
const keys = new WeakMap();

function keyOf(alarm) {
  const known = keys.get(alarm);
  if (known !== undefined) return known;
  const key = makeKey(alarm);
  keys.set(alarm, key);
  return key;
}

/**
 * Keeps the order: a group stands where its first alarm stood. Nothing is lost: each says how many stand behind it.
 * @param {readonly object[]} alarms in order
 * @param {Set<string>} open keys of the groups that are unfolded
 * @returns {{shown: object[], groups: Map<number, Group>, members: Set<number>}} groups by the id of their first alarm
 */
export function fold(alarms, open) {
  const byKey = new Map();
  for (const alarm of alarms) {
    const key = keyOf(alarm);
    const group = byKey.get(key);
    if (group) group.push(alarm);
    else byKey.set(key, [alarm]);
  }
  const folded = { shown: [], groups: new Map(), members: new Set() };
  for (const [key, group] of byKey) add(folded, key, group, open.has(key));
  return folded;
}

function add({ shown, groups, members }, key, group, open) {
  shown.push(group[0]);
  if (group.length === 1) return;
  const [first, ...rest] = group;
  groups.set(first.id, { key, rest: rest.length, waiting: rest.filter(isUnacknowledged).length, open });
  if (!open) return;
  for (const alarm of rest) {
    shown.push(alarm);
    members.add(alarm.id);
  }
}
