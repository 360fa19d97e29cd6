/** What is known of the present, and how the stream's events change it; pure, no network. */
import { bytesOf } from "./decode.mjs";

const RECENT_MS = 10 * 60_000;

/**
 * @typedef {object} Change what happened since the last look
 * @property {boolean} full everything may be different
 * @property {Set<number>} slots
 * @property {Set<string|number>} alarms
 * @property {Map<string, object>} values newest values message by device
 */

/** @returns {Change} */
export const noChange = () => ({ full: false, slots: new Set(), alarms: new Set(), values: new Map() });

/** @param {Change} change */
export const isEmpty = (change) => !change.full && !change.slots.size && !change.alarms.size && !change.values.size;

export class Present {
  constructor() {
    this.id = null;
    this.geometry = null;
    this.status = new Uint8Array(0);
    /** @type {Map<string|number, object>} open alarms */
    this.alarms = new Map();
    /** @type {Map<string|number, number>} raised_at of the last ten minutes' alarms, by alarm */
    this.raised = new Map();
    this.data = null;
    this.offset = 0;
  }

  /** Takes a snapshot in place of everything. @param {object} snapshot @param {number} localNow */
  load(snapshot, localNow) {
    this.id = snapshot.id;
    this.geometry = snapshot.geometry;
    this.status = bytesOf(snapshot.status);
    this.alarms = new Map(snapshot.alarms.map((alarm) => [alarm.id, alarm]));
    this.raised = new Map((snapshot.recent ?? []).map((at, i) => [`snapshot-${i}`, at]));
    this.beat(snapshot, localNow);
  }

  /** @param {{now: number, data: number|null}} beat @param {number} localNow */
  beat(beat, localNow) {
    this.offset = beat.now - localNow;
    if (beat.data) this.data = Math.max(this.data ?? 0, beat.data);
  }

  /** @param {{c: [number, number][]}} event @param {Change} change */
  applyStatus(event, change) {
    for (const [slot, code] of event.c) {
      if (slot >= this.status.length || this.status[slot] === code) continue;
      this.status[slot] = code;
      change.slots.add(slot);
    }
  }

  /**
   * @param {object} alarm @param {Change} change
   * @returns {object|null} the alarm as it was before
   */
  applyAlarm(alarm, change) {
    const previous = this.alarms.get(alarm.id) ?? null;
    if (alarm.closed_at === null || alarm.closed_at === undefined) {
      this.alarms.set(alarm.id, alarm);
      if (!previous) this.raised.set(alarm.id, alarm.raised_at);
    } else {
      this.alarms.delete(alarm.id);
    }
    change.alarms.add(alarm.id);
    return previous;
  }

  /** @param {object} event @param {Change} change */
  applyValues(event, change) {
    change.values.set(event.device, event);
  }

  /** When the last ten minutes' alarms were raised; forgets older ones. @param {number} now server time */
  recent(now) {
    for (const [id, at] of this.raised) if (at <= now - RECENT_MS) this.raised.delete(id);
    return [...this.raised.values()];
  }
}
