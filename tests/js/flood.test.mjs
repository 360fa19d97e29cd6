import assert from "node:assert/strict";
import test, { mock } from "node:test";
import { Load } from "../../assets/js/lib/flood.mjs";

mock.timers.enable({ apis: ["setInterval"] });

function makeLoad(floodSince, n) {
  const picture = {
    client: { recent: Array(n).fill(1), serverNow: () => 5000, present: { floodSince } },
    worst: null,
    on: (fn) => (picture.tell = fn),
  };
  const load = new Load(picture);
  const told = [];
  load.on(({ rate, level, since }) => told.push([rate, level, since]));
  const full = () => picture.tell({ full: true, alarms: new Set() });
  const become = (count) => {
    picture.client.recent = Array(count).fill(1);
    picture.tell({ full: false, alarms: new Set([1]) });
  };
  return { load, told, full, become };
}

test("a flood begins above ten alarms and ends by itself below five", () => {
  const { told, full, become } = makeLoad(null, 3);
  full();
  [10, 11, 11, 5, 4].forEach(become);
  assert.deepEqual(told, [
    [3, "normal", null],
    [10, "high", null],
    [11, "flood", 5000],
    [5, "flood", 5000],
    [4, "normal", null],
  ]);
});

test("a screen that opens in the middle of a flood shows what the others show", () => {
  const { load, full } = makeLoad(1234, 7);
  full();
  assert.deepEqual([load.level, load.since], ["flood", 1234]);
});

test("a flood whose alarms have grown too few is over", () => {
  const { load, full } = makeLoad(1234, 4);
  full();
  assert.deepEqual([load.level, load.since], ["normal", null]);
});

test("time alone ends a flood", () => {
  const { load, full, become } = makeLoad(null, 12);
  full();
  become(12);
  load.picture.client.recent = [];
  mock.timers.tick(5000);
  assert.equal(load.level, "normal");
});

test("who begins to listen later is told at once what is known", () => {
  const { load, full } = makeLoad(1234, 7);
  full();
  const late = [];
  load.on(({ rate, level }) => late.push([rate, level]));
  assert.deepEqual(late, [[7, "flood"]]);
});
