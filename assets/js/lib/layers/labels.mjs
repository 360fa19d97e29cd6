/** Names on the map: halo, and no two over each other. */
import { TEXT, fontOf } from "./palette.mjs";

const CELL = 64;

/** Remembers which rectangles are taken. */
export class Shelf {
  #cells = new Map();

  #keys(x0, y0, x1, y1) {
    const keys = [];
    for (let cy = Math.floor(y0 / CELL); cy <= Math.floor(y1 / CELL); cy++) {
      for (let cx = Math.floor(x0 / CELL); cx <= Math.floor(x1 / CELL); cx++) keys.push(`${cx}:${cy}`);
    }
    return keys;
  }

  /** Takes the rectangle if nothing overlaps it. @returns {boolean} */
  take(x0, y0, x1, y1) {
    const keys = this.#keys(x0, y0, x1, y1);
    const hits = ([a0, b0, a1, b1]) => a0 < x1 && a1 > x0 && b0 < y1 && b1 > y0;
    if (keys.some((key) => this.#cells.get(key)?.some(hits))) return false;
    for (const key of keys) {
      if (!this.#cells.has(key)) this.#cells.set(key, []);
      this.#cells.get(key).push([x0, y0, x1, y1]);
    }
    return true;
  }
}

/**
 * Writes centred text with a halo.
 * @param {CanvasRenderingContext2D} ctx
 * @param {{size?: number, weight?: number, colour?: string, halo?: number, angle?: number}} [style]
 */
export function write(ctx, text, x, y, { size = 12, weight = 400, colour = TEXT.plain, halo = 3, angle = 0 } = {}) {
  ctx.save();
  ctx.translate(x, y);
  ctx.rotate(angle);
  ctx.font = fontOf(size, weight);
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.lineJoin = "round";
  ctx.lineWidth = halo;
  ctx.strokeStyle = TEXT.halo;
  ctx.strokeText(text, 0, 0);
  ctx.fillStyle = colour;
  ctx.fillText(text, 0, 0);
  ctx.restore();
}

const widths = new Map();

/** Width of a text in css pixels, remembered. */
export function widthOf(ctx, text, size, weight = 400) {
  const key = `${size}/${weight}/${text}`;
  if (!widths.has(key)) {
    if (widths.size > 20_000) widths.clear();
    ctx.font = fontOf(size, weight);
    widths.set(key, ctx.measureText(text).width);
  }
  return widths.get(key);
}
