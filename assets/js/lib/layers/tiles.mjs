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
 * @property {(a: T, b: T) => number} order sorts what is painted first to the front
 * @property {(thing: T) => string} look everything that its picture depends on
 * @property {(ctx: OffscreenCanvasRenderingContext2D, thing: T) => void} draw
 */

/** @template T */
export class Tiles {
  #tiles = new Map();
  #changed = new Set(); // keys of tiles that may look different now
  #dpr = 0;

  /** @param {HTMLElement} container @param {Kind<T>} kind */
  constructor(container, kind) {
    Object.assign(this, { container, kind });
  }

  /** Whether there is anything. */
  get some() {
    return this.#tiles.size > 0;
  }

  /** Shows these things in place of all. @param {Iterable<T>} things @param {number} dpr */
  show(things, dpr) {
    if (dpr !== this.#dpr) for (const key of [...this.#tiles.keys()]) this.#drop(key);
    this.#dpr = dpr;
    for (const [key, { things: own }] of this.#tiles) {
      own.clear();
      this.#changed.add(key);
    }
    for (const thing of things) this.put(thing);
    this.paint();
  }

  /** Takes a thing in, or its new look, for the next `paint`. @param {T} thing */
  put(thing) {
    for (const key of this.#keys(thing)) {
      const tile = this.#tiles.get(key) ?? this.#make(key);
      tile.things.add(thing);
      this.#changed.add(key);
    }
  }

  /** Takes a thing out, for the next `paint`. @param {T} thing */
  delete(thing) {
    for (const key of this.#keys(thing)) if (this.#tiles.get(key)?.things.delete(thing)) this.#changed.add(key);
  }

  /** Paints what has changed. */
  paint() {
    for (const key of this.#changed) {
      const tile = this.#tiles.get(key);
      if (tile?.things.size) this.#paint(tile);
      else if (tile) this.#drop(key);
    }
    this.#changed.clear();
  }

  #keys(thing) {
    const { x, y, r } = this.kind.place(thing);
    return touched(x, y, r);
  }

  #drop(key) {
    this.#tiles.get(key).bitmaps.element.remove();
    this.#tiles.delete(key);
  }

  #paint(tile) {
    const things = [...tile.things].sort(this.kind.order);
    const look = things.map(this.kind.look).join();
    if (tile.look === look) return;
    tile.look = look;
    tile.bitmaps.show(TILE, TILE, this.#dpr, (ctx) => {
      ctx.translate(-tile.x, -tile.y);
      for (const thing of things) this.kind.draw(ctx, thing);
    });
  }

  #make(key) {
    const [x, y] = key.split(":").map((index) => index * TILE);
    const tile = { bitmaps: new Bitmaps(), things: new Set(), look: null, x, y };
    const { element } = tile.bitmaps;
    element.style.cssText = `position:absolute;left:${x}px;top:${y}px;width:${TILE}px;height:${TILE}px`;
    this.container.append(element);
    this.#tiles.set(key, tile);
    return tile;
  }
}
