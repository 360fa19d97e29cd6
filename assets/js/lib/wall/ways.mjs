/** From a fire to the hydrant and the micro fire station that its card names: who is near, and where. */
import { latLng } from "../mercator.mjs";

const PANE = "xt-ways";
const STYLE = { color: "#e8eaed", weight: 1.5, opacity: 0.85, dashArray: "5 4", interactive: false, pane: PANE };

/**
 * Where the nearest hydrant and micro fire station of a building stand.
 * @param {{hydrants: {id: string}[], micro_stations: {id: string}[]}|null} building as the card knows it
 * @param {{facilities: Record<string, {id: string, x: number, y: number}[]>}} town
 * @returns {[number, number][]} latitude, longitude
 */
export function nearestOf(building, town) {
  if (!building) return [];
  const named = [
    ["hydrant", building.hydrants[0]],
    ["micro_station", building.micro_stations[0]],
  ];
  const found = named.map(([kind, item]) => item && town.facilities[kind]?.find(({ id }) => id === item.id));
  return found.filter(Boolean).map(({ x, y }) => latLng(x, y));
}

/** @param {L.Map} map */
export function waysLayer(map) {
  const { L } = window;
  const pane = map.getPane(PANE) ?? map.createPane(PANE);
  pane.style.zIndex = "424"; // under the facilities' own icons
  pane.style.pointerEvents = "none";
  const group = L.layerGroup().addTo(map);
  return {
    /** @param {{lon: number, lat: number}} from @param {[number, number][]} ends */
    show(from, ends) {
      group.clearLayers();
      for (const end of ends) {
        group.addLayer(L.polyline([[from.lat, from.lon], end], STYLE));
        group.addLayer(L.circleMarker(end, { ...STYLE, radius: 11, fill: false, dashArray: null }));
      }
    },
    clear() {
      group.clearLayers();
    },
  };
}
