/** What is chosen: the address bar is the truth (`/?building=B0012`), Dash and the map both read it. */

import { parseFilter, withFilter } from "./queue_filter.mjs";

export const TYPES = ["slot", "device", "incident", "building", "community", "work_point"];

/**
 * @typedef {{type: "slot"|"device"|"incident"|"building"|"community"|"work_point", id: string}} Selection
 */

/**
 * Reads a selection out of a query string; the narrowest thing wins, null is the whole sub-district.
 * @param {string} search
 * @returns {Selection|null}
 */
export function parse(search) {
  const query = new URLSearchParams(search);
  for (const type of TYPES) {
    const id = query.get(type);
    if (id) return { type, id };
  }
  return null;
}

/**
 * The address of a selection; the queue's filter stays in it.
 * @param {Selection|null} selection @param {{pathname: string, search: string}} [from] where one is
 */
export function href(selection, { pathname, search } = globalThis.location) {
  const chosen = selection ? `?${new URLSearchParams({ [selection.type]: selection.id })}` : "";
  return pathname + withFilter(parseFilter(search), chosen);
}

/** @param {Selection|null} a @param {Selection|null} b */
export const same = (a, b) => (a === null || b === null ? a === b : a.type === b.type && a.id === b.id);

/** @returns {Selection|null} */
export const current = () => parse(globalThis.location.search);

/**
 * Chooses something: a new entry of the history, and the event that dcc.Location listens to.
 * @param {Selection|null} selection
 */
export function select(selection) {
  if (same(selection, current())) return;
  history.pushState({}, "", href(selection));
  window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
}

/**
 * Calls `fn(selection)` whenever the selection changes, whoever changed it.
 * @param {(selection: Selection|null) => void} fn
 * @returns {() => void} stops it
 */
export function onSelection(fn) {
  let last = current();
  const look = () => {
    const next = current();
    if (same(next, last)) return;
    last = next;
    fn(next);
  };
  const events = ["_dashprivate_pushstate", "_dashprivate_historychange", "popstate"];
  events.forEach((name) => window.addEventListener(name, look));
  return () => events.forEach((name) => window.removeEventListener(name, look));
}
