import assert from "node:assert/strict";
import test from "node:test";
import { AreaClusters, CELL, SquareClusters, arcsOf, radiusOf } from "../../assets/js/lib/clusters.mjs";
import { Donuts, lookOf, shortCount } from "../../assets/js/lib/layers/donuts.mjs";
import { worldPixels } from "../../assets/js/lib/mercator.mjs";
import { makeTown } from "./cast.mjs";

const town = makeTown();
const ALL = [-Infinity, -Infinity, Infinity, Infinity];
const cellsOf = (clusters) => {
  const found = [];
  clusters.each(...ALL, (cell) => found.push(cell));
  return found;
};

for (const Kind of [SquareClusters, AreaClusters]) {
  test(`${Kind.name}: every device is counted once, whatever the zoom`, () => {
    for (const zoom of [11, 13.6, 15, 17.25]) {
      const clusters = new Kind(town, Uint8Array.of(0, 5, 3, 0, 2), worldPixels(zoom));
      const members = cellsOf(clusters).flatMap((cell) => clusters.members(cell));
      assert.deepEqual(members.sort(), [0, 1, 2, 3, 4]);
      const counts = cellsOf(clusters).map((cell) => [...clusters.countsOf(cell)]);
      assert.deepEqual(counts.reduce((sum, own) => sum.map((n, i) => n + own[i])), [2, 0, 1, 1, 0, 1]);
    }
  });

  test(`${Kind.name}: a change moves one device between two states of its own cell`, () => {
    const clusters = new Kind(town, new Uint8Array(5), worldPixels(15));
    const cell = clusters.set(2, 5);
    assert.deepEqual([...clusters.countsOf(cell)], [clusters.total[cell] - 1, 0, 0, 0, 0, 1]);
    assert.equal(clusters.set(2, 5), -1);
    clusters.set(2, 0);
    assert.equal(clusters.countsOf(cell)[5], 0);
  });
}

test("circles of squares never touch and stay in their squares", () => {
  const clusters = new SquareClusters(town, new Uint8Array(5), worldPixels(14.5));
  const circles = cellsOf(clusters).map((cell) => clusters.at(cell));
  for (const one of circles) {
    const into = (value) => ((value % CELL) + CELL) % CELL;
    for (const place of [into(one.x), into(one.y)]) assert.ok(place - one.r >= 0 && place + one.r <= CELL);
    for (const other of circles) if (other !== one) assert.ok(Math.hypot(one.x - other.x, one.y - other.y) > one.r + other.r);
  }
});

test("a rectangle finds the squares that reach into it, and no others", () => {
  const clusters = new SquareClusters(town, new Uint8Array(5), worldPixels(16));
  const { x, y } = clusters.at(clusters.of[2]);
  const found = [];
  clusters.each(x - 1, y - 1, x + 1, y + 1, (cell) => found.push(cell));
  assert.deepEqual(found, [clusters.of[2]]);
  clusters.each(x + 9999, y, x + 9999, y, () => assert.fail("outside"));
});

test("communities have their circle under their name", () => {
  const clusters = new AreaClusters(town, new Uint8Array(5), worldPixels(13));
  assert.deepEqual([...clusters.total], [3, 2]);
  const { x, y, r } = clusters.at(0);
  assert.equal(x, town.communities[0].x * worldPixels(13));
  assert.ok(y - r > town.communities[0].y * worldPixels(13));
});

test("the worst comes first from the top, and one alarm among thousands is seen", () => {
  const arcs = arcsOf(Uint32Array.of(5000, 0, 20, 0, 0, 1));
  assert.deepEqual(arcs.map(({ code }) => code), [5, 2, 0]);
  assert.equal(arcs[0].from, -Math.PI / 2);
  assert.ok(arcs[0].to - arcs[0].from > 0.4);
  assert.ok(Math.abs(arcs.at(-1).to - arcs[0].from - 2 * Math.PI) < 1e-9);
});

test("counts fit into their circles", () => {
  assert.deepEqual([1, 999, 1000, 9949, 10_400].map(shortCount), ["1", "999", "1.0k", "9.9k", "10k"]);
  assert.ok(radiusOf(1) < radiusOf(10) && radiusOf(50_000) < 36);
});

test("clusters are drawn anew when one that is seen looks different, not for one device in hundreds", () => {
  const many = { ...town, devices: { n: 400, x: new Float64Array(400).fill(town.devices.x[0]), y: new Float64Array(400).fill(town.devices.y[0]), community: new Uint16Array(400) } };
  const worst = { status: new Uint8Array(400) };
  const scale = worldPixels(13);
  const view = { zoom: 13, scale, ox: 0, oy: 0, width: scale, height: scale };
  const donuts = new Donuts(view, { town: many, worst }, null);
  const ctx = new Proxy({}, { get: () => () => {}, set: () => true });
  const change = (slot, code) => {
    worst.status[slot] = code;
    const seen = donuts.patch([slot]);
    if (seen) donuts.put(ctx);
    return seen;
  };
  donuts.put(ctx);
  assert.equal(change(0, 3), true, "the first fault is seen");
  assert.equal(change(1, 3), false, "the second of four hundred is not");
  assert.equal(change(2, 5), true);
  assert.equal(change(2, 0), true, "and its end");
  assert.equal(donuts.clusters.countsOf(0)[3], 2, "every device is counted all the same");
  for (let slot = 10; slot < 200; slot++) change(slot, 3);
  assert.equal(donuts.looks.get(0), lookOf(donuts.clusters.countsOf(0)), "many small steps are seen");
});
