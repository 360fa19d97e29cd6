/** What is known of the present, and how the stream's events change it; pure, no network. */
import { bytesOf } from "./decode.mjs";
import { alarmOf } from "./frames.mjs";

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
  #epoch = null;
  #number = 0;
  #names = { fields: [], defaults: {}, ended: [] };

  /** @param {(alarm: object) => object} [complete] adds what the geometry says of an alarm's device */
  constructor(complete = (alarm) => alarm) {
    this.complete = complete;
    this.geometry = null;
    this.status = new Uint8Array(0);
    /** @type {Map<string|number, object>} open alarms */
    this.alarms = new Map();
    /** @type {Map<string|number, number>} raised_at of the last ten minutes' alarms, by alarm */
    this.raised = new Map();
    this.data = null;
    /** When the flood that runs at the snapshot began, ms; null if none does. */
    this.floodSince = null;
    this.offset = 0;
  }

  /** Id of the last event that is part of this picture; null before the first snapshot. */
  get id() {
    return this.#epoch === null ? null : `${this.#epoch}-${this.#number}`;
  }

  set id(id) {
    [this.#epoch, this.#number] = [id.split("-")[0], Number(id.split("-")[1])];
  }

  /** Takes a snapshot in place of everything. @param {object} snapshot @param {number} localNow */
  load(snapshot, localNow) {
    this.id = snapshot.id;
    this.geometry = snapshot.geometry;
    this.status = bytesOf(snapshot.status);
    this.alarms = new Map(snapshot.alarms.map((alarm) => [alarm.id, alarm]));
    this.raised = new Map((snapshot.recent ?? []).map((at, i) => [`snapshot-${i}`, at]));
    this.floodSince = snapshot.flood_since ?? null;
    this.beat(snapshot, localNow);
  }

  /** @param {{now: number, data: number|null}} beat @param {number} localNow */
  beat(beat, localNow) {
    this.offset = beat.now - localNow;
    if (beat.data) this.data = Math.max(this.data ?? 0, beat.data);
  }

  /** Begins a stream. @param {{id: string, fields: string[], defaults: object, ended: string[]}} hello */
  greet(hello) {
    this.id = hello.id;
    this.#names = hello;
  }

  /**
   * Takes a frame of changes in.
   * @param {{events: number, check: number, slots: Uint32Array, codes: Uint8Array, rows: unknown[][]}} frame
   * @param {Change} change
   * @param {(alarm: object, previous: object|null) => void} onAlarm
   * @returns {boolean} false if a frame was lost before this one
   */
  applyChanges(frame, change, onAlarm) {
    const number = this.#number + frame.events;
    if (number % 256 !== frame.check) return false;
    this.#applyStatuses(frame, change);
    for (const row of frame.rows) {
      const alarm = alarmOf(row, this.#names, this.alarms);
      if (!alarm) continue;
      const whole = this.complete(alarm);
      onAlarm(whole, this.applyAlarm(whole, change));
    }
    this.#number = number;
    return true;
  }

  #applyStatuses({ slots, codes }, change) {
    for (let i = 0; i < slots.length; i++) {
      const slot = slots[i];
      if (slot >= this.status.length || this.status[slot] === codes[i]) continue;
      this.status[slot] = codes[i];
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
