import assert from "node:assert/strict";
import test, { mock } from "node:test";
import { Load } from "../../assets/js/lib/flood.mjs";

mock.timers.enable({ apis: ["setInterval"] });

function makeLoad(answer, n) {
  const picture = {
    client: { recent: Array(n).fill(1), serverNow: () => 5000 },
    worst: null,
    on: (fn) => (picture.tell = fn),
  };
  const load = new Load(picture, async () => answer);
  const told = [];
  load.on(({ rate, level, since }) => told.push([rate, level, since]));
  const full = async () => {
    picture.tell({ full: true, alarms: new Set() });
    await new Promise((resolve) => setImmediate(resolve));
  };
  const become = (count) => {
    picture.client.recent = Array(count).fill(1);
    picture.tell({ full: false, alarms: new Set([1]) });
  };
  return { load, told, full, become };
}

test("a flood begins above ten alarms and ends by itself below five", async () => {
  const { told, full, become } = makeLoad({ rate: 3, flood_since: null }, 3);
  await full();
  [10, 11, 11, 5, 4].forEach(become);
  assert.deepEqual(told, [
    [3, "normal", null],
    [10, "high", null],
    [11, "flood", 5000],
    [5, "flood", 5000],
    [4, "normal", null],
  ]);
});

test("a screen that opens in the middle of a flood shows what the others show", async () => {
  const { load, full } = makeLoad({ rate: 7, flood_since: 1234 }, 7);
  await full();
  assert.deepEqual([load.level, load.since], ["flood", 1234]);
});

test("a server that can't be asked changes nothing", async () => {
  const { load, full } = makeLoad(null, 7);
  await full();
  assert.deepEqual([load.level, load.since], ["high", null]);
});

test("time alone ends a flood", async () => {
  const { load, full, become } = makeLoad({ rate: 12, flood_since: null }, 12);
  await full();
  become(12);
  load.picture.client.recent = [];
  mock.timers.tick(5000);
  assert.equal(load.level, "normal");
});
