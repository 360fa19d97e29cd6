import assert from "node:assert/strict";
import test from "node:test";
import { fillRing, pixel } from "../../assets/js/lib/raster.mjs";

const VIEW = { scale: 1, ox: 0, oy: 0, dpr: 1 };
const COLOURS = { fill: 1, line: 2 };
const image = (width, height) => ({ pixels: new Uint32Array(width * height), width, height });
const rows = ({ pixels, width, height }) =>
  Array.from({ length: height }, (_, y) => [...pixels.slice(y * width, (y + 1) * width)].join(""));

test("a square is filled and has a line around it", () => {
  const target = image(7, 6);
  fillRing(target, [1, 1, 6, 1, 6, 5, 1, 5], 0, 8, VIEW, COLOURS, [0, 0, 7, 6]);
  assert.deepEqual(rows(target), ["0000000", "0222220", "0211120", "0211120", "0222220", "0000000"]);
});

test("what is cut off at the edge has no line there", () => {
  const target = image(7, 6);
  fillRing(target, [1, 1, 6, 1, 6, 5, 1, 5], 0, 8, VIEW, COLOURS, [3, 2, 5, 4]);
  assert.deepEqual(rows(target), ["0000000", "0000000", "0001100", "0001100", "0000000", "0000000"]);
});

test("a footprint smaller than a pixel still shows, one outside leaves nothing", () => {
  const target = image(4, 4);
  fillRing(target, [1.2, 2.3, 1.4, 2.3, 1.4, 2.4, 1.2, 2.4], 0, 8, VIEW, COLOURS, [0, 0, 4, 4]);
  assert.deepEqual(rows(target), ["0000", "0000", "0200", "0000"]);
  fillRing(target, [10, 10, 12, 10, 12, 12], 0, 6, VIEW, COLOURS, [0, 0, 4, 4]);
  assert.equal(target.pixels.filter((colour) => colour).length, 1);
});

test("a ring in the middle of an array, on a screen of two pixels a css pixel", () => {
  const target = image(8, 8);
  fillRing(target, [9, 9, 1, 1, 3, 1, 3, 3, 1, 3, 9, 9], 2, 10, { scale: 1, ox: 0, oy: 0, dpr: 2 }, COLOURS, [0, 0, 8, 8]);
  assert.deepEqual(rows(target).slice(1, 7), ["00000000", "00222200", "00211200", "00211200", "00222200", "00000000"]);
});

test("an L keeps its corner free", () => {
  const target = image(6, 6);
  fillRing(target, [0, 0, 2, 0, 2, 4, 6, 4, 6, 6, 0, 6], 0, 12, VIEW, { fill: 1, line: 1 }, [0, 0, 6, 6]);
  assert.deepEqual(rows(target), ["110000", "110000", "110000", "110000", "111111", "111111"]);
});

test("a css colour becomes an opaque little-endian pixel", () => assert.equal(pixel("#ff8001"), 0xff0180ff));
