/** The risk surface as it travels (docs/risk.md), and what is counted from its cells; pure. */
import { project } from "../mercator.mjs";

const NEWLINE = 10;

/**
 * @typedef {object} Surface
 * @property {object} head size, corners, scale, week, what is expected
 * @property {Uint8Array} cells the southernmost row first; 0 is outside
 * @property {[number, number][]} corners south-west, south-east, north-west in unit mercator
 */

/** @param {ArrayBuffer} buffer @returns {Surface} @throws {RangeError} if it is cut off */
export function decodeSurface(buffer) {
  const bytes = new Uint8Array(buffer);
  const end = bytes.indexOf(NEWLINE);
  if (end < 0) throw new RangeError("the surface has no header");
  const head = JSON.parse(new TextDecoder().decode(bytes.subarray(0, end)));
  const cells = bytes.subarray(end + 1);
  if (cells.length !== head.nx * head.ny) throw new RangeError(`the surface has ${cells.length} cells, not ${head.nx} × ${head.ny}`);
  return { head, cells, corners: head.corners.map(([lon, lat]) => project(lon, lat)) };
}

const STEPS = 254;

/** Expected events of 4 weeks on a hectare that a step stands for. @param {number} step 1 … 255 */
export const valueOf = (step, { low, high }) => low * (high / low) ** ((step - 1) / STEPS);

/** The step of a value. @param {number} value events a hectare @returns {number} 1 … 255 */
export const stepOf = (value, { low, high }) =>
  1 + Math.round((STEPS * Math.log(Math.min(high, Math.max(low, value)) / low)) / Math.log(high / low));

/** Colour tells so many steps apart: from one to two hundred times as many. */
const SPAN = 116;

/** The steps between which colour tells cells apart; the few topmost have one colour. @param {Uint8Array} cells */
export function span(cells) {
  const seen = Uint8Array.from(cells.filter((step) => step > 0)).sort();
  if (!seen.length) return [1, 255];
  const high = seen[Math.min(seen.length - 1, Math.floor(0.999 * seen.length))];
  return high > SPAN ? [high - SPAN, high] : [1, Math.max(high, 2)];
}

/**
 * Steps between the cells, `times` as many in each direction, without a step into what is outside.
 * @param {Surface} surface @param {number} times
 * @returns {{width: number, height: number, steps: Uint8Array}} the northernmost row first
 */
export function finer({ head: { nx, ny }, cells }, times) {
  const [width, height] = [nx * times, ny * times];
  const steps = new Uint8Array(width * height);
  const across = betweenCells(nx, times);
  const up = betweenCells(ny, times);
  for (let row = 0; row < height; row++) {
    const at = height - 1 - row;
    const own = nx * Math.floor(at / times);
    const [low, high] = [nx * up.first[at], nx * up.next[at]];
    const fv = up.share[at];
    for (let column = 0; column < width; column++) {
      if (!cells[own + across.own[column]]) continue;
      const [i, k, fu] = [across.first[column], across.next[column], across.share[column]];
      const [a, b, c, d] = [cells[low + i], cells[low + k], cells[high + i], cells[high + k]];
      const [wa, wb] = [a ? (1 - fu) * (1 - fv) : 0, b ? fu * (1 - fv) : 0];
      const [wc, wd] = [c ? (1 - fu) * fv : 0, d ? fu * fv : 0];
      steps[row * width + column] = Math.round((wa * a + wb * b + wc * c + wd * d) / (wa + wb + wc + wd));
    }
  }
  return { width, height, steps };
}

/** For each place of a finer line: the cells around it, how far it is on to the next, and the one it lies in. */
function betweenCells(n, times) {
  const found = { first: new Int32Array(n * times), next: new Int32Array(n * times), own: new Int32Array(n * times), share: new Float32Array(n * times) };
  for (let at = 0; at < n * times; at++) {
    const place = Math.min(n - 1, Math.max(0, (at + 0.5) / times - 0.5));
    found.first[at] = Math.floor(place);
    found.next[at] = Math.min(n - 1, found.first[at] + 1);
    found.share[at] = place - found.first[at];
    found.own[at] = Math.floor(at / times);
  }
  return found;
}

/** The middle of the scale of differences: as many as before. */
export const SAME = 128;
/** Steps of the scale of values that a step of the scale of differences is. */
const FINENESS = 2;

/**
 * How many times as many as before: 128 is as many, each step up or down half of one of the scale of values.
 * @param {Surface} now @param {Surface} before of the same frame @returns {Surface}
 */
export function difference(now, before) {
  if (now.cells.length !== before.cells.length) throw new RangeError("the surfaces are of different maps");
  const cells = now.cells.map((step, k) => (step && before.cells[k] ? Math.min(255, Math.max(1, SAME + FINENESS * (step - before.cells[k]))) : 0));
  return { ...now, cells };
}

/** How many times as many a step of a difference stands for. */
export const timesOf = (step, { low, high }) => (high / low) ** ((step - SAME) / FINENESS / STEPS);

/**
 * Larger cells: the expected events of each, by rank.
 * @param {Surface} surface @param {number} side how many cells wide
 * @returns {{i: number, j: number, expected: number}[]} the most expected first
 */
export function blocks({ head, cells }, side) {
  const sums = new Map();
  const each = head.cell_m ** 2 / 10_000;
  cells.forEach((step, k) => {
    if (!step) return;
    const [i, j] = [Math.floor((k % head.nx) / side), Math.floor(Math.floor(k / head.nx) / side)];
    const key = j * 10_000 + i;
    const one = sums.get(key) ?? { i, j, expected: 0 };
    one.expected += valueOf(step, head) * each;
    sums.set(key, one);
  });
  return [...sums.values()].sort((a, b) => b.expected - a.expected);
}

/** Shares of the places that are red, orange and yellow (`data/domain/risk/levels.py`). */
export const SHARES = [0.01, 0.05, 0.2];

/** Level of a place by its rank: 3 red, 2 orange, 1 yellow, 0 blue. @param {number} rank from 0 @param {number} count */
export function levelOf(rank, count) {
  const at = SHARES.findIndex((share) => rank + 1 <= Math.max(1, share * count));
  return at < 0 ? 0 : 3 - at;
}

/** Where a place in the raster's own cells is, in unit mercator. @param {number} u columns from the west @param {number} v rows from the south */
export function placeOf({ corners: [sw, se, nw], head: { nx, ny } }, u, v) {
  return [0, 1].map((axis) => sw[axis] + ((se[axis] - sw[axis]) * u) / nx + ((nw[axis] - sw[axis]) * v) / ny);
}

/** The step at a place in unit mercator; 0 outside. */
export function stepAt({ corners: [sw, se, nw], head: { nx, ny }, cells }, x, y) {
  const [ax, ay] = [se[0] - sw[0], se[1] - sw[1]];
  const [bx, by] = [nw[0] - sw[0], nw[1] - sw[1]];
  const [dx, dy] = [x - sw[0], y - sw[1]];
  const area = ax * by - ay * bx;
  const i = Math.floor((nx * (dx * by - dy * bx)) / area);
  const j = Math.floor((ny * (ax * dy - ay * dx)) / area);
  return i >= 0 && i < nx && j >= 0 && j < ny ? cells[j * nx + i] : 0;
}
