import assert from "node:assert/strict";
import test from "node:test";
import { kpis, load } from "../../assets/js/lib/kpis.mjs";
import { makeAlarm } from "./cast.mjs";

test("devices out of service count neither as online nor as silent", () => {
  const figures = kpis([90, 10, 5, 3, 1, 1], [makeAlarm(), makeAlarm({ id: 2, kind: "prealarm" })], [1, 2, 3, 4]);
  assert.equal(figures.devices, 110);
  assert.equal(figures.inService, 100);
  assert.equal(figures.online, 0.95);
  assert.deepEqual([figures.fire, figures.prealarm, figures.fault, figures.stale], [1, 1, 0, 5]);
  assert.deepEqual([figures.rate, figures.load], [4, "normal"]);
});

test("without a device in service there is no rate to speak of", () => assert.equal(kpis([0, 3, 0, 0, 0, 0], [], []).online, null));

test("a flood begins above ten and ends below five (ISA-18.2)", () => {
  assert.deepEqual([0, 4, 5, 10, 11].map((rate) => load(rate)), ["normal", "normal", "high", "high", "flood"]);
  assert.deepEqual([10, 5, 4].map((rate) => load(rate, "flood")), ["flood", "flood", "normal"]);
});
