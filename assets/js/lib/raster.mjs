/**
 * Fills small outlines straight into pixels, for where there are thousands of them: a canvas path of
 * 10,000 footprints takes 350 ms in software rendering, this a few. No smoothing; each keeps a line around it.
 */

const xs = new Float64Array(512);
const ys = new Float64Array(512);
const cuts = new Float64Array(512);

/** Where a row's middle cuts the outline, sorted, in `cuts`. @returns {number} how many */
function cutRow(n, middle) {
  let count = 0;
  for (let i = 0, j = n - 1; i < n; j = i, i++) {
    if (ys[i] > middle === ys[j] > middle) continue;
    const x = xs[i] + ((middle - ys[i]) / (ys[j] - ys[i])) * (xs[j] - xs[i]);
    let k = count++;
    for (; k > 0 && cuts[k - 1] > x; k--) cuts[k] = cuts[k - 1];
    cuts[k] = x;
  }
  return count;
}

function span(target, row, from, to, clip, fill, line) {
  const start = row * target.width;
  const x0 = Math.max(from, clip[0]);
  const x1 = Math.min(to, clip[2] - 1);
  if (x1 < x0) return;
  target.pixels.fill(fill, start + x0, start + x1 + 1);
  if (from >= clip[0]) target.pixels[start + from] = line;
  if (to < clip[2]) target.pixels[start + to] = line;
}

/**
 * @param {import("./blit.mjs").Target} target
 * @param {Float64Array} flat outline in unit mercator @param {number} start @param {number} end of it in `flat`
 * @param {import("./layers/canvas.mjs").View} view
 * @param {{fill: number, line: number}} colours opaque, little-endian ABGR
 * @param {[number, number, number, number]} clip x0, y0, x1, y1 (exclusive), inside the target
 */
export function fillRing(target, flat, start, end, view, { fill, line }, clip) {
  const n = Math.min((end - start) >> 1, xs.length);
  let [top, bottom] = [Infinity, -Infinity];
  for (let i = 0; i < n; i++) {
    xs[i] = (flat[start + 2 * i] * view.scale - view.ox) * view.dpr;
    ys[i] = (flat[start + 2 * i + 1] * view.scale - view.oy) * view.dpr;
    if (ys[i] < top) top = ys[i];
    if (ys[i] > bottom) bottom = ys[i];
  }
  const [first, last] = [Math.floor(top), Math.max(Math.floor(top), Math.ceil(bottom) - 1)];
  for (let row = Math.max(first, clip[1]); row <= Math.min(last, clip[3] - 1); row++) {
    // an outline thinner than a row still shows
    const count = cutRow(n, Math.min(Math.max(row + 0.5, top + 1e-6), bottom - 1e-6));
    const inside = row === first || row === last ? line : fill;
    for (let k = 0; k + 1 < count; k += 2) {
      const from = Math.floor(cuts[k]);
      span(target, row, from, Math.max(from, Math.ceil(cuts[k + 1]) - 1), clip, inside, line);
    }
  }
}

/** A css colour `#rrggbb` as an opaque pixel. @param {string} css */
export function pixel(css) {
  const value = parseInt(css.slice(1), 16);
  return (0xff000000 | ((value & 255) << 16) | (value & 0xff00) | (value >> 16)) >>> 0;
}
