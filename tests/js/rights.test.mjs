import assert from "node:assert/strict";
import { test } from "node:test";
import { Rights } from "../../assets/js/lib/rights.mjs";

const MAINTAINER = new Rights({ rights: "acknowledge judge look_into shelve", alarms: "fault supervisory" });

test("a right is held or not", () => {
  assert.equal(MAINTAINER.may("shelve"), true);
  assert.equal(MAINTAINER.may("edit_rules"), false);
});

test("what may be done with an alarm depends on its kind too", () => {
  const actions = ["acknowledge", "verdict", "confirm", "shelve", "unshelve"];
  const on = (kind) => actions.filter((action) => MAINTAINER.mayDo(action, { kind }));
  assert.deepEqual(on("fault"), ["acknowledge", "verdict", "shelve", "unshelve"]);
  assert.deepEqual(on("fire"), []);
});

test("a page that says nothing allows nothing", () => {
  const nobody = new Rights({});
  assert.equal(nobody.may("look_into"), false);
  assert.equal(nobody.mayDo("acknowledge", { kind: "fault" }), false);
});
