/** Reads the binary frames of `/live/ws` (`docs/live-protocol.md`); pure. */

const KINDS = [null, "hello", "changes", "beat", "reset", "values", "work"];
const BASE = "raised_at";
const text = new TextDecoder();

/** A place in bytes that moves on as it is read. */
class Reader {
  constructor(bytes, at) {
    this.bytes = bytes;
    this.at = at;
  }

  byte() {
    if (this.at >= this.bytes.length) throw new RangeError("the frame is cut off");
    return this.bytes[this.at++];
  }

  /** Unsigned LEB128; by multiplication, for a clock in ms has more than 32 bits. */
  varint() {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.byte();
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  }

  json() {
    return JSON.parse(text.decode(this.bytes.subarray(this.at)));
  }

  get more() {
    return this.at < this.bytes.length;
  }
}

function changes(reader) {
  const events = reader.varint();
  const check = reader.byte();
  const n = reader.varint();
  const slots = new Uint32Array(n);
  const codes = new Uint8Array(n);
  for (let i = 0, slot = 0; i < n; i++) {
    const packed = reader.varint();
    slot += Math.floor(packed / 8);
    slots[i] = slot;
    codes[i] = packed % 8;
  }
  return { events, check, slots, codes, rows: reader.more ? reader.json() : [], incidents: [] };
}

/** Changes among which people worked on incidents. */
function work(reader) {
  const found = changes(reader);
  const [rows, marks] = found.rows;
  return { ...found, rows, incidents: marks.map(([id, ...buildings]) => ({ id, buildings })) };
}

function beat(reader) {
  const now = reader.varint();
  const age = reader.varint();
  return { now, data: age === 0 ? null : now - (age - 1) };
}

const CONTENT = {
  hello: (reader) => reader.json(),
  changes,
  beat,
  reset: () => ({}),
  values: (reader) => reader.json(),
  work,
};

/**
 * @param {ArrayBuffer} buffer one message
 * @returns {{kind: "hello"|"changes"|"beat"|"reset"|"values"|"work", content: object}}
 * @throws {RangeError} if it is cut off or of a kind that this page does not know
 */
export function readFrame(buffer) {
  const reader = new Reader(new Uint8Array(buffer), 0);
  const kind = KINDS[reader.byte()];
  if (!kind) throw new RangeError(`a frame of unknown kind ${reader.bytes[0]}`);
  return { kind, content: CONTENT[kind](reader) };
}

/**
 * An alarm out of its row; a row as short as `ended` says how one ended that the reader knows.
 * @param {unknown[]} row
 * @param {{fields: string[], defaults: object, ended: string[]}} names as `hello` gave them
 * @param {Map<number, object>} known open alarms
 * @returns {object|null} null for the end of an alarm that was never known
 */
export function alarmOf(row, { fields, defaults, ended }, known) {
  if (row.length === ended.length) {
    const end = Object.fromEntries(ended.map((name, i) => [name, row[i]]));
    return known.has(end.id) ? { ...known.get(end.id), ...end } : null;
  }
  const alarm = Object.fromEntries(fields.map((name, i) => [name, row[i] ?? defaults[name] ?? null]));
  for (const name of fields) {
    if (name.endsWith("_at") && name !== BASE && alarm[name] !== null) alarm[name] += alarm[BASE];
  }
  return alarm;
}
