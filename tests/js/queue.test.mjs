import assert from "node:assert/strict";
import test from "node:test";
import { setMessages } from "../../assets/js/lib/i18n.mjs";
import { nameOf } from "../../assets/js/lib/keys.mjs";
import { EVERYTHING, isEverything, matcher, parseFilter, withFilter } from "../../assets/js/lib/queue_filter.mjs";
import { fold } from "../../assets/js/lib/queue_groups.mjs";
import { actionsOf, holdOf, stateOf, whyOf, wordOf } from "../../assets/js/lib/queue_row.mjs";
import { MOST_ROWS, startAt } from "../../assets/js/lib/queue_window.mjs";
import { href } from "../../assets/js/lib/selection.mjs";
import { asked, nextStep } from "../../assets/js/lib/step_form.mjs";
import { missingShelf, missingVerdict, shelveForm, verdictForm } from "../../assets/js/lib/verdict.mjs";
import { makeAlarm } from "./cast.mjs";

setMessages({}, "zh");

test("a row says how often it was reported, and that it comes and goes", () => {
  assert.equal(wordOf(makeAlarm({ count: 1 })), "火警");
  assert.equal(wordOf(makeAlarm({ count: 3, kind: "fault" })), "故障 ×3");
  assert.equal(wordOf(makeAlarm({ count: 12, kind: "prealarm", chattering_at: 5 })), "预警 反复 12 次");
  assert.equal(wordOf(makeAlarm({ kind: "prealarm", confirmed_at: 5 })), "火警");
});

test("a row says why an alarm is held, by whom and until when", () => {
  const until = Date.UTC(2026, 10, 22, 3, 20); // 11:20 in Shanghai
  const shelved = makeAlarm({ kind: "fault", shelved_until: until, shelved_by: "duty", shelve_reason: "等待维修" });
  assert.equal(holdOf(shelved, until - 60_000), "duty 搁置至 11:20：等待维修");
  assert.equal(holdOf(makeAlarm({ kind: "prealarm", suppressed_at: 1 }), 0), "已抑制：同一设备有火警");
  assert.equal(holdOf(makeAlarm({ kind: "fault", out_of_service_at: 1 }), 0), "设备停用中");
  assert.equal(holdOf(makeAlarm(), 0), "");
});

test("a row says why its incident is believed and how far the response is", () => {
  assert.equal(whyOf(makeAlarm({ confidence: "smoke+heat/90", response: "arrived" })), "独立感烟 + 感温，90 秒内 · 已到场");
  assert.equal(whyOf(makeAlarm({ confidence: "smoke+manual/30", response: "none" })), "独立感烟 + 手动报警按钮，30 秒内");
  assert.equal(whyOf(makeAlarm({ confidence: "manual" })), "手动报警按钮按下");
  assert.equal(whyOf(makeAlarm({ confidence: "smoke+smoke+heat/1800" })), "独立感烟 ×2 + 感温，30 分钟内");
  assert.equal(whyOf(makeAlarm({ confidence: "gas+manual/0" })), "可燃气体 + 手动报警按钮，同时");
  assert.equal(whyOf(makeAlarm({ confidence: "", response: "none" })), "");
});

test("a row says who confirmed a fire", () => {
  assert.equal(stateOf(makeAlarm({ acked_at: 1, acked_by: "a", confirmed_at: 2, confirmed_by: "b" })), "b 已确认起火");
  assert.equal(stateOf(makeAlarm({ acked_at: 1, acked_by: "a", cleared_at: 2 })), "a 已确认 · 已恢复");
  assert.equal(stateOf(makeAlarm({ cleared_at: 2 })), "已恢复 · 待确认");
});

test("what may be done follows the life of an alarm; a fire is never shelved", () => {
  assert.deepEqual(actionsOf(makeAlarm()), ["acknowledge", "verdict", "confirm"]);
  assert.deepEqual(actionsOf(makeAlarm({ acked_at: 1, confirmed_at: 1 })), ["verdict"]);
  assert.deepEqual(actionsOf(makeAlarm({ kind: "prealarm" })), ["acknowledge", "confirm", "shelve", "verdict"]);
  assert.deepEqual(actionsOf(makeAlarm({ kind: "prealarm", confirmed_at: 1, acked_at: 1 })), ["verdict"]);
  assert.deepEqual(actionsOf(makeAlarm({ kind: "fault", acked_at: 1, shelved_until: 9 })), ["unshelve", "verdict"]);
});

test("the address carries the filter beside the selection", () => {
  const filter = { kind: "fire", show: "waiting", in: "001", find: "沙塘 3层" };
  const search = withFilter(filter, "?building=B1");
  assert.deepEqual(parseFilter(search), filter);
  assert.equal(new URLSearchParams(search).get("building"), "B1");
  assert.equal(withFilter(EVERYTHING, search), "?building=B1");
  assert.equal(withFilter(EVERYTHING, "?kind=fire"), "");
  assert.deepEqual(parseFilter("?kind=nonsense&show=all"), EVERYTHING);
  assert.equal(isEverything(parseFilter("?building=B1")), true);
});

test("choosing something else keeps the filter in the address", () => {
  const from = { pathname: "/", search: "?building=B1&kind=fault&find=a" };
  assert.equal(href({ type: "device", id: "X 1" }, from), "/?device=X+1&kind=fault&find=a");
  assert.equal(href(null, from), "/?kind=fault&find=a");
});

test("a filter keeps kind, community, what waits, what is held, and every word that is looked for", () => {
  const all = [
    makeAlarm({ id: 1 }),
    makeAlarm({ id: 2, kind: "fault", community: "002", acked_at: 1 }),
    makeAlarm({ id: 3, kind: "prealarm", shelved_until: 9, building_name: "Yi Lou" }),
    makeAlarm({ id: 4, kind: "prealarm", confirmed_at: 9, acked_at: 9 }),
  ];
  const ids = (part) => all.filter(matcher({ ...EVERYTHING, ...part })).map(({ id }) => id);
  assert.deepEqual(ids({}), [1, 2, 3, 4]);
  assert.deepEqual(ids({ kind: "fire" }), [1, 4]);
  assert.deepEqual(ids({ in: "002" }), [2]);
  assert.deepEqual(ids({ show: "waiting" }), [1, 3]);
  assert.deepEqual(ids({ show: "held" }), [3]);
  assert.deepEqual(ids({ find: "yi 302" }), [3]);
  assert.deepEqual(ids({ find: "甲楼  沙塘", kind: "fault" }), [2]);
});

test("in a flood alarms of one building and cause stand behind the first; nothing is lost", () => {
  const alarms = [
    makeAlarm({ id: 1 }),
    makeAlarm({ id: 2, building: "B2" }),
    makeAlarm({ id: 3 }),
    makeAlarm({ id: 4, kind: "fault", cause: "battery_low" }),
    makeAlarm({ id: 5, acked_at: 1 }),
    makeAlarm({ id: 6, kind: "fault", cause: "battery_low", shelved_until: 9 }),
  ];
  const closed = fold(alarms, new Set());
  assert.deepEqual(closed.shown.map(({ id }) => id), [1, 2, 4, 6]);
  const group = closed.groups.get(1);
  assert.deepEqual([group.rest, group.waiting, group.open], [2, 1, false]);
  assert.equal(closed.groups.size, 1);
  const open = fold(alarms, new Set([group.key]));
  assert.deepEqual(open.shown.map(({ id }) => id), [1, 3, 5, 2, 4, 6]);
  assert.deepEqual([...open.members], [3, 5]);
});

test("digits answer one step after the other; a step that is not asked has no answer", () => {
  const { steps } = verdictForm();
  assert.equal(nextStep(steps, {}).name, "verdict");
  assert.equal(nextStep(steps, { verdict: "false" }).name, "cause");
  assert.equal(nextStep(steps, { verdict: "real" }), null);
  assert.deepEqual(asked(steps, { verdict: "real", cause: "steam" }), { verdict: "real" });
});

test("a false alarm needs its cause, a real one what was found, a shelf its time and reason", () => {
  assert.equal(missingVerdict({}, "x"), "请选择结论");
  assert.equal(missingVerdict({ verdict: "false" }, "油烟"), "请选择误报原因");
  assert.equal(missingVerdict({ verdict: "false", cause: "steam" }, ""), "");
  assert.equal(missingVerdict({ verdict: "real" }, " "), "真警请写明现场情况");
  assert.equal(missingVerdict({ verdict: "real" }, "已扑灭"), "");
  assert.equal(missingVerdict({ verdict: "drill" }, ""), "");
  assert.equal(missingShelf({}, "x"), "请选择时长");
  assert.equal(missingShelf({ minutes: "60" }, " "), "请写明原因");
  assert.equal(missingShelf({ minutes: "60" }, "等待维修"), "");
  assert.equal(Math.max(...shelveForm().steps[0].choices.map(([minutes]) => Number(minutes))), 480);
});

test("a letter with Shift is another key, Caps Lock makes none", () => {
  assert.equal(nameOf({ key: "A", shiftKey: true }), "Shift+a");
  assert.equal(nameOf({ key: "A", shiftKey: false }), "a");
  assert.equal(nameOf({ key: "?", shiftKey: true }), "?");
  assert.equal(nameOf({ key: "Enter", shiftKey: true }), "Enter");
});

test("the window of rows stays within the list", () => {
  assert.equal(startAt(0, 5000), 0);
  assert.equal(startAt(2500, 5000), 2488);
  assert.equal(startAt(4999, 5000), 5000 - MOST_ROWS);
  assert.equal(startAt(10, 12), 0);
});
