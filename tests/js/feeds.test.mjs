import assert from "node:assert/strict";
import test from "node:test";
import { errorWord } from "../../assets/js/lib/feeds/errors.mjs";
import { decoded, dump, outcomeWord, readable, reasonWord } from "../../assets/js/lib/feeds/letter.mjs";
import { replayedWord } from "../../assets/js/lib/feeds/letters.mjs";
import { EVERY_MS, Poll, describe } from "../../assets/js/lib/feeds/poll.mjs";
import { Rates } from "../../assets/js/lib/feeds/rates.mjs";
import { bodyOf, missingOf } from "../../assets/js/lib/feeds/register.mjs";
import { merged } from "../../assets/js/lib/feeds/settled.mjs";
import { stateOf } from "../../assets/js/lib/feeds/sources.mjs";
import { bytesOf, stateWord } from "../../assets/js/lib/feeds/strangers.mjs";
import { lagWord, rateWord } from "../../assets/js/lib/feeds/table.mjs";
import { dutyWord, linkOf, processLives, whyUnknown } from "../../assets/js/lib/feeds/transmitters.mjs";
import { setMessages } from "../../assets/js/lib/i18n.mjs";

setMessages({}, "zh");
const T = Date.UTC(2026, 10, 22, 2, 24, 7);

/** A browser whose clock, server and tab are played by hand. */
function play() {
  const world = { at: T, hidden: false, waits: [], answers: [], asked: 0, visible: null };
  const outside = {
    fetch: () => (world.asked++, new Promise((resolve, reject) => world.answers.push({ resolve, reject }))),
    now: () => world.at,
    later: (fn, ms) => world.waits.push({ fn, ms }),
    cancel: () => (world.waits = []),
    hidden: () => world.hidden,
    onVisible: (fn) => (world.visible = fn),
  };
  const poll = new Poll(outside);
  const settle = async (answer) => {
    if (answer instanceof Error) world.answers.shift().reject(answer);
    else world.answers.shift().resolve({ ok: !answer.status, status: answer.status ?? 200, json: async () => answer });
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { world, poll, settle };
}

test("the page asks again a while after each answer, and not in a hidden tab", async () => {
  const { world, poll, settle } = play();
  let told = 0;
  poll.on(() => told++);
  poll.ask();
  await settle({ now: T + 500 });
  assert.deepEqual([told, poll.data.now, world.waits.map(({ ms }) => ms)], [1, T + 500, [EVERY_MS]]);
  world.at += 1000;
  assert.equal(poll.now(), T + 1500, "by the server's clock");
  world.hidden = true;
  world.waits.pop().fn();
  await settle({ now: T });
  assert.deepEqual(world.waits, []);
  world.hidden = false;
  world.visible();
  assert.equal(world.asked, 3);
});

test("what was done while an answer is on its way is asked for after it", async () => {
  const { world, poll, settle } = play();
  poll.ask();
  poll.ask();
  assert.equal(world.asked, 1);
  await settle({ now: 1 });
  assert.equal(world.asked, 2);
});

test("how old the page is, and why, is said", async () => {
  const { world, poll, settle } = play();
  const said = () => describe(poll, world.at);
  assert.equal(said().state, "waiting");
  poll.ask();
  await settle(new Error("away"));
  assert.deepEqual(said(), { state: "failed", text: "暂时无法读取数据" });
  poll.ask();
  await settle({ now: T });
  world.at += 2000;
  assert.deepEqual(said(), { state: "fresh", text: "2 秒前更新" });
  world.at += 30_000;
  assert.deepEqual(said(), { state: "stale", text: "数据停在 32 秒前，正在重试" });
  poll.ask();
  await settle({ status: 403 });
  assert.deepEqual([said().text, poll.data.now], ["您的角色不能看本页", T]);
});

test("a rate is that of the last minute, and unknown at first", () => {
  const rates = new Rates();
  rates.note("a", 100, 0);
  assert.equal(rates.of("a"), null);
  rates.note("a", 110, 3000);
  assert.equal(rates.of("a"), null, "3 s say too little");
  rates.note("a", 120, 6000);
  assert.equal(rates.of("a"), 200);
  for (let at = 9000; at <= 120_000; at += 3000) rates.note("a", 120, at);
  assert.equal(rates.of("a"), 0);
  rates.note("a", 3, 123_000); // a new connection counts anew
  assert.equal(rates.of("a"), null);
  assert.deepEqual([rateWord(null), rateWord(0), rateWord(0.5), rateWord(1234.5)], ["…", "0", "0.5", "1,235"]);
});

test("a link is believed only while its process lives", () => {
  assert.equal(processLives({ told: T }, T + 9000), true);
  assert.equal(processLives({ told: T }, T + 11_000), false);
  assert.equal(processLives({ told: null }, T), false);
  assert.deepEqual(linkOf({ up: true }, true), { status: "normal", word: "在线" });
  assert.deepEqual(linkOf({ up: false }, true), { status: "fault", word: "断开" });
  assert.deepEqual(linkOf(null, true), { status: "stale", word: "未连接" });
  assert.deepEqual(linkOf({ up: true }, false), { status: "stale", word: "不明" });
});

test("why the links are unknown: no process that takes them, or no Redis", () => {
  assert.equal(whyUnknown({ transmitters: { told: T }, sources: [] }, T), "");
  assert.equal(whyUnknown({ transmitters: { told: null }, sources: [] }, T), "接收传输装置的进程没有运行，链路不明。");
  assert.equal(whyUnknown({ transmitters: { told: null }, sources: null }, T), "Redis 暂时不可用，链路不明。");
});

test("a source without connections speaks or is silent", () => {
  const source = { connected: null, last_at: T };
  assert.equal(stateOf(source, T + 599_000).word, "有消息");
  assert.deepEqual(stateOf(source, T + 601_000), { status: "stale", word: "没有消息" });
  assert.equal(stateOf({ ...source, connected: false }, T).status, "fault");
});

test("lags have a unit, and clocks that run ahead say so", () => {
  assert.deepEqual([lagWord(undefined), lagWord(0.3), lagWord(-0.4), lagWord(-90)], ["—", "0.3 秒", "0.0 秒", "快 90 秒"]);
});

test("a duty check says what became of it", () => {
  const check = { asked_at: T, answered_at: T + 40_000, operator: 7 };
  assert.equal(dutyWord(null, T), "");
  assert.equal(dutyWord({ ...check, outcome: null }, T + 5000), "等待应答 00:05");
  assert.equal(dutyWord({ ...check, outcome: "answered" }, T), "10:24 操作员 7 应答，用时 00:40");
  assert.equal(dutyWord({ ...check, outcome: "unanswered" }, T), "10:24 无人应答");
  assert.equal(dutyWord({ ...check, outcome: "unreachable" }, T), "10:24 无法送达");
});

test("a part's last state and a transmitter's address as people know them", () => {
  assert.deepEqual([stateWord(3), stateWord(2), stateWord(1), stateWord(21), stateWord(null)], ["火警", "火警 · 测试", "正常", "故障 · 监管", "—"]);
  assert.equal(bytesOf(889), "00 00 00 00 03 79");
});

test("a device is chosen or made; what is missing is said first", () => {
  const said = { how: "device", device: "S0", kind: "smoke", name: " 感烟 ", location: "3层", building: null };
  assert.deepEqual(bodyOf(said), { device: "S0" });
  const fresh = bodyOf({ ...said, how: "new" });
  assert.deepEqual(fresh, { new: { kind: "smoke", name: "感烟", location: "3层" } });
  assert.equal(missingOf(fresh, false), "");
  assert.equal(missingOf(fresh, true), "请选择所在建筑");
  assert.equal(missingOf({ device: null }, false), "请选择一台设备");
  assert.equal(missingOf(bodyOf({ ...said, how: "new", name: " " }), false), "请写设备名称");
});

test("raw bytes are shown as hex with offsets, and as text in the encodings that devices use", () => {
  const bytes = (text) => new TextEncoder().encode(text);
  assert.deepEqual(decoded("W3s="), bytes("[{"));
  assert.equal(dump(bytes("[{ab")), `0000  5b 7b 61 62${" ".repeat(36)}  [{ab`);
  assert.equal(dump(new Uint8Array(17)).split("\n")[1].slice(0, 8), "0010  00");
  assert.equal(readable(bytes("走廊")), "走廊");
  assert.equal(readable(Uint8Array.of(0xd7, 0xdf, 0xc0, 0xc8)), "走廊"); // GB 18030
  assert.equal(readable(Uint8Array.of(0x40, 0x40, 0, 0xff)), null);
  assert.deepEqual([reasonWord("device"), reasonWord("new reason")], ["未知设备", "new reason"]);
});

test("what the server says of a message is said in words; what is new stays as it is", () => {
  assert.equal(errorWord("unknown device 'XT-1'"), "没有设备 XT-1");
  assert.equal(errorWord("pressure_mpa = 99.0 is not within 0 … 10"), "pressure_mpa = 99.0 超出 0 … 10");
  assert.equal(errorWord("measured_at '22.11.2026' is not RFC 3339, e.g. 2026-11-22T10:24:07+08:00"), "设备时间 22.11.2026 不是 RFC 3339 格式");
  assert.equal(errorWord("the sum is 3, the frame says 4"), "校验和错误");
  assert.equal(errorWord("something new"), "something new");
});

test("a replay of several says how many, and why the first of the others was refused", () => {
  const refused = [
    { id: 2, error: "unknown device 'X9'" },
    { id: 3, error: "somebody replayed or discarded it before" },
  ];
  assert.equal(replayedWord({ replayed: [1], refused }), "已重放 1 条；2 条仍无法接收：没有设备 X9");
  assert.equal(replayedWord({ replayed: [1], refused: [] }), "已重放 1 条");
});

test("settled letters of several pages are one list, the newest first, each once", () => {
  const ids = (letters) => letters.map(({ id }) => id);
  const first = merged([], [{ id: 9 }, { id: 7 }]);
  const both = merged(first, [{ id: 4 }, { id: 2 }]);
  assert.deepEqual(ids(both), [9, 7, 4, 2]);
  assert.deepEqual(ids(merged(both, [{ id: 11 }, { id: 9 }, { id: 8 }])), [11, 9, 8, 7, 4, 2]);
  assert.deepEqual([outcomeWord("replayed"), outcomeWord("discarded")], ["已重放", "已丢弃"]);
});
