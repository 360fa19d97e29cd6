import assert from "node:assert/strict";
import test, { mock } from "node:test";
import { TICKS, TICK_MS, onSecond, onTick, phase } from "../../assets/js/lib/ticker.mjs";

test("everything that moves does so in one frame, three times a second", () => {
  const timers = [];
  const frames = [];
  mock.method(globalThis, "setTimeout", (fn, ms) => timers.push({ fn, ms }));
  globalThis.requestAnimationFrame = (fn) => frames.push(fn);
  mock.method(console, "error", () => {});
  const tick = () => {
    timers.shift().fn();
    frames.shift()();
  };
  const seen = { phases: [], seconds: 0 };
  onTick(() => {
    throw new Error("one broken panel");
  });
  const off = onTick((at) => seen.phases.push(at));
  onSecond(() => (seen.seconds += 1));
  assert.equal(timers.length, 1, "one clock for all");
  assert.ok(timers[0].ms > 0 && timers[0].ms <= TICK_MS);
  for (let i = 0; i < TICKS; i++) tick();
  assert.equal(frames.length, 0);
  assert.deepEqual(seen.phases, [1, 2, 3, 4, 5, 0].map((i) => i / TICKS));
  assert.equal(seen.seconds, 2);
  assert.equal(phase(), 0);
  off();
  tick();
  assert.equal(seen.phases.length, TICKS);
  assert.equal(console.error.mock.callCount(), TICKS + 1, "a broken panel is told and stops nothing");
  mock.restoreAll();
  delete globalThis.requestAnimationFrame;
});
