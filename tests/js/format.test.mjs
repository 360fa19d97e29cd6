import assert from "node:assert/strict";
import test, { beforeEach } from "node:test";
import { age, clock, dateTime, metres, number, percent, reading, seconds, time } from "../../assets/js/lib/format.mjs";
import { named, setMessages, t } from "../../assets/js/lib/i18n.mjs";

const S = 1000;
const M = 60 * S;
const H = 60 * M;

beforeEach(() => setMessages({}, "zh"));

test("a running clock: minutes and seconds, then hours, then days", () => {
  assert.deepEqual([42 * S, 3 * M + 10 * S, 59 * M + 59 * S].map(clock), ["00:42", "03:10", "59:59"]);
  assert.deepEqual([H, 23 * H + 5 * M, 50 * H].map(clock), ["1 时 00 分", "23 时 05 分", "2 天"]);
  assert.equal(clock(-5 * S), "00:00", "a server clock ahead of ours is no time yet");
});

test("an age in one unit", () => {
  assert.deepEqual([12 * S, 3 * M, 5 * H, 49 * H].map(age), ["12 秒前", "3 分钟前", "5 小时前", "2 天前"]);
});

test("ages in English when the page is English", () => {
  setMessages({ "{n} 秒前": "{n} s ago" }, "en");
  assert.equal(age(12 * S), "12 s ago");
});

test("the header's short age", () => assert.deepEqual([420, 9900, 31 * S, 5 * M].map(seconds), ["0.4s", "9.9s", "31s", "05:00"]));

test("times are those of Shanghai wherever the browser stands", () => {
  const at = Date.UTC(2026, 10, 22, 18, 24, 7);
  assert.equal(time(at), "02:24:07");
  assert.equal(dateTime(at), "11-23 02:24");
});

test("numbers carry as many digits as say something", () => {
  assert.deepEqual([0.07, 9.1, 41.5, 412].map(reading), ["0.07", "9.10", "41.5", "412"]);
  assert.deepEqual([percent(0.9823), percent(null), number(6000), number(NaN)], ["98.2%", "–", "6,000", "–"]);
  assert.deepEqual([metres(85.4), metres(1530)], ["85 m", "1.5 km"]);
});

test("an unknown message shows itself, an unknown place stays", () => {
  assert.equal(t("{n} 台", { n: 3 }), "3 台");
  assert.equal(t("{x} 台", { n: 3 }), "{x} 台");
  assert.equal(named("沙塘社区", "Shatang"), "沙塘社区");
});
