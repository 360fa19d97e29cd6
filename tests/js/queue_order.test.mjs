import assert from "node:assert/strict";
import test from "node:test";
import { countKinds, openAlarms } from "../../assets/js/lib/queue_order.mjs";
import { makeAlarm } from "./cast.mjs";

const idsOf = (alarms, filter) => openAlarms(alarms, filter).map(({ id }) => id);

test("unacknowledged fires come first, the longest waiting on top", () => {
  const alarms = [
    makeAlarm({ id: "fault", kind: "fault", raised_at: 1 }),
    makeAlarm({ id: "new fire", raised_at: 9 }),
    makeAlarm({ id: "seen fire", raised_at: 2, acked_at: 3 }),
    makeAlarm({ id: "old fire", raised_at: 4 }),
    makeAlarm({ id: "prealarm", kind: "prealarm", raised_at: 8 }),
  ];
  assert.deepEqual(idsOf(alarms), ["old fire", "new fire", "seen fire", "prealarm", "fault"]);
});

test("within a kind what nobody has acknowledged comes first, then the newest", () => {
  const alarms = [
    makeAlarm({ id: 1, kind: "fault", raised_at: 5, acked_at: 6 }),
    makeAlarm({ id: 2, kind: "fault", raised_at: 1 }),
    makeAlarm({ id: 3, kind: "fault", raised_at: 3 }),
    makeAlarm({ id: 4, kind: "fault", raised_at: 3 }),
  ];
  assert.deepEqual(idsOf(alarms), [3, 4, 2, 1]);
});

test("a filter keeps one kind", () => {
  const alarms = [makeAlarm({ id: 1 }), makeAlarm({ id: 2, kind: "supervisory" })];
  assert.deepEqual(idsOf(alarms, { kinds: new Set(["supervisory"]) }), [2]);
  assert.deepEqual(countKinds(alarms), { fire: 1, prealarm: 0, fault: 0, supervisory: 1 });
});

test("five thousand alarms are ordered within a frame's time or two", () => {
  const alarms = Array.from({ length: 5000 }, (_, i) => makeAlarm({ id: i, kind: i % 3 ? "fault" : "fire", raised_at: (i * 7919) % 5000 }));
  const start = performance.now();
  assert.equal(openAlarms(alarms).length, 5000);
  assert.ok(performance.now() - start < 200);
});
