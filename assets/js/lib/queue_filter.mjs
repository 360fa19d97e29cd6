/** Which alarms the queue shows; the address says it beside the selection (`/?building=B1&kind=fire&find=沙塘`). */
import { isHeld, isUnacknowledged, kindOf } from "./queue_order.mjs";
import { ALARM_KINDS } from "./words.mjs";

/** The filter's own names in the address; none is a selection's. */
export const NAMES = ["kind", "show", "in", "find"];
const SHOWS = ["waiting", "held"];

/**
 * @typedef {object} Filter
 * @property {string|null} kind
 * @property {"waiting"|"held"|null} show
 * @property {string|null} in a community's code
 * @property {string} find
 */

/** @type {Filter} */
export const EVERYTHING = Object.freeze({ kind: null, show: null, in: null, find: "" });

const oneOf = (known, value) => (known.includes(value) ? value : null);

/** @param {string} search query string @returns {Filter} */
export function parseFilter(search) {
  const query = new URLSearchParams(search);
  return {
    kind: oneOf(ALARM_KINDS, query.get("kind")),
    show: oneOf(SHOWS, query.get("show")),
    in: query.get("in") || null,
    find: query.get("find") ?? "",
  };
}

/** A query string with this filter and everything else that it had. @param {Filter} filter @param {string} search */
export function withFilter(filter, search) {
  const query = new URLSearchParams(search);
  for (const name of NAMES) {
    if (filter[name]) query.set(name, filter[name]);
    else query.delete(name);
  }
  const text = query.toString();
  return text ? `?${text}` : "";
}

/** @param {Filter} filter */
export const isEverything = (filter) => NAMES.every((name) => !filter[name]);

/** By alarm: an alarm that changes is another object. */
const haystacks = new WeakMap();

function haystack(alarm) {
  const known = haystacks.get(alarm);
  if (known !== undefined) return known;
  const { building_name, location, device_name, device, community_name, community_name_en, id } = alarm;
  const text = [building_name, location, device_name, device, community_name, community_name_en, id].join(" ").toLowerCase();
  haystacks.set(alarm, text);
  return text;
}

/**
 * Whether an alarm is shown: every word that is looked for has to be in it.
 * @param {Filter} filter
 * @returns {(alarm: object) => boolean}
 */
export function matcher({ kind, show, in: community, find }) {
  const words = find.toLowerCase().split(/\s+/).filter(Boolean);
  return (alarm) =>
    (!kind || kindOf(alarm) === kind) &&
    (!community || alarm.community === community) &&
    (show !== "waiting" || isUnacknowledged(alarm)) &&
    (show !== "held" || isHeld(alarm)) &&
    (!words.length || words.every((word) => haystack(alarm).includes(word)));
}
