/** Open alarms as the wall lists them: one row for what belongs together. Pure. */
import { isUnacknowledged } from "../queue_order.mjs";
import { statusOfAlarm } from "../marks.mjs";

/**
 * @typedef {object} Row
 * @property {string} key stays the same while the incident lasts
 * @property {object} lead the alarm that the row speaks of: worst, then waiting, then oldest
 * @property {object[]} alarms
 * @property {boolean} waiting whether nobody has acknowledged something in it
 * @property {number} since when the alarm it speaks of was raised: a fire's clock is the same on list and card
 */

/** What an alarm belongs to: its incident, else its building, else itself. */
export function keyOf(alarm) {
  if (alarm.incident !== null && alarm.incident !== undefined) return `incident-${alarm.incident}`;
  return alarm.building ? `building-${alarm.building}-${alarm.kind}` : `alarm-${alarm.id}`;
}

/**
 * Rows in the order in which somebody must look at them: fires first, also those that somebody has
 * acknowledged and nobody ended; then what waits, pre-alarms before the rest; the oldest on top.
 * @param {Iterable<object>} alarms
 * @returns {Row[]}
 */
export function rowsOf(alarms) {
  const groups = new Map();
  for (const alarm of alarms) {
    const key = keyOf(alarm);
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(alarm);
  }
  return [...groups].map(([key, group]) => rowOf(key, group)).sort(compareRows);
}

function rowOf(key, alarms) {
  const lead = alarms.reduce((best, alarm) => (compareLead(alarm, best) < 0 ? alarm : best));
  return { key, lead, alarms, waiting: alarms.some(isUnacknowledged), since: lead.raised_at };
}

const waits = (alarm) => (isUnacknowledged(alarm) ? 0 : 1);
const compareLead = (a, b) => statusOfAlarm(b.kind) - statusOfAlarm(a.kind) || waits(a) - waits(b) || a.raised_at - b.raised_at;

const isFire = ({ lead }) => lead.kind === "fire";

/** A fire is over when a person ended it, not when somebody has seen it. */
function rank(row) {
  if (isFire(row)) return waits(row.lead);
  if (!row.waiting) return 4;
  return row.lead.kind === "prealarm" ? 2 : 3;
}

/** @param {Row} a @param {Row} b */
export const compareRows = (a, b) => rank(a) - rank(b) || a.since - b.since || (a.key < b.key ? -1 : 1);

/**
 * Unacknowledged fires by building (or device, where there is none), longest waiting first.
 * @param {Iterable<object>} alarms
 * @returns {{key: string, lead: object, alarms: object[]}[]}
 */
export function firesOf(alarms) {
  const places = new Map();
  for (const alarm of alarms) {
    if (alarm.kind !== "fire" || !isUnacknowledged(alarm)) continue;
    const key = alarm.building ?? `device-${alarm.device}`;
    if (!places.has(key)) places.set(key, []);
    places.get(key).push(alarm);
  }
  return [...places]
    .map(([key, group]) => ({ key, alarms: group, lead: group.reduce((a, b) => (b.raised_at < a.raised_at ? b : a)) }))
    .sort((a, b) => a.lead.raised_at - b.lead.raised_at);
}

/**
 * The rows of one page. Open fires stand on every page, in at most half of its rows; the others take
 * turns, so that each is seen though nobody scrolls.
 * @param {Row[]} rows @param {number} room rows that fit @param {number} turn counts up
 * @returns {{rows: Row[], page: number, pages: number, fires: number}} fires: those that this page has no room for
 */
export function pageOf(rows, room, turn) {
  const fits = Math.max(1, Math.floor(room));
  if (rows.length <= fits) return { rows, page: 0, pages: 1, fires: 0 };
  const fires = rows.filter(isFire);
  const pinned = fires.slice(0, Math.floor(fits / 2));
  const rest = rows.filter((row) => !pinned.includes(row));
  const space = fits - pinned.length;
  const pages = Math.ceil(rest.length / space);
  const page = turn % pages;
  const shown = [...pinned, ...rest.slice(page * space, (page + 1) * space)];
  return { rows: shown, page, pages, fires: fires.length - shown.filter(isFire).length };
}

/**
 * Communities with most open alarms first, then with most of this week.
 * @param {{code: string}[]} communities @param {Iterable<object>} alarms @param {Record<string, number>} week
 */
export function rankCommunities(communities, alarms, week) {
  const open = new Map();
  for (const { community } of alarms) open.set(community, (open.get(community) ?? 0) + 1);
  return communities
    .map((community) => ({ community, open: open.get(community.code) ?? 0, week: week[community.code] ?? 0 }))
    .sort((a, b) => b.open - a.open || b.week - a.week || (a.community.code < b.community.code ? -1 : 1));
}
