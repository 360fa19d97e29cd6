import assert from "node:assert/strict";
import test from "node:test";
import { readFrame } from "../../assets/js/lib/frames.mjs";
import { beat, changes, hello, reset, values } from "./frames_cast.mjs";

test("a clock of today and no data at all come back", () => {
  assert.deepEqual(readFrame(beat(1_795_000_000_123, 1_795_000_000_000)).content, { now: 1_795_000_000_123, data: 1_795_000_000_000 });
  assert.deepEqual(readFrame(beat(1_795_000_000_123, null)).content, { now: 1_795_000_000_123, data: null });
});

test("statuses of distant slots come back in order", () => {
  const statuses = [[0, 1], [1, 5], [199_999, 2]];
  const { events, check, slots, codes, rows } = readFrame(changes({ events: 300, number: 513, statuses })).content;
  assert.deepEqual({ events, check, rows }, { events: 300, check: 1, rows: [] });
  assert.deepEqual([...slots].map((slot, i) => [slot, codes[i]]), statuses);
});

test("every kind is known by its first byte", () => {
  assert.equal(readFrame(hello("5-1")).content.id, "5-1");
  assert.equal(readFrame(reset()).kind, "reset");
  assert.deepEqual(readFrame(values({ slot: 3 })), { kind: "values", content: { slot: 3 } });
});

test("what is cut off or unknown is refused", () => {
  assert.throws(() => readFrame(changes({ number: 1, statuses: [[9, 1]] }).slice(0, -1)), /cut off/);
  assert.throws(() => readFrame(new ArrayBuffer(0)), /cut off/);
  assert.throws(() => readFrame(Uint8Array.of(99).buffer), /kind 99/);
});
