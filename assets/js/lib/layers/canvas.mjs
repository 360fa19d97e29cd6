/**
 * A canvas over the map that follows pan and zoom; everything the map shows is painted on a few of these.
 *
 * The canvas is somewhat larger than the map, so that a short pan shows no blank edge; while the
 * map zooms it is scaled by the compositor and painted anew when the zoom ends.
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

function paneOf(map, name, zIndex) {
  const pane = map.getPane(name) ?? map.createPane(name);
  pane.style.zIndex = String(zIndex);
  pane.style.pointerEvents = "none";
  return pane;
}

/**
 * @param {L.Map} map
 * @param {{name: string, zIndex: number, paint: (ctx: CanvasRenderingContext2D, view: View) => unknown}} options
 *   `paint` returns false if there was nothing to paint
 * @returns {{ask: () => void, view: () => View|null, ctx: CanvasRenderingContext2D, show: (on: boolean) => void, shown: () => boolean, remove: () => void}}
 */
export function canvasLayer(map, { name, zIndex, paint }) {
  const { L } = window;
  const canvas = L.DomUtil.create("canvas", "leaflet-zoom-animated", paneOf(map, name, zIndex));
  const ctx = canvas.getContext("2d");
  let view = null;
  let asked = 0;
  let center = null;

  function place() {
    const size = map.getSize();
    const pad = size.multiplyBy(map.options.dragging ? PADDING : 0).round();
    const corner = map.containerPointToLayerPoint([0, 0]).subtract(pad).round();
    const world = map.getPixelOrigin().add(corner);
    // a map that css enlarges as a whole says by how much, so that it stays sharp
    const dpr = (window.devicePixelRatio || 1) * (map.options.enlarged ?? 1);
    view = makeView(map.getZoom(), world.x, world.y, size.x + 2 * pad.x, size.y + 2 * pad.y, dpr);
    center = map.getCenter();
    L.DomUtil.setPosition(canvas, corner);
    const [w, h] = [Math.round(view.width * dpr), Math.round(view.height * dpr)];
    if (canvas.width !== w || canvas.height !== h) {
      canvas.width = w;
      canvas.height = h;
      canvas.style.width = `${view.width}px`;
      canvas.style.height = `${view.height}px`;
    }
  }

  function full() {
    if (canvas.style.display === "none" || !map._loaded) return;
    place();
    ctx.setTransform(view.dpr, 0, 0, view.dpr, 0, 0);
    ctx.clearRect(0, 0, view.width, view.height);
    if (paint(ctx, view) === false) empty();
    else canvas.style.visibility = "";
  }

  /** An empty canvas costs as much memory, and time to lay over the others, as a full one. */
  function empty() {
    canvas.style.visibility = "hidden";
    canvas.width = 0;
    canvas.height = 0;
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
    const half = L.point(view.width, view.height).divideBy(2);
    const offset = half.multiplyBy(-scale).add(map.project(center, zoom)).subtract(map._getNewPixelOrigin(toCenter, zoom));
    L.DomUtil.setTransform(canvas, offset, scale);
  }

  const onZoom = () => zoomTo(map.getCenter(), map.getZoom());
  const onZoomAnim = (event) => zoomTo(event.center, event.zoom);
  // One event often brings another (a jump is a reset and a move); they are painted together, in the
  // frame that shows them.
  map.on("moveend viewreset resize", ask);
  map.on("zoom", onZoom);
  map.on("zoomanim", onZoomAnim);

  return {
    ctx,
    ask,
    full,
    view: () => view,
    shown: () => canvas.style.display !== "none",
    show(on) {
      canvas.style.display = on ? "" : "none";
      if (on) ask();
    },
    remove() {
      map.off("moveend viewreset resize", ask);
      map.off("zoom", onZoom);
      map.off("zoomanim", onZoomAnim);
      cancelAnimationFrame(asked);
      canvas.remove();
    },
  };
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
