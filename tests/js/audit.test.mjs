import assert from "node:assert/strict";
import test from "node:test";
import { questionOf, wholeness } from "../../assets/js/lib/audit/query.mjs";
import { CODES, actionWord, changesOf } from "../../assets/js/lib/audit/words.mjs";
import { setMessages } from "../../assets/js/lib/i18n.mjs";

setMessages({}, "zh");
const T = Date.UTC(2026, 10, 22, 2);

test("days are whole days of Shanghai, and what is empty is not asked for", () => {
  const asked = questionOf({ since: "2026-11-22", until: "2026-11-22", actor: " duty ", subject: "", result: "refused" });
  assert.deepEqual(Object.fromEntries(asked), { since: String(Date.UTC(2026, 10, 21, 16)), until: String(Date.UTC(2026, 10, 22, 16)), actor: "duty", result: "refused" });
  assert.equal(questionOf({ since: "soon" }).size, 0);
});

test("a verification that is old, broken or missing says so", () => {
  assert.equal(wholeness(null, T).state, "unknown");
  assert.deepEqual(wholeness({ at: T - 60_000, newest: 1234, count: 0 }, T), { state: "whole", text: "校验通过，至第 1,234 条，1 分钟前" });
  assert.equal(wholeness({ at: T - 3 * 3_600_000, newest: 1, count: 0 }, T).state, "unknown");
  assert.equal(wholeness({ at: T, newest: 1, count: 2 }, T).state, "broken");
});

test("each value is told once, what changed as it was and is", () => {
  const row = { detail: { note: "x", on: 1 }, before: { on: 10 }, after: { on: 12, by: null } };
  assert.deepEqual(changesOf(row), [
    { name: "note", before: null, after: "x" },
    { name: "on", before: "10", after: "12" },
    { name: "by", before: "—", after: "—" },
  ]);
});

test("every code has a word, and an unknown one is shown as it is", () => {
  for (const code of CODES) assert.notEqual(actionWord(code), code);
  assert.equal(actionWord("new.thing"), "new.thing");
});
