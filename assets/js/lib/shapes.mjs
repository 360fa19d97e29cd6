/** Small pure geometry on flat coordinate arrays [x0, y0, x1, y1, …]. */
import { project } from "./mercator.mjs";

/** @typedef {[number, number, number, number]} Box x0, y0, x1, y1 */

/** @returns {Box} */
export const emptyBox = () => [Infinity, Infinity, -Infinity, -Infinity];

/** Widens a box by flat coordinates. @param {Box} box @param {ArrayLike<number>} flat @returns {Box} */
export function widen(box, flat, start = 0, end = flat.length) {
  for (let i = start; i < end; i += 2) {
    if (flat[i] < box[0]) box[0] = flat[i];
    if (flat[i + 1] < box[1]) box[1] = flat[i + 1];
    if (flat[i] > box[2]) box[2] = flat[i];
    if (flat[i + 1] > box[3]) box[3] = flat[i + 1];
  }
  return box;
}

/** @param {Box} a @param {Box} b */
export const overlap = (a, b) => a[0] <= b[2] && a[2] >= b[0] && a[1] <= b[3] && a[3] >= b[1];

/** Whether a point lies inside a ring (even-odd). @param {ArrayLike<number>} flat */
export function inRing(x, y, flat, start = 0, end = flat.length) {
  let inside = false;
  for (let i = start, j = end - 2; i < end; j = i, i += 2) {
    const crosses = flat[i + 1] > y !== flat[j + 1] > y;
    if (crosses && x < ((flat[j] - flat[i]) * (y - flat[i + 1])) / (flat[j + 1] - flat[i + 1]) + flat[i]) inside = !inside;
  }
  return inside;
}

/** Even-odd over several rings, so that holes are outside. @param {ArrayLike<number>[]} rings */
export const inRings = (x, y, rings) => rings.reduce((inside, ring) => inside !== inRing(x, y, ring), false);

/** Longitude/latitude pairs to flat unit mercator. @param {[number, number][]} pairs */
export function flatten(pairs) {
  const flat = new Float64Array(2 * pairs.length);
  pairs.forEach(([lon, lat], i) => {
    [flat[2 * i], flat[2 * i + 1]] = project(lon, lat);
  });
  return flat;
}

const RINGS = {
  Polygon: (c) => c,
  MultiPolygon: (c) => c.flat(),
};
const LINES = {
  LineString: (c) => [c],
  MultiLineString: (c) => c,
};

/**
 * Outlines of a GeoJSON geometry in unit mercator.
 * @returns {{rings: Float64Array[], lines: Float64Array[], box: Box}}
 */
export function outlines(geometry) {
  const rings = (RINGS[geometry.type]?.(geometry.coordinates) ?? []).map(flatten);
  const lines = (LINES[geometry.type]?.(geometry.coordinates) ?? []).map(flatten);
  const box = [...rings, ...lines].reduce((all, flat) => widen(all, flat), emptyBox());
  return { rings, lines, box };
}

/**
 * The longest stretch of a line, for its name: middle point and angle, never upside down.
 * @param {Float64Array} flat
 * @returns {{x: number, y: number, angle: number, length: number}}
 */
export function longestStretch(flat) {
  let best = { x: flat[0], y: flat[1], angle: 0, length: 0 };
  for (let i = 2; i < flat.length; i += 2) {
    const dx = flat[i] - flat[i - 2];
    const dy = flat[i + 1] - flat[i - 1];
    const length = Math.hypot(dx, dy);
    if (length <= best.length) continue;
    const angle = Math.atan2(dy, dx);
    const upright = Math.abs(angle) > Math.PI / 2 ? angle - Math.sign(angle) * Math.PI : angle;
    best = { x: (flat[i] + flat[i - 2]) / 2, y: (flat[i + 1] + flat[i - 1]) / 2, angle: upright, length };
  }
  return best;
}

const GRAIN = 1e-9; // of unit mercator: 4 cm
const SPAN = 2 ** 26;

/** Numbers the corners of rings, one number a place. @param {Float64Array[]} rings @returns {Uint32Array[]} */
function corners(rings) {
  const [x0, y0] = rings.reduce((box, ring) => widen(box, ring), emptyBox());
  const known = new Map();
  return rings.map((ring) =>
    Uint32Array.from({ length: ring.length / 2 }, (_, i) => {
      const place = Math.round((ring[2 * i] - x0) / GRAIN) * SPAN + Math.round((ring[2 * i + 1] - y0) / GRAIN);
      if (!known.has(place)) known.set(place, known.size);
      return known.get(place);
    }),
  );
}

function eachEdge(corner, fn) {
  for (let i = 0; i < corner.length; i++) {
    const j = (i + 1) % corner.length;
    const [a, b] = [corner[i], corner[j]];
    if (a !== b) fn(a < b ? a * SPAN + b : b * SPAN + a, 2 * i, 2 * j);
  }
}

/**
 * The borders of areas that share them vertex by vertex, every edge once, joined to lines where
 * edges follow each other; so that a dashed border is not drawn twice.
 * @param {Float64Array[]} rings in unit mercator, within 0.06 of it
 * @returns {{outer: Float64Array[], inner: Float64Array[]}} outer: edges that only one ring has
 */
export function borders(rings) {
  const cornersOf = corners(rings);
  const seen = new Map();
  for (const own of cornersOf) eachEdge(own, (key) => seen.set(key, (seen.get(key) ?? 0) + 1));
  const outer = chain(rings, cornersOf, (key) => seen.get(key) === 1);
  const drawn = new Set();
  const inner = chain(rings, cornersOf, (key) => seen.get(key) > 1 && !drawn.has(key) && drawn.add(key));
  return { outer, inner };
}

/** The accepted edges of rings as lines. */
function chain(rings, cornersOf, accept) {
  const lines = [];
  rings.forEach((ring, r) => {
    let line = [];
    const end = () => line.length && lines.push(Float64Array.from(line));
    eachEdge(cornersOf[r], (key, i, j) => {
      if (!accept(key)) {
        end();
        line = [];
        return;
      }
      if (!line.length) line.push(ring[i], ring[i + 1]);
      line.push(ring[j], ring[j + 1]);
    });
    end();
  });
  return lines;
}
