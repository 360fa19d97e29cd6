import assert from "node:assert/strict";
import test from "node:test";
import { onMap } from "../../assets/js/lib/drilldown.mjs";
import { href, parse, same } from "../../assets/js/lib/selection.mjs";

test("the address says what is chosen, the narrowest thing wins", () => {
  assert.deepEqual(parse("?building=B1"), { type: "building", id: "B1" });
  assert.deepEqual(parse("?community=001&device=XT-1"), { type: "device", id: "XT-1" });
  assert.equal(parse("?week=3"), null);
  assert.equal(parse(""), null);
});

test("address and selection are each other's inverse, whatever the id", () => {
  for (const selection of [null, { type: "work_point", id: "A" }, { type: "device", id: "a b&c=#/é" }]) {
    const address = href(selection, { pathname: "/", search: "" });
    assert.deepEqual(parse(address.slice(1)), selection);
  }
});

test("two selections are the same by type and id", () => {
  assert.equal(same({ type: "slot", id: "1" }, { type: "slot", id: "1" }), true);
  assert.equal(same(null, { type: "slot", id: "1" }), false);
  assert.equal(same(null, null), true);
});

test("an incident is on the map where its building is, or its device in the open", () => {
  const chosen = { type: "incident", id: "7" };
  assert.deepEqual(parse("?incident=7&building=B1"), chosen);
  assert.equal(onMap(chosen, { id: "8", buildingId: "B1" }), null);
  assert.deepEqual(onMap(chosen, { id: "7", buildingId: "B1" }), { type: "building", id: "B1" });
  assert.deepEqual(onMap(chosen, { id: "7", slot: "3" }), { type: "slot", id: "3" });
});

test("a device is on the map where its drill-down says, once that is there", () => {
  const chosen = { type: "device", id: "XT-1" };
  assert.equal(onMap(chosen, undefined), null);
  assert.equal(onMap(chosen, { id: "XT-9", slot: "9" }), null);
  assert.deepEqual(onMap(chosen, { id: "XT-1", slot: "17" }), { type: "slot", id: "17" });
  assert.equal(onMap(null, { id: "XT-1", slot: "17" }), null);
});
