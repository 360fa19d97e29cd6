/** Devices as marks written into pixels, from typed arrays; a change repaints its own few pixels. */
import { blit, wipe } from "../blit.mjs";
import { t } from "../i18n.mjs";
import { STATUS, drawMark, statusName } from "../marks.mjs";
import { deviceKindWord, statusWord } from "../words.mjs";
import { canvasLayer } from "./canvas.mjs";

const REACH_PX = 12; // how far a pointer may miss

/** Radius of a mark in css pixels at a zoom level. */
export const radiusAt = (zoom) => Math.min(9, 3.4 + 1.6 * Math.max(0, zoom - 16));

/** One sprite per status, rasterised by the same code that draws every other mark. */
function makeSprites(radius, dpr) {
  const size = 2 * Math.ceil((radius * 1.45 + 1.5) * dpr) + 1;
  const canvas = document.createElement("canvas");
  canvas.width = size;
  canvas.height = size;
  const ctx = canvas.getContext("2d", { willReadFrequently: true });
  return STATUS.map((_, code) => {
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    ctx.clearRect(0, 0, size, size);
    ctx.setTransform(dpr, 0, 0, dpr, size / 2, size / 2);
    drawMark(ctx, code, 0, 0, radius);
    return { size, pixels: new Uint32Array(ctx.getImageData(0, 0, size, size).data.buffer) };
  });
}

/** The pixels of one canvas and what is painted into them. */
class Pixels {
  constructor(ctx, view) {
    this.image = ctx.createImageData(Math.round(view.width * view.dpr), Math.round(view.height * view.dpr));
    this.target = { pixels: new Uint32Array(this.image.data.buffer), width: this.image.width, height: this.image.height };
    this.view = view;
    this.sprites = makeSprites(radiusAt(view.zoom), view.dpr);
    this.half = this.sprites[0].size >> 1;
  }

  /** Pixel of a device. @returns {[number, number]} */
  at(devices, slot) {
    const { scale, ox, oy, dpr } = this.view;
    return [Math.round((devices.x[slot] * scale - ox) * dpr), Math.round((devices.y[slot] * scale - oy) * dpr)];
  }

  /** Paints the devices of a rectangle, the worst on top. @param {[number, number, number, number]} clip pixels */
  paint(picture, clip) {
    const { town, worst } = picture;
    const { scale, ox, oy, dpr } = this.view;
    const margin = this.half + 1;
    const unit = (value, origin) => (value / dpr + origin) / scale;
    const byStatus = STATUS.map(() => []);
    town.deviceIndex.each(
      unit(clip[0] - margin, ox),
      unit(clip[1] - margin, oy),
      unit(clip[2] + margin, ox),
      unit(clip[3] + margin, oy),
      (slot) => byStatus[worst.status[slot]]?.push(slot),
    );
    byStatus.forEach((slots, code) => {
      for (const slot of slots) blit(this.target, this.sprites[code], ...this.at(town.devices, slot), clip);
    });
  }
}

function tooltip(picture, slot) {
  const { devices, buildings } = picture.town;
  const code = picture.worst.status[slot];
  const building = devices.building[slot];
  return {
    type: "slot",
    id: String(slot),
    title: deviceKindWord(devices.kind[slot]),
    sub: building === 65535 ? t("室外") : buildings.names[building],
    lines: [{ status: statusName(code), text: statusWord(code) }],
  };
}

/**
 * @param {L.Map} map
 * @param {import("../picture.mjs").Picture} picture
 * @param {{minZoom?: number}} [options]
 */
export function devicesLayer(map, picture, { minZoom = 16 } = {}) {
  let pixels = null;
  const layer = canvasLayer(map, {
    name: "xt-devices",
    zIndex: 420,
    paint: (ctx, view) => {
      pixels = null;
      if (!picture.worst || view.zoom < minZoom) return false;
      pixels = new Pixels(ctx, view);
      pixels.paint(picture, [0, 0, pixels.target.width, pixels.target.height]);
      ctx.putImageData(pixels.image, 0, 0);
      return true;
    },
  });

  function patch(slot) {
    if (!pixels || !layer.shown()) return;
    const [cx, cy] = pixels.at(picture.town.devices, slot);
    const { half } = pixels;
    const clip = [cx - half, cy - half, cx + half + 1, cy + half + 1];
    if (clip[2] < 0 || clip[3] < 0 || clip[0] > pixels.target.width || clip[1] > pixels.target.height) return;
    wipe(pixels.target, clip);
    pixels.paint(picture, clip);
    layer.ctx.putImageData(pixels.image, 0, 0, clip[0], clip[1], 2 * half + 1, 2 * half + 1);
  }

  const off = picture.on((change) => (change.full ? layer.ask() : change.slots.forEach(patch)));
  layer.ask();
  return {
    show: layer.show,
    hit(point, [x, y]) {
      const view = layer.view();
      if (!picture.worst || !layer.shown() || map.getZoom() < minZoom || !view) return null;
      const slot = picture.town.deviceIndex.nearest(x, y, REACH_PX / view.scale);
      return slot < 0 ? null : tooltip(picture, slot);
    },
    remove() {
      off();
      layer.remove();
    },
  };
}
