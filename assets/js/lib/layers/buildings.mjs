/** Building footprints, filled by the worst status of their devices; where there are many a change repaints its own pixels. */
import { t } from "../i18n.mjs";
import { FAULT, statusName } from "../marks.mjs";
import { wipe } from "../blit.mjs";
import { fillRing, pixel } from "../raster.mjs";
import { inRing } from "../shapes.mjs";
import { categoryWord, statusWord } from "../words.mjs";
import { canvasLayer, trace } from "./canvas.mjs";
import { Shelf, widthOf, write } from "./labels.mjs";
import { BUILDING, GROUND, TEXT } from "./palette.mjs";

/** So many footprints are written into pixels; fewer are drawn smoothly. */
const MANY = 400;
const PIXELS = Object.fromEntries(
  Object.entries(BUILDING).map(([name, [fill, line]]) => [name, { fill: pixel(fill), line: pixel(name === "normal" ? fill : line) }]),
);

const FROM_ZOOM = 14;
const NAMES_FROM = 17;
const ALL_NAMES_FROM = 17.5; // before that only what is chosen or abnormal has room for its name
const REACH = 0.000004; // in unit mercator, about 150 m: half of the largest building

/** What footprints fill: their points and half of the largest. */
function extentOf(town) {
  const box = town?.buildingIndex.box;
  return box ? { box: [box[0] - REACH, box[1] - REACH, box[2] + REACH, box[3] + REACH], margin: 4 } : null;
}

function paintOne(ctx, town, i, view) {
  const { ringXY, ringStart } = town.buildings;
  ctx.beginPath();
  trace(ctx, ringXY, view, ringStart[i], ringStart[i + 1]);
}

function paintGroup(ctx, town, members, name, view) {
  const { ringXY, ringStart } = town.buildings;
  const [inside, line] = BUILDING[name];
  ctx.beginPath();
  for (const i of members) trace(ctx, ringXY, view, ringStart[i], ringStart[i + 1]);
  ctx.fillStyle = inside;
  ctx.fill();
  if (view.zoom < 15 && name === "normal") return;
  ctx.strokeStyle = line;
  ctx.lineWidth = name === "normal" || name === "disabled" ? 0.7 : 1.2;
  ctx.stroke();
}

function visible(town, [x0, y0, x1, y1]) {
  const found = [];
  town.buildingIndex.each(x0 - REACH, y0 - REACH, x1 + REACH, y1 + REACH, (i) => found.push(i));
  return found;
}

/** Index of the building on whose footprint a place in unit mercator lies; -1 for none. */
export function buildingAt(town, x, y) {
  const { ringXY, ringStart } = town.buildings;
  return visible(town, [x, y, x, y]).find((b) => inRing(x, y, ringXY, ringStart[b], ringStart[b + 1])) ?? -1;
}

/** Footprints by worst status, the worst last: it is painted over the others. */
function byStatus(picture, box) {
  const { town, worst } = picture;
  const groups = new Map();
  for (const i of visible(town, box)) {
    const code = worst?.building[i] ?? 0;
    if (!groups.has(code)) groups.set(code, []);
    groups.get(code).push(i);
  }
  return [...groups].sort(([a], [b]) => a - b);
}

function paintAll(ctx, picture, view, box = view.box) {
  for (const [code, members] of byStatus(picture, box)) paintGroup(ctx, picture.town, members, statusName(code), view);
}

/** Thousands of footprints as pixels. */
class Pixels {
  constructor(ctx, view, picture) {
    Object.assign(this, { view, picture });
    this.image = ctx.createImageData(Math.round(view.width * view.dpr), Math.round(view.height * view.dpr));
    this.target = { pixels: new Uint32Array(this.image.data.buffer), width: this.image.width, height: this.image.height };
    this.#paint(view.box, [0, 0, this.image.width, this.image.height]);
  }

  #paint(box, clip) {
    const { ringXY, ringStart } = this.picture.town.buildings;
    for (const [code, members] of byStatus(this.picture, box)) {
      const colours = PIXELS[statusName(code)];
      for (const i of members) fillRing(this.target, ringXY, ringStart[i], ringStart[i + 1], this.view, colours, clip);
    }
  }

  /** Paints a rectangle of css pixels anew. */
  patch({ box, left, top, wide, high }) {
    const { width, height } = this.target;
    const { dpr } = this.view;
    const clip = [
      Math.max(0, Math.floor(left * dpr)),
      Math.max(0, Math.floor(top * dpr)),
      Math.min(width, Math.ceil((left + wide) * dpr)),
      Math.min(height, Math.ceil((top + high) * dpr)),
    ];
    wipe(this.target, clip);
    this.#paint(box, clip);
  }
}

function paintChosen(ctx, town, i, view) {
  if (i < 0) return;
  paintOne(ctx, town, i, view);
  ctx.strokeStyle = GROUND.chosen;
  ctx.lineWidth = 2.2;
  ctx.lineJoin = "round";
  ctx.stroke();
}

/** What is named first when there is not room for all: chosen, worst, largest. */
function byImportance(town, worst, chosen) {
  const size = (i) => town.buildings.ringStart[i + 1] - town.buildings.ringStart[i];
  return (a, b) =>
    Number(b === chosen) - Number(a === chosen) || worst.building[b] - worst.building[a] || size(b) - size(a) || a - b;
}

function paintNames(ctx, picture, view, chosen) {
  const { town, worst } = picture;
  if (view.zoom < NAMES_FROM || !worst) return false;
  const shelf = new Shelf();
  const wanted = (i) => view.zoom >= ALL_NAMES_FROM || i === chosen || worst.building[i] >= FAULT;
  for (const i of visible(town, view.box).filter(wanted).sort(byImportance(town, worst, chosen))) {
    const text = town.buildings.names[i];
    const half = widthOf(ctx, text, 11) / 2 + 3;
    const x = town.buildings.x[i] * view.scale - view.ox;
    const y = town.buildingBox(i)[3] * view.scale - view.oy + 8; // below, clear of its marks
    if (!shelf.take(x - half, y - 8, x + half, y + 8)) continue;
    const colour = i === chosen ? GROUND.chosen : TEXT.plain;
    write(ctx, text, x, y, { size: 11, colour, weight: i === chosen ? 600 : 400 });
  }
  return true;
}

function tooltip(picture, i) {
  const { buildings } = picture.town;
  const code = picture.worst?.building[i] ?? 0;
  const total = picture.town.devicesOf(i).length;
  return {
    type: "building",
    id: buildings.ids[i],
    title: buildings.names[i],
    sub: `${categoryWord(buildings.categories[i])} · ${t("{n} 台设备", { n: total })}`,
    lines: [{ status: statusName(code), text: statusWord(code) }],
  };
}

/**
 * @param {L.Map} map
 * @param {import("../picture.mjs").Picture} picture
 * @param {{labels?: boolean}} [options]
 */
export function buildingsLayer(map, picture, { labels = true } = {}) {
  let chosen = -1;
  let pixels = null;
  let painted = null; // the view that `pixels` are for
  let stale = true;
  const shapes = canvasLayer(map, {
    name: "xt-buildings",
    zIndex: 400,
    extent: () => extentOf(picture.town),
    paint: (ctx, view) => {
      if (!picture.town || view.zoom < FROM_ZOOM) return false;
      if (painted !== view || stale) pixels = visible(picture.town, view.box).length > MANY ? new Pixels(ctx, view, picture) : null;
      [painted, stale] = [view, false];
      if (pixels) ctx.putImageData(pixels.image, 0, 0);
      else paintAll(ctx, picture, view);
      paintChosen(ctx, picture.town, chosen, view);
      return true;
    },
  });
  const names = canvasLayer(map, {
    name: "xt-building-names",
    zIndex: 440,
    paint: (ctx, view) => labels && picture.town !== null && paintNames(ctx, picture, view, chosen),
  });

  /** Where a building's pixels are on the canvas; null outside of it. */
  function placeOf(i, view) {
    const box = picture.town.buildingBox(i);
    const [x0, y0, x1, y1] = box;
    const [left, top] = [Math.floor(x0 * view.scale - view.ox) - 2, Math.floor(y0 * view.scale - view.oy) - 2];
    const [wide, high] = [Math.ceil((x1 - x0) * view.scale) + 5, Math.ceil((y1 - y0) * view.scale) + 5];
    const outside = left > view.width || top > view.height || left + wide < 0 || top + high < 0;
    return outside ? null : { box, left, top, wide, high };
  }

  /** Paints the buildings whose worst status changed. @param {Set<number>} changed */
  function patch(changed) {
    const view = shapes.view();
    if (!view || view.zoom < FROM_ZOOM || !shapes.shown()) return;
    const places = [...changed].map((i) => placeOf(i, view)).filter((place) => place !== null);
    if (!places.length) return;
    if (pixels) places.forEach((place) => pixels.patch(place));
    shapes.again();
  }

  const off = picture.on((change) => {
    if (change.full) {
      stale = true;
      shapes.ask();
      names.ask();
    } else patch(change.buildings);
  });
  shapes.ask();
  return {
    show(on) {
      shapes.show(on);
      names.show(on);
    },
    select(selection) {
      const { town } = picture;
      const slot = selection?.type === "slot" ? Number(selection.id) : -1;
      const own = selection?.type === "building" ? town?.buildings.index.get(selection.id) : town?.devices.building[slot];
      chosen = own === undefined || own === 65535 ? -1 : own;
      shapes.ask();
      names.ask();
    },
    hit(point, [x, y]) {
      const { town } = picture;
      if (!town || !shapes.shown() || map.getZoom() < FROM_ZOOM) return null;
      const i = buildingAt(town, x, y);
      return i < 0 ? null : tooltip(picture, i);
    },
    remove() {
      off();
      shapes.remove();
      names.remove();
    },
  };
}
