/** Few things on a large map: small canvases where there are any; a change paints only those it touches. */
import { Bitmaps } from "./canvas.mjs";

/** Side of a tile in css pixels. */
export const TILE = 256;

/** Tiles that a circle touches. @param {number} x @param {number} y @param {number} r @returns {string[]} */
export function touched(x, y, r) {
  const keys = [];
  for (let row = Math.floor((y - r) / TILE); row <= Math.floor((y + r) / TILE); row++) {
    for (let column = Math.floor((x - r) / TILE); column <= Math.floor((x + r) / TILE); column++) keys.push(`${column}:${row}`);
  }
  return keys;
}

/**
 * @template T
 * @typedef {object} Kind how things look
 * @property {(thing: T) => {x: number, y: number, r: number}} place css pixels
 * @property {(thing: T) => string} look everything that its picture depends on
 * @property {(ctx: OffscreenCanvasRenderingContext2D, thing: T) => void} draw
 */

/** @template T */
export class Tiles {
  #tiles = new Map();
  #dpr = 0;

  /** @param {HTMLElement} container @param {Kind<T>} kind */
  constructor(container, kind) {
    Object.assign(this, { container, kind });
  }

  /** Shows things, in this order. @param {T[]} things @param {number} dpr */
  show(things, dpr) {
    const wanted = new Map();
    for (const thing of things) {
      const { x, y, r } = this.kind.place(thing);
      for (const key of touched(x, y, r)) {
        if (!wanted.has(key)) wanted.set(key, []);
        wanted.get(key).push(thing);
      }
    }
    if (dpr !== this.#dpr) this.#drop(() => true);
    this.#dpr = dpr;
    this.#drop((key) => !wanted.has(key));
    wanted.forEach((own, key) => this.#paint(key, own));
  }

  #drop(when) {
    for (const [key, { bitmaps }] of this.#tiles) {
      if (!when(key)) continue;
      bitmaps.element.remove();
      this.#tiles.delete(key);
    }
  }

  #paint(key, things) {
    const look = things.map(this.kind.look).join();
    const tile = this.#tiles.get(key) ?? this.#make(key);
    if (tile.look === look) return;
    tile.look = look;
    tile.bitmaps.show(TILE, TILE, this.#dpr, (ctx) => {
      ctx.translate(-tile.x, -tile.y);
      for (const thing of things) this.kind.draw(ctx, thing);
    });
  }

  #make(key) {
    const [x, y] = key.split(":").map((index) => index * TILE);
    const tile = { bitmaps: new Bitmaps(), look: null, x, y };
    const { element } = tile.bitmaps;
    element.style.cssText = `position:absolute;left:${x}px;top:${y}px;width:${TILE}px;height:${TILE}px`;
    this.container.append(element);
    this.#tiles.set(key, tile);
    return tile;
  }
}
