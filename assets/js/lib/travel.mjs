/** Moves the map to what is chosen or burning, and only as far as needed. */
import { calm } from "./dom.mjs";
import { boundsOf, latLng } from "./mercator.mjs";
import { areaOf } from "./layers/context.mjs";

const BUILDING_ZOOM = 17;
const DEVICE_ZOOM = 18;
const FLY_S = 0.8;

function go(map, center, zoom, fly = true) {
  if (!fly || calm()) map.setView(center, zoom, { animate: false });
  else map.flyTo(center, zoom, { duration: FLY_S });
}

/** Shows a place at least at a zoom level; stays where it is if that is already so. */
export function showPlace(map, [x, y], zoom, fly = true) {
  const center = latLng(x, y);
  const seen = map.getBounds().pad(-0.1).contains(center);
  if (seen && map.getZoom() >= zoom) return;
  go(map, center, Math.max(zoom, map.getZoom()), fly);
}

function showBox(map, box, fly) {
  const bounds = window.L.latLngBounds(boundsOf(box));
  if (map.getBounds().contains(bounds) && map.getZoom() >= map.getBoundsZoom(bounds) - 1) return;
  if (!fly || calm()) map.fitBounds(bounds, { animate: false, padding: [24, 24] });
  else map.flyToBounds(bounds, { duration: FLY_S, padding: [24, 24] });
}

/**
 * Brings a selection into view.
 * @param {L.Map} map
 * @param {object} town
 * @param {import("./selection.mjs").Selection|null} selection null shows the whole sub-district
 * @param {boolean} [fly] false jumps there, for a page that has just opened
 */
export function showSelection(map, town, selection, fly = true) {
  if (!town) return;
  const area = areaOf(town, selection);
  if (selection === null) showBox(map, town.box, fly);
  else if (area) showBox(map, area.box, fly);
  else if (selection.type === "building") {
    const i = town.buildings.index.get(selection.id);
    if (i !== undefined) showPlace(map, [town.buildings.x[i], town.buildings.y[i]], BUILDING_ZOOM, fly);
  } else if (selection.type === "slot") {
    const slot = Number(selection.id);
    if (slot < town.devices.n) showPlace(map, [town.devices.x[slot], town.devices.y[slot]], DEVICE_ZOOM, fly);
  }
}

/** Flies to an alarm. @param {L.Map} map @param {{lon: number, lat: number}} alarm */
export function showAlarm(map, alarm) {
  if (Number.isFinite(alarm.lon)) go(map, [alarm.lat, alarm.lon], Math.max(BUILDING_ZOOM, map.getZoom()));
}
