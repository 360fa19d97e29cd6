/** Which alarm a person must see first, kept in order as alarms come and go; pure. */
import { ALARM_KINDS } from "./words.mjs";

/** @param {{acked_at: number|null}} alarm */
export const isUnacknowledged = (alarm) => alarm.acked_at === null || alarm.acked_at === undefined;

/** Shelved, suppressed by design, or of a device out of service. */
export const isHeld = (alarm) => Boolean(alarm.shelved_until || alarm.suppressed_at || alarm.out_of_service_at);

/** Raised as a fire, or confirmed as one by a person: only a verdict ends it, and nothing holds it. */
export const isFire = (alarm) => alarm.kind === "fire" || Boolean(alarm.confirmed_at);

/** What a person takes an alarm for. */
export const kindOf = (alarm) => (isFire(alarm) ? "fire" : alarm.kind);

const HELD = 2 * ALARM_KINDS.length;
const RANKS = Object.fromEntries(ALARM_KINDS.map((kind, i) => [kind, 2 * i]));

const rank = (alarm) =>
  (isHeld(alarm) ? HELD : 0) + RANKS[kindOf(alarm)] + (isUnacknowledged(alarm) ? 0 : 1);

/**
 * Unacknowledged fires first, the longest waiting on top; then by kind, what nobody has
 * acknowledged before what somebody has, newest first; what is held comes last.
 */
export function compareAlarms(a, b) {
  const first = rank(a);
  const byRank = first - rank(b);
  if (byRank !== 0) return byRank;
  const byTime = first === 0 ? a.raised_at - b.raised_at : b.raised_at - a.raised_at;
  return byTime || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

/** Alarms in order; one that comes, changes or goes costs a binary search, never a sort. */
export class Ordered {
  #known = new Map();
  #list = [];

  /** @returns {readonly object[]} what a person must see first comes first */
  get list() {
    return this.#list;
  }

  /** @param {Iterable<object>} alarms in place of everything */
  reset(alarms) {
    this.adopt([...alarms].sort(compareAlarms));
  }

  /** @param {object[]} alarms in order already, in place of everything */
  adopt(alarms) {
    this.#list = alarms;
    this.#known = new Map(this.#list.map((alarm) => [alarm.id, alarm]));
  }

  /** @param {number} id */
  get(id) {
    return this.#known.get(id) ?? null;
  }

  /** Where an alarm stands, −1 if it is not here. @param {number} id */
  indexOf(id) {
    const alarm = this.#known.get(id);
    return alarm ? this.#place(alarm) : -1;
  }

  /** Takes an alarm in, or its newer state. */
  put(alarm) {
    const old = this.#known.get(alarm.id);
    this.#known.set(alarm.id, alarm);
    if (old && compareAlarms(old, alarm) === 0) {
      this.#list[this.#place(alarm)] = alarm;
      return;
    }
    if (old) this.#list.splice(this.#place(old), 1);
    this.#list.splice(this.#place(alarm), 0, alarm);
  }

  /** @param {number} id */
  drop(id) {
    const old = this.#known.get(id);
    if (!old) return;
    this.#list.splice(this.#place(old), 1);
    this.#known.delete(id);
  }

  /** The first place whose alarm does not come before this one. */
  #place(alarm) {
    let low = 0;
    let high = this.#list.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compareAlarms(this.#list[middle], alarm) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

const flagsOf = (alarm) => ({
  kind: kindOf(alarm),
  waiting: isUnacknowledged(alarm),
  held: isHeld(alarm),
  burning: isFire(alarm) && isUnacknowledged(alarm),
});

/** Counts of all open alarms, kept as they come and go. */
export class Tally {
  #flags = new Map();

  constructor() {
    this.clear();
  }

  clear() {
    this.#flags.clear();
    this.kinds = Object.fromEntries(ALARM_KINDS.map((kind) => [kind, 0]));
    Object.assign(this, { waiting: 0, held: 0, burning: 0 });
  }

  get size() {
    return this.#flags.size;
  }

  /** @param {number} id @param {object|null} alarm its state now, null when it is over */
  set(id, alarm) {
    const old = this.#flags.get(id);
    if (old) this.#add(old, -1);
    if (!alarm) {
      this.#flags.delete(id);
      return;
    }
    const flags = flagsOf(alarm);
    this.#flags.set(id, flags);
    this.#add(flags, 1);
  }

  #add({ kind, waiting, held, burning }, by) {
    this.kinds[kind] += by;
    this.waiting += waiting ? by : 0;
    this.held += held ? by : 0;
    this.burning += burning ? by : 0;
  }
}
