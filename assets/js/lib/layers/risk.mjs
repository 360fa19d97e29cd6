/** The risk on the map: a surface, cells, buildings or communities, under everything that is live. */
import { fillRing, pixel } from "../raster.mjs";
import { blocks, difference, finer, levelOf, placeOf, span, timesOf } from "../risk/surface.mjs";
import { LEVELS, differenceTable, valueTable } from "../risk/ramp.mjs";
import { canvasLayer, trace } from "./canvas.mjs";
import { Shelf, widthOf, write } from "./labels.mjs";

/** Above the ground, below buildings' names, devices and alarms. */
const Z_INDEX = 405;
/** What is blue is nothing to look at. */
const USUAL_ALPHA = 0.4;
/** Cells are divided so finely that they are smooth at 4K. */
const FINER = 4;
/** A cell of 250 m is ten of those that are drawn. */
export const BLOCK = 10;

/** The whole surface as a picture of its own, made once for each. */
function pictureOf(surface, colours) {
  const { width, height, steps } = finer(surface, FINER);
  const canvas = new OffscreenCanvas(width, height);
  const ctx = canvas.getContext("2d");
  const image = ctx.createImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  for (let k = 0; k < steps.length; k++) if (steps[k]) pixels[k] = colours[steps[k]];
  ctx.putImageData(image, 0, 0);
  return canvas;
}

/** From pixels of the picture, its corner in the north-west, to css pixels of the layer. */
function placed({ corners: [sw, se, nw] }, { width, height }, { scale, ox, oy }) {
  const at = ([x, y]) => [x * scale - ox, y * scale - oy];
  const [a, b, c] = [at(sw), at(se), at(nw)];
  return [(b[0] - a[0]) / width, (b[1] - a[1]) / width, (a[0] - c[0]) / height, (a[1] - c[1]) / height, c[0], c[1]];
}

function paintPicture(ctx, surface, picture, view) {
  ctx.save();
  ctx.transform(...placed(surface, picture, view));
  ctx.imageSmoothingEnabled = true;
  ctx.imageSmoothingQuality = "high";
  ctx.drawImage(picture, 0, 0);
  ctx.restore();
}

function paintBlocks(ctx, surface, all, view) {
  const at = (u, v) => {
    const [x, y] = placeOf(surface, u, v);
    return [x * view.scale - view.ox, y * view.scale - view.oy];
  };
  all.forEach(({ i, j }, rank) => {
    const level = LEVELS[levelOf(rank, all.length)];
    const corners = [[0, 0], [1, 0], [1, 1], [0, 1]].map(([du, dv]) => at((i + du) * BLOCK, (j + dv) * BLOCK));
    ctx.beginPath();
    corners.forEach(([x, y], k) => (k ? ctx.lineTo(x, y) : ctx.moveTo(x, y)));
    ctx.closePath();
    const usual = levelOf(rank, all.length) === 0;
    ctx.globalAlpha = usual ? USUAL_ALPHA : 1;
    ctx.fillStyle = level.fill;
    ctx.fill();
    ctx.strokeStyle = level.line;
    ctx.lineWidth = usual ? 0.4 : 1.2;
    ctx.stroke();
  });
  ctx.globalAlpha = 1;
}

/** Footprints by level, the worst over the others; thousands of them as pixels. */
function paintBuildings(ctx, town, levels, view) {
  const { ringXY, ringStart, ids, n } = town.buildings;
  const image = ctx.createImageData(Math.round(view.width * view.dpr), Math.round(view.height * view.dpr));
  const target = { pixels: new Uint32Array(image.data.buffer), width: image.width, height: image.height };
  const clip = [0, 0, image.width, image.height];
  const order = Array.from({ length: n }, (_, i) => i).filter((i) => levels.has(ids[i]));
  order.sort((a, b) => levels.get(ids[a]) - levels.get(ids[b]));
  for (const i of order) {
    const { fill, line } = LEVELS[levels.get(ids[i])];
    const colours = { fill: pixel(view.zoom < 16 ? line : fill), line: pixel(line) };
    fillRing(target, ringXY, ringStart[i], ringStart[i + 1], view, colours, clip);
  }
  ctx.putImageData(image, 0, 0);
}

function paintCommunities(ctx, town, places, view, wordOf) {
  const shelf = new Shelf();
  for (const one of town.communities) {
    const place = places.get(one.code);
    if (!place) continue;
    ctx.beginPath();
    one.rings.forEach((ring) => trace(ctx, ring, view));
    ctx.fillStyle = LEVELS[place.level].fill;
    ctx.fill("evenodd");
    ctx.strokeStyle = LEVELS[place.level].line;
    ctx.lineWidth = 1.4;
    ctx.stroke();
  }
  for (const one of town.communities) {
    const place = places.get(one.code);
    if (!place) continue;
    const [x, y] = [((one.box[0] + one.box[2]) / 2) * view.scale - view.ox, ((one.box[1] + one.box[3]) / 2) * view.scale - view.oy];
    const text = wordOf(place);
    const half = widthOf(ctx, text, 13, 600) / 2;
    if (shelf.take(x - half, y + 8, x + half, y + 28)) write(ctx, text, x, y + 18, { size: 13, weight: 600, colour: LEVELS[place.level].line });
  }
}

/**
 * @param {L.Map} map
 * @param {() => object|null} town the geometry, once it is there
 * @param {(place: object) => string} [wordOf] what is written into a community
 */
export function riskLayer(map, town, wordOf = () => "") {
  let shown = null; // {kind, surface, …}
  let between = null; // the steps that colour tells apart stay those of the first surface
  const pictures = new WeakMap();

  const layer = canvasLayer(map, { name: "risk", zIndex: Z_INDEX, paint: (ctx, view) => paint(ctx, view) });
  const pane = map.getPane("risk");

  function paint(ctx, view) {
    if (!shown) return false;
    if (shown.kind === "surface" || shown.kind === "difference") paintPicture(ctx, shown.surface, shown.picture, view);
    else if (shown.kind === "cells") paintBlocks(ctx, shown.surface, shown.blocks, view);
    else if (!town()) return false;
    else if (shown.kind === "buildings") paintBuildings(ctx, town(), shown.levels, view);
    else paintCommunities(ctx, town(), shown.places, view, wordOf);
    return true;
  }

  function set(next) {
    shown = next;
    pane.dataset.shows = next?.kind ?? "";
    layer.ask();
  }

  return {
    ...layer,
    /** The steps that the legend tells of. @returns {[number, number]|null} */
    between: () => between,
    /** @param {import("../risk/surface.mjs").Surface} surface */
    surface(surface) {
      between ??= span(surface.cells);
      if (!pictures.has(surface)) pictures.set(surface, pictureOf(surface, valueTable(between)));
      set({ kind: "surface", surface, picture: pictures.get(surface) });
    },
    /** How `surface` differs from `before`. */
    difference(surface, before) {
      const both = difference(surface, before);
      set({ kind: "difference", surface: both, picture: pictureOf(both, differenceTable((step) => timesOf(step, surface.head))) });
    },
    cells(surface) {
      set({ kind: "cells", surface, blocks: blocks(surface, BLOCK) });
    },
    /** @param {Map<string, number>} levels by id of a building */
    buildings(levels) {
      set({ kind: "buildings", levels });
    },
    /** @param {Map<string, object>} places by code of a community */
    communities(places) {
      set({ kind: "communities", places });
    },
    clear: () => set(null),
    /** @param {number} share 0 … 1 */
    opacity(share) {
      pane.style.opacity = String(share);
    },
  };
}
