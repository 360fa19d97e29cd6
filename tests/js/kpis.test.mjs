import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { inService, load, onlineShare } from "../../assets/js/lib/kpis.mjs";
import { STATUS } from "../../assets/js/lib/marks.mjs";

test("devices out of service count neither as online nor as silent", () => {
  const counts = [90, 10, 5, 3, 1, 1];
  assert.equal(inService(counts), 100);
  assert.equal(onlineShare(counts), 0.95);
});

test("desk, wall and week share one definition of what is online", () => {
  const shared = JSON.parse(readFileSync(new URL("../online_share.json", import.meta.url), "utf-8"));
  assert.deepEqual(STATUS, shared["status bytes"]);
  for (const { counts, share } of shared.cases) assert.equal(onlineShare(counts), share);
});

test("a flood begins above ten and ends below five (ISA-18.2)", () => {
  assert.deepEqual([0, 4, 5, 10, 11].map((rate) => load(rate)), ["normal", "normal", "high", "high", "flood"]);
  assert.deepEqual([10, 5, 4].map((rate) => load(rate, "flood")), ["flood", "flood", "normal"]);
});
