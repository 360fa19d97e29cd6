/** Where the wall's map looks. */
import { calm } from "../dom.mjs";
import { boundsOf } from "../mercator.mjs";

const FLY_S = 1.6;
const FIRE_ZOOM = 18;

/**
 * Shows an area, above what covers the map's lower edge.
 * @param {L.Map} map @param {[number, number, number, number]} box unit mercator
 * @param {{left?: number, right?: number, bottom?: number}} [covered] pixels of the map that something covers
 * @param {boolean} [fly]
 */
export function lookAtBox(map, box, { left = 0, right = 0, bottom = 0 } = {}, fly = true) {
  const options = { paddingTopLeft: [left + 8, 8], paddingBottomRight: [right + 8, bottom + 8], maxZoom: 16 };
  if (fly && !calm()) map.flyToBounds(boundsOf(box), { ...options, duration: FLY_S });
  else map.fitBounds(boundsOf(box), { ...options, animate: false });
}

/**
 * Shows a place in the middle of what the card leaves free.
 * @param {L.Map} map @param {{lon: number, lat: number}} place @param {number} covered pixels on the right
 * @param {boolean} [fly]
 */
export function lookAtPlace(map, { lon, lat }, covered, fly = true) {
  const center = map.unproject(map.project([lat, lon], FIRE_ZOOM).add([covered / 2, 0]), FIRE_ZOOM);
  if (!fly || calm()) map.setView(center, FIRE_ZOOM, { animate: false });
  else map.flyTo(center, FIRE_ZOOM, { duration: FLY_S });
}

