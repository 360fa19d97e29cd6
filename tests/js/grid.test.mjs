import assert from "node:assert/strict";
import test from "node:test";
import { GridIndex } from "../../assets/js/lib/grid.mjs";
import { inRing, inRings, longestStretch } from "../../assets/js/lib/shapes.mjs";

const random = (seed) => () => (seed = (seed * 16807) % 2147483647) / 2147483647;

test("a rectangle finds exactly what brute force finds", () => {
  const next = random(11);
  const x = Float64Array.from({ length: 700 }, next);
  const y = Float64Array.from({ length: 700 }, next);
  const index = new GridIndex(x, y);
  for (let k = 0; k < 40; k++) {
    const [x0, y0] = [next() * 1.2 - 0.1, next() * 1.2 - 0.1];
    const [x1, y1] = [x0 + next() * 0.4, y0 + next() * 0.4];
    const found = [];
    index.each(x0, y0, x1, y1, (i) => found.push(i));
    const wanted = [...x.keys()].filter((i) => x[i] >= x0 && x[i] <= x1 && y[i] >= y0 && y[i] <= y1);
    assert.deepEqual(found.sort((a, b) => a - b), wanted);
  }
});

test("the nearest point within reach, or none", () => {
  const index = new GridIndex([0, 1, 5], [0, 1, 5]);
  assert.equal(index.nearest(0.8, 0.9, 0.5), 1);
  assert.equal(index.nearest(3, 3, 0.5), -1);
  assert.equal(index.nearest(0.9, 0.9, 2, (i) => i !== 1), 0);
});

test("no point and one point are indexes too", () => {
  assert.equal(new GridIndex([], []).nearest(0, 0, 1), -1);
  assert.equal(new GridIndex([2], [2]).nearest(2, 2, 1), 0);
});

test("inside and outside of a ring, and of a hole", () => {
  const ring = [0, 0, 10, 0, 10, 10, 0, 10];
  const hole = [4, 4, 6, 4, 6, 6, 4, 6];
  assert.equal(inRing(5, 5, ring), true);
  assert.equal(inRing(11, 5, ring), false);
  assert.equal(inRings(5, 5, [ring, hole]), false);
});

test("a street's name stands on its longest stretch and never upside down", () => {
  const { x, y, angle } = longestStretch([10, 0, 0, 0, 0, 2]);
  assert.deepEqual([x, y], [5, 0]);
  assert.equal(Math.abs(angle) <= Math.PI / 2, true);
});
