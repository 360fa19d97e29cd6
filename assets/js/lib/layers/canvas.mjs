/**
 * A canvas over the map that follows pan and zoom; everything the map shows is painted on a few of these.
 *
 * The canvas is somewhat larger than the map, so that a short pan shows no blank edge; while the
 * map zooms it is scaled by the compositor and painted anew when the zoom ends.
 *
 * It shows finished bitmaps: a canvas with a drawing context of its own is copied by the browser in
 * every frame of the page, changed or not (1.1 ms each for a desk in software rendering).
 */
import { worldPixels } from "../mercator.mjs";

const PADDING = 0.12; // of the map's size, on each side, where a person may pan

/**
 * @typedef {object} View how unit mercator maps to this canvas, in css pixels
 * @property {number} zoom @property {number} scale pixels of the whole world
 * @property {number} ox @property {number} oy world pixels of the canvas's corner
 * @property {number} width @property {number} height @property {number} dpr
 * @property {[number, number, number, number]} box what is visible, in unit mercator
 */

/** View of a canvas whose corner lies at world pixel (ox, oy). @returns {View} */
export function makeView(zoom, ox, oy, width, height, dpr) {
  const scale = worldPixels(zoom);
  const box = [ox / scale, oy / scale, (ox + width) / scale, (oy + height) / scale];
  return { zoom, scale, ox, oy, width, height, dpr, box };
}

/**
 * The part of a rectangle that something fills; at least one pixel.
 * @param {{x: number, y: number, width: number, height: number}} whole world pixels
 * @param {import("../shapes.mjs").Box} box unit mercator @param {number} scale @param {number} margin css pixels around it
 * @returns {{x: number, y: number, width: number, height: number}}
 */
export function crop(whole, box, scale, margin) {
  const cut = (from, size, low, high) => {
    const start = Math.min(from + size - 1, Math.max(from, Math.floor(low * scale) - margin));
    return [start, Math.max(1, Math.min(from + size, Math.ceil(high * scale) + margin) - start)];
  };
  const [x, width] = cut(whole.x, whole.width, box[0], box[2]);
  const [y, height] = cut(whole.y, whole.height, box[1], box[3]);
  return { x, y, width, height };
}

function paneOf(map, name, zIndex) {
  const pane = map.getPane(name) ?? map.createPane(name);
  pane.style.zIndex = String(zIndex);
  pane.style.pointerEvents = "none";
  return pane;
}

/**
 * An element over the map that follows pan and zoom.
 * @param {L.Map} map
 * @param {{name: string, zIndex: number, element: HTMLElement, render: (view: View) => unknown,
 *   extent?: () => {box: import("../shapes.mjs").Box, margin: number}|null}} options
 *   `render` returns false if there was nothing to show; `extent`: what it may fill at most, for what is painted often
 * @returns {{ask: () => void, again: () => void, view: () => View|null, show: (on: boolean) => void, shown: () => boolean, remove: () => void}}
 *   `ask` renders all with the next frame, where the map is then; `again` at once, where it was rendered last
 */
export function placedLayer(map, { name, zIndex, element, render, extent = () => null }) {
  const { L } = window;
  element.classList.add("leaflet-zoom-animated");
  paneOf(map, name, zIndex).append(element);
  let view = null;
  let asked = 0;

  function place() {
    const size = map.getSize();
    const pad = size.multiplyBy(map.options.dragging ? PADDING : 0).round();
    const corner = map.containerPointToLayerPoint([0, 0]).subtract(pad).round();
    const origin = map.getPixelOrigin();
    const zoom = map.getZoom();
    const whole = { ...origin.add(corner), width: size.x + 2 * pad.x, height: size.y + 2 * pad.y };
    const filled = extent();
    const { x, y, width, height } = filled ? crop(whole, filled.box, worldPixels(zoom), filled.margin) : whole;
    // a map that css enlarges as a whole says by how much, so that it stays sharp
    const dpr = (window.devicePixelRatio || 1) * (map.options.enlarged ?? 1);
    view = makeView(zoom, x, y, width, height, dpr);
    L.DomUtil.setPosition(element, L.point(x, y).subtract(origin));
    element.style.width = `${view.width}px`;
    element.style.height = `${view.height}px`;
  }

  const shown = () => element.style.display !== "none";

  function full() {
    if (!shown() || !map._loaded) return;
    place();
    again();
  }

  function again() {
    // an empty canvas costs as much time to lay over the others as a full one
    if (view && shown()) element.style.visibility = render(view) === false ? "hidden" : "";
  }

  function ask() {
    if (asked) return;
    asked = requestAnimationFrame(() => {
      asked = 0;
      full();
    });
  }

  function zoomTo(toCenter, zoom) {
    if (!view) return;
    const scale = map.getZoomScale(zoom, view.zoom);
    const corner = L.point(view.ox, view.oy).multiplyBy(scale);
    L.DomUtil.setTransform(element, corner.subtract(map._getNewPixelOrigin(toCenter, zoom)), scale);
  }

  const onZoom = () => zoomTo(map.getCenter(), map.getZoom());
  const onZoomAnim = (event) => zoomTo(event.center, event.zoom);
  // One event often brings another (a jump is a reset and a move); they are painted together, in the
  // frame that shows them.
  map.on("moveend viewreset resize", ask);
  map.on("zoom", onZoom);
  map.on("zoomanim", onZoomAnim);

  return {
    ask,
    again,
    view: () => view,
    shown,
    show(on) {
      element.style.display = on ? "" : "none";
      if (on) ask();
    },
    remove() {
      map.off("moveend viewreset resize", ask);
      map.off("zoom", onZoom);
      map.off("zoomanim", onZoomAnim);
      cancelAnimationFrame(asked);
      element.remove();
    },
  };
}

/** A canvas that shows finished bitmaps of one size. */
export class Bitmaps {
  constructor() {
    this.element = document.createElement("canvas");
    this.shown = this.element.getContext("bitmaprenderer");
    this.surface = new OffscreenCanvas(1, 1);
    this.ctx = this.surface.getContext("2d");
    this.some = false;
  }

  /**
   * Shows what `paint(ctx)` draws onto an empty surface, or nothing if it returns false.
   * @param {number} width @param {number} height css pixels @param {number} dpr
   * @param {(ctx: OffscreenCanvasRenderingContext2D) => unknown} paint
   * @returns {boolean} whether there is something
   */
  show(width, height, dpr, paint) {
    const [w, h] = [Math.round(width * dpr), Math.round(height * dpr)];
    if (this.surface.width !== w || this.surface.height !== h) Object.assign(this.surface, { width: w, height: h });
    this.ctx.setTransform(dpr, 0, 0, dpr, 0, 0);
    const before = this.some;
    this.some = paint(this.ctx) !== false;
    if (this.some) this.shown.transferFromImageBitmap(this.surface.transferToImageBitmap());
    else if (before) this.shown.transferFromImageBitmap(null);
    return this.some;
  }
}

/**
 * A canvas over the map.
 * @param {L.Map} map
 * @param {{name: string, zIndex: number, paint: (ctx: OffscreenCanvasRenderingContext2D, view: View) => unknown,
 *   extent?: () => {box: import("../shapes.mjs").Box, margin: number}|null}} options
 *   `paint` gets an empty surface and returns false if there was nothing to paint
 * @returns {ReturnType<typeof placedLayer>}
 */
export function canvasLayer(map, { name, zIndex, paint, extent }) {
  const bitmaps = new Bitmaps();
  const render = (view) => bitmaps.show(view.width, view.height, view.dpr, (ctx) => paint(ctx, view));
  return placedLayer(map, { name, zIndex, element: bitmaps.element, render, extent });
}

/** Unit mercator under a Leaflet container point. @returns {[number, number]} */
export function unitAt(map, point) {
  const world = map.getPixelOrigin().add(map.containerPointToLayerPoint(point));
  const scale = worldPixels(map.getZoom());
  return [world.x / scale, world.y / scale];
}

/**
 * Adds a flat outline to the current path, leaving out points that fall on the same pixel.
 * @param {CanvasRenderingContext2D} ctx @param {ArrayLike<number>} flat @param {View} view
 */
export function trace(ctx, flat, view, start = 0, end = flat.length, closed = true) {
  const { scale, ox, oy } = view;
  let lastX = flat[start] * scale - ox;
  let lastY = flat[start + 1] * scale - oy;
  ctx.moveTo(lastX, lastY);
  for (let i = start + 2; i < end; i += 2) {
    const x = flat[i] * scale - ox;
    const y = flat[i + 1] * scale - oy;
    if (Math.abs(x - lastX) + Math.abs(y - lastY) < 0.8 && i < end - 2) continue;
    ctx.lineTo(x, y);
    lastX = x;
    lastY = y;
  }
  if (closed) ctx.closePath();
}
