/** Devices: clusters from afar, marks from near, and what stands in one place spread out on a click. */
import { CELL } from "../clusters.mjs";
import { number } from "../format.mjs";
import { t } from "../i18n.mjs";
import { statusName } from "../marks.mjs";
import { deviceKindWord, statusWord } from "../words.mjs";
import { canvasLayer } from "./canvas.mjs";
import { Donuts } from "./donuts.mjs";
import { Dots } from "./dots.mjs";
import { spider } from "./spider.mjs";

const REACH_PX = 12; // how far a pointer may miss
const TOGETHER_PX = 5; // marks so close can't be told apart
const NEAR_ZOOM = 16;
const NONE = 65535;

/** From which zoom each device has a mark of its own: where there is room for that. @param {number} n devices */
export const dotsFrom = (n) => (n > 20_000 ? NEAR_ZOOM + 1 : NEAR_ZOOM);

function deviceTip(picture, slot) {
  const { devices, buildings } = picture.town;
  const code = picture.worst.status[slot];
  const building = devices.building[slot];
  return {
    type: "slot",
    id: String(slot),
    title: deviceKindWord(devices.kind[slot]),
    sub: building === NONE ? t("室外") : buildings.names[building],
    lines: [{ status: statusName(code), text: statusWord(code) }],
  };
}

const countLines = (counts) =>
  [...counts.keys()]
    .filter((code) => counts[code] > 0)
    .reverse()
    .map((code) => ({ status: statusName(code), text: `${statusWord(code)} ${number(counts[code])}` }));

/**
 * @param {L.Map} map
 * @param {import("../picture.mjs").Picture} picture
 * @param {{clusters?: boolean}} [options] clusters: also show devices from afar
 */
export function devicesLayer(map, picture, { clusters = true } = {}) {
  let painted = null;
  let kept = null;
  const legs = spider(map, picture);
  const extent = () => {
    const box = picture.town?.deviceIndex.box;
    return box ? { box, margin: CELL } : null;
  };
  const layer = canvasLayer(map, { name: "xt-devices", zIndex: 420, extent, paint: (ctx, view) => repaint(ctx, view) });

  function repaint(ctx, view) {
    if (painted?.view !== view) painted = picture.worst && painter(ctx, view);
    painted?.put(ctx);
    return painted !== null;
  }

  function painter(ctx, view) {
    if (view.zoom >= dotsFrom(picture.town.devices.n)) return new Dots(ctx, view, picture);
    if (!clusters) return null;
    const donuts = new Donuts(view, picture, kept);
    kept = donuts.clusters;
    return donuts;
  }

  const off = picture.on((change) => {
    if (change.full) {
      painted = null;
      layer.ask();
    } else if (painted?.patch(change.slots)) layer.again();
  });
  layer.ask();

  /** Devices that can't be told apart at a place. @param {number} slot one of them */
  function together(slot, scale) {
    const { x, y } = picture.town.devices;
    const reach = TOGETHER_PX / scale;
    const found = [];
    picture.town.deviceIndex.each(x[slot] - reach, y[slot] - reach, x[slot] + reach, y[slot] + reach, (i) => found.push(i));
    return found.sort((a, b) => picture.worst.status[b] - picture.worst.status[a] || a - b);
  }

  function hitDot(x, y, view) {
    const slot = picture.town.deviceIndex.nearest(x, y, REACH_PX / view.scale);
    if (slot < 0) return null;
    const slots = together(slot, view.scale);
    if (slots.length === 1) return deviceTip(picture, slot);
    const counts = new Uint32Array(6);
    slots.forEach((i) => (counts[picture.worst.status[i]] += 1));
    return {
      ...deviceTip(picture, slots[0]),
      id: slots.join(),
      title: t("{n} 台设备在一处", { n: slots.length }),
      lines: countLines(counts),
      open: () => legs.open(slots),
    };
  }

  function hitDonut(x, y, view) {
    const { clusters: own } = painted;
    const cell = painted.cellAt(x * view.scale - view.ox, y * view.scale - view.oy);
    if (cell < 0) return null;
    if (own.total[cell] === 1) return deviceTip(picture, own.members(cell)[0]);
    return {
      type: "cluster",
      id: String(cell),
      title: t("{n} 台设备", { n: number(own.total[cell]) }),
      sub: t("点击放大"),
      lines: countLines(own.countsOf(cell)),
      open: () => zoomInto(own.members(cell)),
    };
  }

  /** Goes as near as needed to tell a cluster's devices apart, and at least one level. */
  function zoomInto(slots) {
    const bounds = window.L.latLngBounds(slots.map((slot) => picture.town.latLngOf(slot)));
    const zoom = Math.max(map.getZoom() + 1, Math.min(map.getBoundsZoom(bounds), dotsFrom(picture.town.devices.n)));
    map.setView(bounds.getCenter(), Math.min(zoom, map.getMaxZoom()));
  }

  return {
    show(on) {
      layer.show(on);
      if (!on) legs.close();
    },
    hit(point, [x, y]) {
      const view = layer.view();
      if (!painted || !layer.shown() || !view) return null;
      const leg = legs.hit(point);
      if (leg >= 0) return deviceTip(picture, leg);
      return painted instanceof Dots ? hitDot(x, y, view) : hitDonut(x, y, view);
    },
    remove() {
      off();
      legs.remove();
      layer.remove();
    },
  };
}
