import assert from "node:assert/strict";
import test from "node:test";
import { setMessages } from "../../assets/js/lib/i18n.mjs";
import { bodyOfRule, missingOfRule } from "../../assets/js/lib/rule_form.mjs";

setMessages({}, "zh");

const FIRE = { above: true, limits: { on: [5, 30], off: [0, 100] }, delays: { on_delay_s: 0, off_delay_s: 3600 } };
const GOOD = { on: 15, off: 8, on_delay_s: 0, off_delay_s: 0, reason: "试" };

test("a locked field is none", () => {
  const form = new FormData();
  Object.entries({ on: "15", off: "8", off_delay_s: "30", reason: " 试 " }).forEach(([name, value]) => form.append(name, value));
  assert.deepEqual(bodyOfRule(form), { ...GOOD, off_delay_s: 30 });
});

test("what a rule may not have is said before it is sent", () => {
  const wrong = (change, rule = FIRE) => missingOfRule({ ...GOOD, ...change }, rule);
  assert.equal(wrong({}), "");
  assert.equal(wrong({ on: 31 }), "报警值须在 5 … 30 之间");
  assert.equal(wrong({ on: Number.NaN }), "报警值须在 5 … 30 之间");
  assert.equal(wrong({ off: 15 }), "恢复值须低于报警值");
  assert.equal(wrong({ off: 8 }, { ...FIRE, above: false }), "恢复值须高于报警值");
  assert.equal(wrong({ off_delay_s: 1.5 }), "延时须为 0 … 3600 的整秒");
  assert.equal(wrong({ reason: "" }), "请写明为什么");
});
