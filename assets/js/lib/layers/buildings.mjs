/** Building footprints, filled by the worst status of their devices; a change repaints its own place only. */
import { t } from "../i18n.mjs";
import { FAULT, statusName } from "../marks.mjs";
import { inRing } from "../shapes.mjs";
import { categoryWord, statusWord } from "../words.mjs";
import { canvasLayer, trace } from "./canvas.mjs";
import { Shelf, widthOf, write } from "./labels.mjs";
import { BUILDING, GROUND, TEXT } from "./palette.mjs";

const FROM_ZOOM = 14;
const NAMES_FROM = 17;
const ALL_NAMES_FROM = 17.5; // before that only what is chosen or abnormal has room for its name
const REACH = 0.000004; // in unit mercator, about 150 m: half of the largest building

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

function paintAll(ctx, picture, view, box = view.box) {
  const { town, worst } = picture;
  const groups = new Map();
  for (const i of visible(town, box)) {
    const code = worst?.building[i] ?? 0;
    if (!groups.has(code)) groups.set(code, []);
    groups.get(code).push(i);
  }
  [...groups.keys()].sort().forEach((code) => paintGroup(ctx, town, groups.get(code), statusName(code), view));
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
  const shapes = canvasLayer(map, {
    name: "xt-buildings",
    zIndex: 400,
    paint: (ctx, view) => {
      if (!picture.town || view.zoom < FROM_ZOOM) return false;
      paintAll(ctx, picture, view);
      paintChosen(ctx, picture.town, chosen, view);
      return true;
    },
  });
  const names = canvasLayer(map, {
    name: "xt-building-names",
    zIndex: 440,
    paint: (ctx, view) => labels && picture.town !== null && paintNames(ctx, picture, view, chosen),
  });

  /** Clears one building's rectangle and paints again what touches it. */
  function patch(i) {
    const view = shapes.view();
    if (!view || view.zoom < FROM_ZOOM || !shapes.shown()) return;
    const { ctx } = shapes;
    const [x0, y0, x1, y1] = picture.town.buildingBox(i);
    const [left, top] = [Math.floor(x0 * view.scale - view.ox) - 2, Math.floor(y0 * view.scale - view.oy) - 2];
    const [wide, high] = [Math.ceil((x1 - x0) * view.scale) + 5, Math.ceil((y1 - y0) * view.scale) + 5];
    if (left > view.width || top > view.height || left + wide < 0 || top + high < 0) return;
    ctx.save();
    ctx.beginPath();
    ctx.rect(left, top, wide, high);
    ctx.clip();
    ctx.clearRect(left, top, wide, high);
    paintAll(ctx, picture, view, [x0, y0, x1, y1]);
    paintChosen(ctx, picture.town, chosen, view);
    ctx.restore();
  }

  const off = picture.on((change) => {
    if (change.full) {
      shapes.ask();
      names.ask();
    } else change.buildings.forEach(patch);
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
      const { ringXY, ringStart } = town.buildings;
      const i = visible(town, [x, y, x, y]).find((b) => inRing(x, y, ringXY, ringStart[b], ringStart[b + 1]));
      return i === undefined ? null : tooltip(picture, i);
    },
    remove() {
      off();
      shapes.remove();
      names.remove();
    },
  };
}
