/** Unit web mercator: the whole world is 0 … 1 in x (east) and y (south); EPSG:4326 in and out. */

const RAD = Math.PI / 180;

/** @param {number} lon degrees @returns {number} */
export const unitX = (lon) => (lon + 180) / 360;

/** @param {number} lat degrees @returns {number} */
export function unitY(lat) {
  const s = Math.sin(lat * RAD);
  return 0.5 - Math.log((1 + s) / (1 - s)) / (4 * Math.PI);
}

/** @param {number} lon degrees @param {number} lat degrees @returns {[number, number]} */
export const project = (lon, lat) => [unitX(lon), unitY(lat)];

/** @param {number} x @param {number} y @returns {[number, number]} longitude, latitude in degrees */
export const unproject = (x, y) => [x * 360 - 180, Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) / RAD];

/** @param {number} x @param {number} y @returns {[number, number]} latitude, longitude: Leaflet's order */
export function latLng(x, y) {
  const [lon, lat] = unproject(x, y);
  return [lat, lon];
}

/** Pixels of the whole world at a zoom level. @param {number} zoom */
export const worldPixels = (zoom) => 256 * 2 ** zoom;

/**
 * Leaflet's bounds ([[south, west], [north, east]]) of a box in unit mercator.
 * @param {[number, number, number, number]} box x0, y0, x1, y1
 */
export const boundsOf = ([x0, y0, x1, y1]) => [latLng(x0, y1), latLng(x1, y0)];
