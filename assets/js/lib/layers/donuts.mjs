/** Clusters of devices as donuts of their states, the worst first; a change repaints its own donuts. */
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
  constructor(ctx, view, picture, kept) {
    Object.assign(this, { ctx, view, picture });
    const { town, worst } = picture;
    const Kind = view.zoom < AREAS_BELOW ? AreaClusters : SquareClusters;
    const same = kept instanceof Kind && kept.town === town && kept.scale === view.scale;
    this.clusters = same ? kept : new Kind(town, worst.status, view.scale);
    if (same) this.#catchUp();
    this.#paint(0, 0, view.width, view.height);
  }

  #catchUp() {
    this.picture.worst.status.forEach((code, slot) => this.clusters.set(slot, code));
  }

  #each(x0, y0, x1, y1, fn) {
    const { ox, oy } = this.view;
    this.clusters.each(x0 + ox, y0 + oy, x1 + ox, y1 + oy, fn);
  }

  #draw(cell) {
    const { x, y, n, r } = this.clusters.at(cell);
    const counts = this.clusters.countsOf(cell);
    const [cx, cy] = [x - this.view.ox, y - this.view.oy];
    if (n === 1) drawMark(this.ctx, worstOf(counts), cx, cy, radiusAt(this.view.zoom));
    else drawDonut(this.ctx, cx, cy, r, counts, n);
  }

  #paint(x0, y0, x1, y1) {
    this.#each(x0 - CELL, y0 - CELL, x1, y1, (cell) => this.#draw(cell));
  }

  /** Repaints the donuts of the devices that changed. @param {Iterable<number>} slots */
  patch(slots) {
    const { ctx, view, picture, clusters } = this;
    const cells = new Set();
    for (const slot of slots) cells.add(clusters.set(slot, picture.worst.status[slot]));
    cells.delete(-1);
    for (const cell of cells) {
      const { x, y, r } = clusters.at(cell);
      const [cx, cy, reach] = [x - view.ox, y - view.oy, r + 1];
      if (cx + reach < 0 || cy + reach < 0 || cx - reach > view.width || cy - reach > view.height) continue;
      ctx.save();
      ctx.beginPath();
      ctx.rect(cx - reach, cy - reach, 2 * reach, 2 * reach);
      ctx.clip();
      ctx.clearRect(cx - reach, cy - reach, 2 * reach, 2 * reach);
      this.#paint(cx - reach, cy - reach, cx + reach, cy + reach);
      ctx.restore();
    }
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
