import assert from "node:assert/strict";
import test from "node:test";
import { dotsFrom } from "../../assets/js/lib/layers/devices.mjs";
import { ringAt } from "../../assets/js/lib/layers/alarms.mjs";
import { feet } from "../../assets/js/lib/layers/spider.mjs";
import { TILE, touched } from "../../assets/js/lib/layers/tiles.mjs";

test("devices of one place stand apart, none on the place itself", () => {
  for (const n of [2, 3, 10, 11, 60, 120]) {
    const places = feet(n);
    assert.equal(places.length, n);
    places.forEach(([x, y], i) => {
      assert.ok(Math.hypot(x, y) > 20);
      places.slice(i + 1).forEach(([u, v]) => assert.ok(Math.hypot(x - u, y - v) > 14, `${n}: ${i}`));
    });
  }
});

test("a mark is painted on every tile that it touches", () => {
  assert.deepEqual(touched(100, 100, 20), ["0:0"]);
  assert.deepEqual(touched(TILE, TILE, 5), ["0:0", "1:0", "0:1", "1:1"]);
  assert.deepEqual(touched(-3, 10, 2), ["-1:0"]);
});

test("marks of single devices begin where there is room for them", () => {
  assert.ok(dotsFrom(6000) < dotsFrom(50_000));
});

test("a pulse grows and fades, and is never gone", () => {
  const [first, last] = [ringAt(0, 10), ringAt(5 / 6, 10)];
  assert.ok(first.radius < last.radius && first.alpha > last.alpha && last.alpha > 0.2);
});
