import assert from "node:assert/strict";
import test from "node:test";
import { AtWork } from "../../assets/js/lib/at_work.mjs";
import { setMessages } from "../../assets/js/lib/i18n.mjs";
import { sinceOf, stageOf } from "../../assets/js/lib/work_list.mjs";
import { makeAlarm } from "./cast.mjs";

setMessages({}, "zh");

/** A picture whose stream is played by hand, and a server whose answers are given by hand. */
function play() {
  const heard = {};
  const picture = { worst: null, on: (fn) => (heard.change = fn), onAlarm: (fn) => (heard.alarm = fn), onIncident: (fn) => (heard.incident = fn) };
  const waits = [];
  const questions = [];
  const outside = {
    ask: () => new Promise((resolve, reject) => questions.push({ resolve, reject })),
    later: (fn, ms) => waits.push({ fn, ms }),
  };
  const work = new AtWork(picture, outside);
  return { ...heard, work, questions, waits, pass: () => waits.splice(0).map(({ fn, ms }) => (fn(), ms)) };
}

const answered = () => new Promise((resolve) => setImmediate(resolve));
const ended = (own) => makeAlarm({ closed_at: 9, ...own });

test("the first picture asks at once, further ones again", async () => {
  const { change, work, questions, pass } = play();
  change({ full: true });
  assert.deepEqual(pass(), [0]);
  questions[0].resolve([{ id: 4 }]);
  await answered();
  assert.deepEqual(work.incidents, [{ id: 4 }]);
  change({ full: false });
  assert.deepEqual(pass(), []);
});

test("the end of an incident's alarm, work on one, and an alarm that joins one that is shown ask again", async () => {
  const { change, alarm, incident, questions, waits, pass } = play();
  change({ full: true });
  pass();
  questions[0].resolve([{ id: 4 }]);
  await answered();
  alarm(makeAlarm({ incident: 7 }), null);
  alarm(makeAlarm({ incident: 4, count: 2 }), makeAlarm({ incident: 4 }));
  alarm(ended({ kind: "fault", incident: null }), makeAlarm());
  assert.equal(waits.length, 0);
  for (const happen of [() => alarm(ended({ incident: 7 }), makeAlarm({ incident: 7 })), () => incident({ id: 7, buildings: [] }), () => alarm(makeAlarm({ incident: 4 }), null)]) {
    happen();
    happen();
    assert.equal(pass().length, 1, "what comes together is asked for once");
    questions.at(-1).resolve([{ id: 4 }]);
    await answered();
  }
  assert.equal(questions.length, 4);
});

test("what happens while an answer is on its way is asked for after it", async () => {
  const { change, incident, work, questions, pass } = play();
  change({ full: true });
  pass();
  incident({ id: 1, buildings: [] });
  assert.deepEqual(pass(), []);
  questions[0].resolve([]);
  await answered();
  assert.deepEqual(pass(), [1000]);
  questions[1].resolve([{ id: 1 }]);
  await answered();
  assert.deepEqual(work.incidents, [{ id: 1 }]);
  assert.deepEqual(pass(), []);
});

test("without an answer the rows stay, say so, and are asked for again", async () => {
  const { change, incident, work, questions, pass } = play();
  let told = 0;
  work.on(() => told++);
  change({ full: true });
  pass();
  questions[0].resolve([{ id: 1 }]);
  await answered();
  incident({ id: 1, buildings: [] });
  pass();
  questions[1].reject(new Error("away"));
  await answered();
  assert.deepEqual([work.incidents, work.failed, told], [[{ id: 1 }], true, 2]);
  assert.deepEqual(pass(), [3000]);
  questions[2].resolve([]);
  await answered();
  assert.deepEqual([work.incidents, work.failed, told], [[], false, 3]);
});

test("a row says how far it is, since when, and that a verdict is wanted", () => {
  const at = (stage, times) => ({ last_at: 1, response: { stage, dispatched_to: "微型消防站 01", ...times } });
  assert.equal(stageOf(at("dispatched")), "已派出 · 微型消防站 01");
  assert.equal(stageOf(at("controlled")), "已控制");
  assert.equal(stageOf(at("ended")), "处置结束 · 待结论");
  assert.equal(stageOf(at("none")), "待结论");
  assert.equal(sinceOf(at("arrived", { dispatched_at: 2, arrived_at: 3 })), 3);
  assert.equal(sinceOf(at("none")), 1);
});
