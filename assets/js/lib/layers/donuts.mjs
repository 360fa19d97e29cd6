/** Clusters of devices as donuts of their states, the worst first; they are few, so all are drawn when one changes. */
import { AreaClusters, CELL, SquareClusters, arcsOf } from "../clusters.mjs";
import { COLOURS, NORMAL, STALE, drawMark, statusName } from "../marks.mjs";
import { radiusAt } from "./dots.mjs";
import { TEXT, fontOf } from "./palette.mjs";

const RING = 3.5;
const CALM_RING = 2;
/** What is normal is no news: quieter than a mark of its own. */
const CALM = "#2f6156";
const AREAS_BELOW = 14.25; // from so far away a community is what a person thinks of

const worstOf = (counts) => counts.findLastIndex((n) => n > 0);

/** Angles closer than this look the same: half a pixel of a large circle. */
const STEP = 0.02;

/** What a person sees of a cluster's states. @param {ArrayLike<number>} counts by status byte @returns {string} */
export const lookOf = (counts) => arcsOf(counts).map(({ code, to }) => `${code}:${Math.round(to / STEP)}`).join();

/** Text of a count that fits into a small circle. @param {number} n */
export const shortCount = (n) => (n < 1000 ? String(n) : n < 10_000 ? `${(n / 1000).toFixed(1)}k` : `${Math.round(n / 1000)}k`);

function drawDonut(ctx, x, y, r, counts, n) {
  const worst = worstOf(counts);
  ctx.beginPath();
  ctx.arc(x, y, r, 0, 2 * Math.PI);
  ctx.fillStyle = "rgb(20 23 26 / 78%)";
  ctx.fill();
  for (const { code, from, to } of arcsOf(counts)) {
    ctx.lineWidth = code === NORMAL ? CALM_RING : RING;
    ctx.beginPath();
    ctx.arc(x, y, r - ctx.lineWidth / 2, from, to);
    ctx.strokeStyle = code === NORMAL ? CALM : COLOURS[statusName(code)];
    ctx.stroke();
  }
  ctx.fillStyle = worst >= STALE ? TEXT.strong : TEXT.plain;
  ctx.font = fontOf(n < 1000 ? 11.5 : 10.5, worst > STALE ? 600 : 400);
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.fillText(shortCount(n), x, y + 0.5);
}

export class Donuts {
  constructor(view, picture, kept) {
    Object.assign(this, { view, picture });
    const { town, worst } = picture;
    const Kind = view.zoom < AREAS_BELOW ? AreaClusters : SquareClusters;
    const same = kept instanceof Kind && kept.town === town && kept.scale === view.scale;
    this.clusters = same ? kept : new Kind(town, worst.status, view.scale);
    if (same) this.#catchUp();
    /** What was drawn, by cell. */
    this.looks = new Map();
  }

  #catchUp() {
    this.picture.worst.status.forEach((code, slot) => this.clusters.set(slot, code));
  }

  #each(x0, y0, x1, y1, fn) {
    const { ox, oy } = this.view;
    this.clusters.each(x0 + ox, y0 + oy, x1 + ox, y1 + oy, fn);
  }

  /** Draws all that is seen onto an empty surface. */
  put(ctx) {
    this.looks.clear();
    this.#each(-CELL, -CELL, this.view.width, this.view.height, (cell) => {
      const { x, y, n, r } = this.clusters.at(cell);
      const counts = this.clusters.countsOf(cell);
      this.looks.set(cell, lookOf(counts));
      const [cx, cy] = [x - this.view.ox, y - this.view.oy];
      if (n === 1) drawMark(ctx, worstOf(counts), cx, cy, radiusAt(this.view.zoom));
      else drawDonut(ctx, cx, cy, r, counts, n);
    });
  }

  /** Takes the devices that changed in. @param {Iterable<number>} slots @returns {boolean} whether a donut looks different */
  patch(slots) {
    const cells = new Set();
    for (const slot of slots) cells.add(this.clusters.set(slot, this.picture.worst.status[slot]));
    return [...cells].some((cell) => this.looks.has(cell) && this.looks.get(cell) !== lookOf(this.clusters.countsOf(cell)));
  }

  /** The cluster around a place on the canvas, -1 for none. @param {number} x @param {number} y css pixels */
  cellAt(x, y) {
    let found = -1;
    this.#each(x, y, x, y, (cell) => {
      const { x: wx, y: wy, r } = this.clusters.at(cell);
      if (Math.hypot(wx - this.view.ox - x, wy - this.view.oy - y) <= r + 2) found = cell;
    });
    return found;
  }
}
