/** Frames as the server makes them (`docs/live-protocol.md`), for the tests. */

const FIELDS = [
  "id", "version", "slot", "device", "device_name", "location", "kind", "cause", "raised_at", "received_at",
  "last_at", "value", "count", "incident", "response", "acked_at", "acked_by", "cleared_at", "closed_at", "closed_by", "verdict",
];
const ENDED = ["id", "version", "closed_at", "closed_by", "verdict"];
const bytes = (text) => [...new TextEncoder().encode(text)];
const frame = (kind, ...content) => Uint8Array.from([kind, ...content.flat()]).buffer;

export function varint(value) {
  const out = [];
  for (; value >= 128; value = Math.floor(value / 128)) out.push((value % 128) + 128);
  return [...out, value];
}

function row(alarm) {
  if (alarm.closed_at !== null) return ENDED.map((name) => alarm[name] ?? null);
  const late = (name) => name.endsWith("_at") && name !== "raised_at" && alarm[name] !== null;
  return FIELDS.map((name) => (late(name) ? alarm[name] - alarm.raised_at : (alarm[name] ?? null)));
}

export const hello = (id) => frame(1, bytes(JSON.stringify({ id, fields: FIELDS, defaults: { response: "none" }, ended: ENDED })));

export function changes({ events = 1, number, statuses = [], alarms = [], incidents = [] }) {
  let before = 0;
  const packed = statuses.flatMap(([slot, code]) => {
    const out = varint((slot - before) * 8 + code);
    before = slot;
    return out;
  });
  const rows = alarms.map(row);
  const said = incidents.length ? [rows, incidents] : rows;
  const tail = said.length ? bytes(JSON.stringify(said)) : [];
  return frame(incidents.length ? 6 : 2, varint(events), number & 255, varint(statuses.length), packed, tail);
}

export const beat = (now, data) => frame(3, varint(now), varint(data === null ? 0 : now - data + 1));
export const reset = () => frame(4);
export const values = (message) => frame(5, bytes(JSON.stringify(message)));
