/** The built-in basemap: counties around, the sub-district, its communities, streets, water, names. */
import { named, t } from "../i18n.mjs";
import { STATUS } from "../marks.mjs";
import { inRings, longestStretch, overlap } from "../shapes.mjs";
import { statusWord } from "../words.mjs";
import { canvasLayer, trace } from "./canvas.mjs";
import { Shelf, widthOf, write } from "./labels.mjs";
import { GROUND, TEXT } from "./palette.mjs";

const HIT_UNTIL = 16; // closer in, the open ground between buildings is nothing to choose

const KIND = (feature) => feature.props.kind ?? feature.props.class ?? feature.props.layer ?? "";
const isMain = (feature) => KIND(feature) === "main";

/** Width in css pixels of a street at a zoom level. */
export function streetWidth(main, zoom) {
  const metres = main ? 14 : 5;
  const real = metres / (142_000 / 2 ** zoom); // metres a pixel at this latitude (24.8° N)
  return Math.max(main ? 1.1 : 0.5, Math.min(real, main ? 26 : 10));
}

function fill(ctx, features, view, colour, line) {
  ctx.beginPath();
  for (const { rings, box } of features) if (overlap(box, view.box)) rings.forEach((ring) => trace(ctx, ring, view));
  if (colour) {
    ctx.fillStyle = colour;
    ctx.fill("evenodd");
  }
  if (line) stroke(ctx, ...line);
}

function stroke(ctx, colour, width, dash = []) {
  ctx.setLineDash(dash);
  ctx.lineJoin = "round";
  ctx.lineCap = dash.length ? "butt" : "round";
  ctx.strokeStyle = colour;
  ctx.lineWidth = width;
  ctx.stroke();
  ctx.setLineDash([]);
}

function lines(ctx, features, view, colour, width, dash = []) {
  ctx.beginPath();
  for (const { lines: own, box } of features) {
    if (overlap(box, view.box)) own.forEach((line) => trace(ctx, line, view, 0, line.length, false));
  }
  stroke(ctx, colour, width, dash);
}

function paintStreets(ctx, town, view) {
  const { zoom } = view;
  const lanes = zoom >= 14 ? town.streets.filter((street) => !isMain(street)) : [];
  const mains = town.streets.filter(isMain);
  if (zoom >= 16) lines(ctx, lanes, view, GROUND.casing, streetWidth(false, zoom) + 2);
  if (zoom >= 14) lines(ctx, mains, view, GROUND.casing, streetWidth(true, zoom) + 2.5);
  lines(ctx, lanes, view, GROUND.lane, streetWidth(false, zoom));
  lines(ctx, mains, view, zoom >= 16 ? GROUND.mainNear : GROUND.main, streetWidth(true, zoom));
}

function paintGround(ctx, town, view, tiles) {
  if (tiles) return;
  ctx.fillStyle = GROUND.sea;
  ctx.fillRect(0, 0, view.width, view.height);
  fill(ctx, town.neighbours, view, GROUND.land, [GROUND.landLine, 1]);
  lines(ctx, town.runways, view, GROUND.runway, Math.max(2, 45 / (142_000 / 2 ** view.zoom)));
  fill(ctx, town.communities, view, GROUND.own, null);
  fill(ctx, town.water, view, GROUND.water, [GROUND.waterLine, 1]);
  lines(ctx, town.water, view, GROUND.waterLine, Math.max(1.5, 12 / (142_000 / 2 ** view.zoom)));
  paintStreets(ctx, town, view);
}

function paintBoundaries(ctx, town, view, chosen) {
  lines(ctx, town.communityBorders, view, GROUND.communityLine, 1, [5, 4]);
  if (view.zoom <= 16) lines(ctx, town.workPointBorders, view, GROUND.workPointLine, 1.3);
  lines(ctx, town.outline, view, GROUND.outline, 1.6);
  if (chosen) fill(ctx, [chosen], view, "rgba(232,234,237,0.05)", [GROUND.chosen, 2]);
}

function nameStreets(ctx, town, view, shelf) {
  if (view.zoom < 15) return;
  for (const street of town.streets) {
    const text = named(street.name, street.nameEn);
    if (!text || (view.zoom < 17.5 && !isMain(street)) || !overlap(street.box, view.box)) continue;
    const stretch = (street.stretch ??= longestStretch(street.lines[0] ?? street.rings[0]));
    const x = stretch.x * view.scale - view.ox;
    const y = stretch.y * view.scale - view.oy;
    const wide = widthOf(ctx, text, 11) / 2 + 4;
    const need = Math.abs(wide * Math.cos(stretch.angle)) + 6;
    const high = Math.abs(wide * Math.sin(stretch.angle)) + 8;
    if (shelf.take(x - need, y - high, x + need, y + high)) {
      write(ctx, text, x, y, { size: 11, colour: TEXT.quiet, angle: stretch.angle });
    }
  }
}

const shortName = (community) => named(community.name.replace(/社区$/, ""), community.nameEn.replace(/ Community$/, ""));

function nameCommunity(ctx, community, view, shelf) {
  const size = view.zoom >= 15 ? 16 : view.zoom >= 14 ? 13.5 : 11.5;
  const [x, y] = [community.x * view.scale - view.ox, community.y * view.scale - view.oy];
  const text = shortName(community).replace(/^国营晋江市良种繁殖场生活区$/, t("良种场"));
  const half = widthOf(ctx, text, size, 600) / 2;
  if (!shelf.take(x - half - 4, y - size, x + half + 4, y + size)) return;
  write(ctx, text, x, y, { size, weight: 600, colour: TEXT.strong, halo: 4 });
}

function nameNeighbours(ctx, town, view, shelf) {
  if (view.zoom > 13) return;
  for (const item of town.neighbours) {
    if (!item.rings.length || item.props.role === "focus") continue;
    const x = ((item.box[0] + item.box[2]) / 2) * view.scale - view.ox;
    const y = ((item.box[1] + item.box[3]) / 2) * view.scale - view.oy;
    const text = named(item.name, item.nameEn);
    if (shelf.take(x - 40, y - 10, x + 40, y + 10)) write(ctx, text, x, y, { size: 12, colour: TEXT.quiet });
  }
}

/** Towns around and the airport, for orientation; what lies inside has its own buildings. */
function namePlaces(ctx, town, view, shelf) {
  if (view.zoom > 15) return;
  for (const place of town.places) {
    if (!["town", "airport"].includes(place.kind)) continue;
    const text = named(place.name, place.nameEn).replace(/[(（].*[)）]$/, "");
    const [x, y] = [place.x * view.scale - view.ox, place.y * view.scale - view.oy];
    const half = widthOf(ctx, text, 12) / 2 + 4;
    if (shelf.take(x - half, y - 9, x + half, y + 9)) write(ctx, text, x, y, { size: 12, colour: TEXT.quiet });
  }
}

function paintNames(ctx, town, view) {
  const shelf = new Shelf();
  if (view.zoom < 17) town.communities.forEach((item) => nameCommunity(ctx, item, view, shelf));
  namePlaces(ctx, town, view, shelf);
  nameStreets(ctx, town, view, shelf);
  nameNeighbours(ctx, town, view, shelf);
}

function tooltip(picture, i) {
  const community = picture.town.communities[i];
  const counts = picture.worst.communityCounts(i);
  const lines = [];
  for (let code = counts.length - 1; code >= 2; code--) {
    if (counts[code]) lines.push({ status: STATUS[code], text: `${statusWord(code)} ${counts[code]}` });
  }
  const total = counts.reduce((sum, n) => sum + n, 0);
  return {
    type: "community",
    id: community.code,
    title: named(community.name, community.nameEn),
    sub: t("{n} 台设备", { n: total }),
    lines,
  };
}

/**
 * @param {L.Map} map
 * @param {import("../picture.mjs").Picture} picture
 * @param {{tiles?: () => boolean}} [options] `tiles()`: whether a tile basemap lies below
 */
export function contextLayer(map, picture, { tiles = () => false } = {}) {
  let chosen = null;
  const ground = canvasLayer(map, {
    name: "xt-ground",
    zIndex: 250,
    paint: (ctx, view) => {
      if (!picture.town) return;
      paintGround(ctx, picture.town, view, tiles());
      paintBoundaries(ctx, picture.town, view, chosen);
    },
  });
  const names = canvasLayer(map, {
    name: "xt-names",
    zIndex: 430,
    paint: (ctx, view) => (picture.town ? paintNames(ctx, picture.town, view) : false),
  });
  const off = picture.on((change) => {
    if (!change.full) return;
    ground.ask();
    names.ask();
  });
  ground.ask();
  names.ask();
  return {
    show: (on) => names.show(on),
    repaint: () => ground.ask(),
    select(selection) {
      chosen = areaOf(picture.town, selection);
      ground.ask();
    },
    hit(point, [x, y]) {
      const { town } = picture;
      if (!town || !picture.worst || map.getZoom() > HIT_UNTIL) return null;
      const i = town.communities.findIndex(({ rings }) => inRings(x, y, rings));
      return i < 0 ? null : tooltip(picture, i);
    },
    remove() {
      off();
      ground.remove();
      names.remove();
    },
  };
}

/** The community or work point of a selection, or null. */
export function areaOf(town, selection) {
  if (selection?.type === "community") return town?.communities[town.codeIndex.get(selection.id)] ?? null;
  if (selection?.type === "work_point") return town?.workPoints[town.workPointIndex.get(selection.id)] ?? null;
  return null;
}
