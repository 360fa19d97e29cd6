import assert from "node:assert/strict";
import test from "node:test";
import { Ordered, Tally, compareAlarms } from "../../assets/js/lib/queue_order.mjs";
import { makeAlarm } from "./cast.mjs";

function idsOf(alarms) {
  const ordered = new Ordered();
  ordered.reset(alarms);
  return ordered.list.map(({ id }) => id);
}

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

test("what is held comes last, a pre-alarm confirmed as a fire stands with the fires", () => {
  const alarms = [
    makeAlarm({ id: "shelved", kind: "prealarm", shelved_until: 9 }),
    makeAlarm({ id: "fault", kind: "fault", acked_at: 3 }),
    makeAlarm({ id: "confirmed", kind: "prealarm", acked_at: 3, confirmed_at: 3 }),
    makeAlarm({ id: "prealarm", kind: "prealarm" }),
    makeAlarm({ id: "suppressed", kind: "prealarm", suppressed_at: 1 }),
    makeAlarm({ id: "out", kind: "fault", out_of_service_at: 1 }),
  ];
  assert.deepEqual(idsOf(alarms), ["confirmed", "prealarm", "fault", "shelved", "suppressed", "out"]);
});

/** Numbers that look random and are the same each time. */
function* numbers(seed) {
  for (let x = seed; ; ) yield (x = (x * 1_103_515_245 + 12_345) % 2 ** 31);
}

test("whatever comes, changes and goes, the order is that of a sort and the figures those of a count", () => {
  const ordered = new Ordered();
  const tally = new Tally();
  const open = new Map();
  const random = numbers(7);
  const pick = (n) => Math.floor((random.next().value / 2 ** 31) * n);
  const kinds = ["fire", "prealarm", "fault", "supervisory"];
  for (let i = 0; i < 3000; i++) {
    const id = pick(200);
    if (pick(4) === 0) {
      ordered.drop(id);
      tally.set(id, null);
      open.delete(id);
    } else {
      const held = { shelved_until: pick(5) ? null : 9 };
      const alarm = makeAlarm({ id, kind: kinds[pick(4)], raised_at: pick(50), acked_at: pick(2) ? 1 : null, ...held });
      ordered.put(alarm);
      tally.set(id, alarm);
      open.set(id, alarm);
    }
  }
  const sorted = [...open.values()].sort(compareAlarms);
  assert.deepEqual(ordered.list, sorted);
  sorted.forEach((alarm, i) => assert.equal(ordered.indexOf(alarm.id), i));
  assert.equal(tally.size, sorted.length);
  assert.equal(tally.held, sorted.filter((alarm) => alarm.shelved_until).length);
  assert.equal(tally.waiting, sorted.filter((alarm) => !alarm.acked_at).length);
  assert.equal(tally.burning, sorted.filter((alarm) => alarm.kind === "fire" && !alarm.acked_at).length);
  for (const kind of kinds) assert.equal(tally.kinds[kind], sorted.filter((alarm) => alarm.kind === kind).length);
});

test("an alarm that comes or goes among five thousand is compared with some, never with all", () => {
  const counter = { looks: 0 };
  /** An alarm that counts how often its kind is asked for: what each comparison begins with. */
  const watched = (own) => {
    const { kind, ...rest } = makeAlarm(own);
    return Object.defineProperty(rest, "kind", { get: () => (counter.looks++, kind) });
  };
  const ordered = new Ordered();
  ordered.reset(Array.from({ length: 5000 }, (_, i) => watched({ id: i, kind: i % 3 ? "fault" : "fire", raised_at: (i * 7919) % 5000 })));
  const alone = watched({ id: -1, kind: "fault" });
  counter.looks = 0;
  compareAlarms(alone, alone);
  const perComparison = counter.looks;
  counter.looks = 0;
  for (let i = 0; i < 1000; i++) {
    ordered.put(watched({ id: 5000 + i, kind: "fault", raised_at: 5000 + i }));
    ordered.drop(i);
  }
  assert.equal(ordered.list.length, 5000);
  const halvings = Math.ceil(Math.log2(5001));
  assert.ok(counter.looks <= 2000 * halvings * perComparison, `${counter.looks} looks`);
});
