import assert from "node:assert/strict";
import test, { beforeEach } from "node:test";
import { statusOf } from "../../assets/js/lib/bindings.mjs";
import { setMessages } from "../../assets/js/lib/i18n.mjs";
import { describe } from "../../assets/js/lib/lost.mjs";
import { statusName, statusOfAlarm } from "../../assets/js/lib/marks.mjs";
import { stateOf, whatOf, whereOf } from "../../assets/js/lib/queue_row.mjs";
import { Worst } from "../../assets/js/lib/worst.mjs";
import { makeAlarm, makeTown } from "./cast.mjs";

beforeEach(() => setMessages({}, "zh"));

test("an alarm says where and what, with value and unit", () => {
  assert.equal(whereOf(makeAlarm()), "甲楼");
  assert.equal(whatOf(makeAlarm()), "烟雾达到火警值 · 17.2 % · 独立感烟 · 3层 302室");
  const outside = makeAlarm({ building: null, building_name: null, cause: "reported_fault", value: null, location: "晋新路口" });
  assert.equal(whereOf(outside), "晋新路口");
  assert.equal(whatOf(outside), "设备上报故障 · 独立感烟");
  const part = makeAlarm({ device_kind: "transmitter", cause: "test_bit_fire", value: null, point: "1-1-217", location: "走廊" });
  assert.equal(whatOf(part), "设备上报火警（测试位） · 用户信息传输装置 · 未登记部件 1-1-217 · 走廊");
});

test("an alarm says where it is in its life", () => {
  assert.equal(stateOf(makeAlarm()), "待确认");
  assert.equal(stateOf(makeAlarm({ cleared_at: 1 })), "已恢复 · 待确认");
  assert.equal(stateOf(makeAlarm({ acked_at: 1, acked_by: "值班员", cleared_at: 1 })), "值班员 已确认 · 已恢复");
});

test("the data is called normal, old, lost or awaited, never more than is known", () => {
  const health = { live: true, known: true, silentMs: 300, dataAgeMs: 400 };
  assert.deepEqual(describe(health), { state: "live", text: "数据正常 0.4s" });
  assert.equal(describe({ ...health, dataAgeMs: 120_000 }).text, "最新读数 2 分钟前");
  assert.equal(describe({ ...health, live: false }).state, "lost");
  assert.equal(describe({ ...health, dataAgeMs: null }).state, "old");
  assert.equal(describe({ ...health, known: false }).state, "waiting");
});

test("markup is bound to device, building or community; what is unknown is left alone", () => {
  const town = makeTown();
  const picture = { town, worst: new Worst(town, Uint8Array.of(0, 4, 5, 0, 0)) };
  assert.equal(statusOf({ slot: "1" }, picture), 4);
  assert.equal(statusOf({ building: "B2" }, picture), 5);
  assert.equal(statusOf({ community: "001" }, picture), 4);
  assert.equal(statusOf({ building: "gone" }, picture), null);
  assert.equal(statusOf({ slot: "77" }, picture), null);
  assert.equal(statusOf({ slot: "1" }, { worst: null }), null);
});

test("an unknown status is shown as the worst, never as calm", () => {
  assert.equal(statusName(17), "alarm");
  assert.equal(statusOfAlarm("something new"), 5);
});
