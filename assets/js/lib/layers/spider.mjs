/** Devices that stand in one place, spread out around it so that each can be seen and chosen. */
import { drawMark } from "../marks.mjs";
import { canvasLayer } from "./canvas.mjs";
import { GROUND } from "./palette.mjs";

const MARK = 7;
const APART = 22; // between neighbours, css pixels
const CIRCLE_MOST = 10;
const MOST = 120;

/**
 * Where the feet stand: a circle for a few, a spiral for many.
 * @param {number} n
 * @returns {[number, number][]} css pixels from the middle
 */
export function feet(n) {
  if (n <= CIRCLE_MOST) {
    const radius = Math.max(26, (n * APART) / (2 * Math.PI));
    return Array.from({ length: n }, (_, i) => {
      const angle = (2 * Math.PI * i) / n - Math.PI / 2;
      return [radius * Math.cos(angle), radius * Math.sin(angle)];
    });
  }
  const found = [];
  let angle = 0;
  for (let i = 0; i < n; i++) {
    const radius = 26 + (APART * angle) / (2 * Math.PI);
    found.push([radius * Math.cos(angle - Math.PI / 2), radius * Math.sin(angle - Math.PI / 2)]);
    angle += APART / radius;
  }
  return found;
}

/** @param {L.Map} map @param {import("../picture.mjs").Picture} picture */
export function spider(map, picture) {
  let slots = [];
  const layer = canvasLayer(map, { name: "xt-spider", zIndex: 455, paint: (ctx, view) => paint(ctx, view) });

  function places(view) {
    const { x, y } = picture.town.devices;
    const [cx, cy] = [x[slots[0]] * view.scale - view.ox, y[slots[0]] * view.scale - view.oy];
    return { cx, cy, at: feet(slots.length).map(([dx, dy]) => [cx + dx, cy + dy]) };
  }

  function paint(ctx, view) {
    if (!slots.length || !picture.worst || slots.some((slot) => slot >= picture.town.devices.n)) return false;
    const { cx, cy, at } = places(view);
    ctx.strokeStyle = GROUND.chosen;
    ctx.globalAlpha = 0.55;
    ctx.lineWidth = 1;
    ctx.beginPath();
    for (const [x, y] of at) {
      ctx.moveTo(cx, cy);
      ctx.lineTo(x, y);
    }
    ctx.stroke();
    ctx.globalAlpha = 1;
    at.forEach(([x, y], i) => drawMark(ctx, picture.worst.status[slots[i]], x, y, MARK));
    return true;
  }

  function close() {
    if (!slots.length) return;
    slots = [];
    layer.ask();
  }

  const off = picture.on((change) => {
    if (change.full || slots.some((slot) => change.slots.has(slot))) layer.ask();
  });
  map.on("zoomstart", close);
  return {
    /** @param {number[]} own slots, the worst first */
    open(own) {
      slots = own.slice(0, MOST);
      layer.ask();
    },
    close,
    /** The device whose foot is at a container point, or -1. */
    hit(point) {
      const view = layer.view();
      if (!slots.length || !view) return -1;
      const world = map.getPixelOrigin().add(map.containerPointToLayerPoint(point));
      const found = places(view).at.findIndex(([x, y]) => Math.hypot(world.x - view.ox - x, world.y - view.oy - y) <= MARK + 3);
      return found < 0 ? -1 : slots[found];
    },
    remove() {
      off();
      map.off("zoomstart", close);
      layer.remove();
    },
  };
}
