import assert from "node:assert/strict";
import test from "node:test";
import { blit, over, wipe } from "../../assets/js/lib/blit.mjs";
import { Shelf } from "../../assets/js/lib/layers/labels.mjs";
import { crop, makeView } from "../../assets/js/lib/layers/canvas.mjs";
import { boundsOf, latLng, project, unproject } from "../../assets/js/lib/mercator.mjs";

const RED = 0xff0000ff;
const target = (width, height) => ({ pixels: new Uint32Array(width * height), width, height });
const sprite = { size: 3, pixels: new Uint32Array(9).fill(RED) };
const painted = ({ pixels }) => [...pixels].filter((colour) => colour !== 0).length;

test("mercator there and back", () => {
  const [lon, lat] = unproject(...project(118.6, 24.77));
  assert.ok(Math.abs(lon - 118.6) < 1e-9 && Math.abs(lat - 24.77) < 1e-9);
  assert.deepEqual(latLng(0.5, 0.5), [0, 0]);
  const [[south], [north]] = boundsOf([0.4, 0.4, 0.6, 0.6]);
  assert.ok(south < 0 && north > 0);
});

test("a view shows what lies between its corners", () => {
  const view = makeView(0, 64, 64, 128, 128, 1);
  assert.deepEqual(view.box, [0.25, 0.25, 0.75, 0.75]);
});

test("a mark at the edge is cut off, one outside leaves nothing", () => {
  const image = target(10, 10);
  blit(image, sprite, 5, 5, [0, 0, 10, 10]);
  assert.equal(painted(image), 9);
  blit(image, sprite, 0, 0, [0, 0, 10, 10]);
  assert.equal(painted(image), 9 + 4);
  blit(image, sprite, 30, 5, [0, 0, 10, 10]);
  assert.equal(painted(image), 13);
});

test("a repaint of one place touches nothing else", () => {
  const image = target(10, 10);
  image.pixels.fill(RED);
  wipe(image, [2, 2, 5, 5]);
  assert.equal(painted(image), 91);
  blit(image, sprite, 2, 2, [2, 2, 5, 5]);
  assert.equal(painted(image), 95);
});

test("a half transparent colour mixes, an opaque one covers", () => {
  assert.equal(over(RED, 0xff00ff00), RED);
  assert.equal(over(0x80ffffff, 0), 0x80ffffff);
  const mixed = over(0x800000ff, 0xff000000);
  assert.equal(mixed >>> 24, 255);
  assert.ok(Math.abs((mixed & 255) - 128) <= 1);
});

test("names don't cover each other", () => {
  const shelf = new Shelf();
  assert.equal(shelf.take(0, 0, 100, 20), true);
  assert.equal(shelf.take(90, 10, 200, 30), false);
  assert.equal(shelf.take(101, 0, 200, 20), true);
  assert.equal(shelf.take(-50, -50, -1, -1), true);
});

test("a layer is as large as what it may fill, and never larger than the view", () => {
  const view = { x: 100, y: 200, width: 300, height: 400 };
  assert.deepEqual(crop(view, [0, 0, 1, 1], 1000, 5), view);
  assert.deepEqual(crop(view, [0.2, 0.3, 0.25, 0.4], 1000, 5), { x: 195, y: 295, width: 60, height: 110 });
  assert.deepEqual(crop(view, [0.05, 0.3, 0.15, 0.9], 1000, 0), { x: 100, y: 300, width: 50, height: 300 });
  assert.deepEqual(crop(view, [0.9, 0.9, 0.95, 0.95], 1000, 5), { x: 399, y: 599, width: 1, height: 1 });
});
