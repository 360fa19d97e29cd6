/** Devices as marks written into pixels, from typed arrays. */
import { blit, wipe } from "../blit.mjs";
import { STATUS, drawMark } from "../marks.mjs";

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
export class Dots {
  constructor(ctx, view, picture) {
    this.view = view;
    this.picture = picture;
    this.image = ctx.createImageData(Math.round(view.width * view.dpr), Math.round(view.height * view.dpr));
    this.target = { pixels: new Uint32Array(this.image.data.buffer), width: this.image.width, height: this.image.height };
    this.sprites = makeSprites(radiusAt(view.zoom), view.dpr);
    this.half = this.sprites[0].size >> 1;
    this.#paint([0, 0, this.target.width, this.target.height]);
  }

  /** Puts the pixels onto an empty surface. */
  put(ctx) {
    ctx.putImageData(this.image, 0, 0);
  }

  /** Pixel of a device. @returns {[number, number]} */
  #at(devices, slot) {
    const { scale, ox, oy, dpr } = this.view;
    return [Math.round((devices.x[slot] * scale - ox) * dpr), Math.round((devices.y[slot] * scale - oy) * dpr)];
  }

  /** Paints the devices of a rectangle, the worst on top. @param {[number, number, number, number]} clip pixels */
  #paint(clip) {
    const { town, worst } = this.picture;
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
      for (const slot of slots) blit(this.target, this.sprites[code], ...this.#at(town.devices, slot), clip);
    });
  }

  /** Repaints the few pixels of each device that changed. @param {Iterable<number>} slots @returns {boolean} whether any is seen */
  patch(slots) {
    const { half, target } = this;
    let seen = false;
    for (const slot of slots) {
      const [cx, cy] = this.#at(this.picture.town.devices, slot);
      const clip = [cx - half, cy - half, cx + half + 1, cy + half + 1];
      if (clip[2] < 0 || clip[3] < 0 || clip[0] > target.width || clip[1] > target.height) continue;
      wipe(target, clip);
      this.#paint(clip);
      seen = true;
    }
    return seen;
  }
}
