/** A town of three buildings and five devices, shared by the tests. */
import { decodeContext, decodeDevices } from "../../assets/js/lib/decode.mjs";
import { Town } from "../../assets/js/lib/geometry.mjs";

const square = (x, y, d) => [[[x, y], [x + d, y], [x + d, y + d], [x, y + d], [x, y]]];
const area = (properties, coordinates) => ({ type: "Feature", properties, geometry: { type: "Polygon", coordinates } });
const collection = (...features) => ({ type: "FeatureCollection", features });

/** Two communities that share the border at 118.61° E; the second building lies in the second one. */
export const CONTEXT = {
  communities: collection(
    area({ code: "001", name: "沙塘社区", name_en: "Shatang Community", label_lon: 118.605, label_lat: 24.775 }, square(118.6, 24.77, 0.01)),
    area({ code: "002", name: "杏田社区", name_en: "Xingtian Community", label_lon: 118.615, label_lat: 24.775 }, square(118.61, 24.77, 0.01)),
  ),
  work_points: collection(),
  neighbours: collection(),
  streets: collection({ type: "Feature", properties: { name: "晋新路", class: "main" }, geometry: { type: "LineString", coordinates: [[118.6, 24.772], [118.62, 24.772]] } }),
  water: collection(),
  facilities: { hydrant: [["H1", "消火栓 1", 118.603, 24.772]], micro_station: [] },
};

export const BUILDINGS = {
  origin: [118.6, 24.77],
  unit: 1e-6,
  ids: ["B1", "B2", "B3"],
  names: ["甲楼", "乙楼", "丙楼"],
  categories: [0, 2, 4],
  communities: [0, 1, 0],
  community_codes: ["001", "002"],
  points: [[1000, 1000], [15000, 1000], [5000, 5000]],
  rings: [
    [900, 900, 1100, 900, 1100, 1100, 900, 1100],
    [14900, 900, 15100, 900, 15100, 1100, 14900, 1100],
    [4900, 4900, 5100, 4900, 5100, 5100, 4900, 5100],
  ],
};

/** Slots 0 and 1 in B1, 2 in B2, 3 in B3, 4 in the street of the second community. */
export function devicesBin() {
  const lonlat = [[118.601, 24.771], [118.601, 24.771], [118.615, 24.771], [118.605, 24.775], [118.612, 24.779]];
  const n = lonlat.length;
  const buffer = new ArrayBuffer(40 + 7 * n);
  const view = new DataView(buffer);
  view.setUint32(0, 0x58544731);
  view.setUint32(4, n, true);
  [118.6, 118.62, 24.77, 24.78].forEach((value, i) => view.setFloat64(8 + 8 * i, value, true));
  lonlat.forEach(([lon, lat], i) => {
    view.setUint16(40 + 2 * i, Math.round(((lon - 118.6) / 0.02) * 65535), true);
    view.setUint16(40 + 2 * n + 2 * i, Math.round(((lat - 24.77) / 0.01) * 65535), true);
    view.setUint16(40 + 4 * n + 2 * i, [0, 0, 1, 2, 65535][i], true);
    view.setUint8(40 + 6 * n + i, [0, 1, 5, 0, 6][i]);
  });
  return buffer;
}

export const makeTown = () => new Town("v1", decodeContext(CONTEXT), BUILDINGS, decodeDevices(devicesBin()));

/** An open alarm; whatever a test does not name is plain. */
export const makeAlarm = (own = {}) => ({
  id: 1,
  slot: 0,
  device: "XT-SMK-000001",
  device_name: "感烟 1",
  device_kind: "smoke",
  location: "3层 302室",
  building: "B1",
  building_name: "甲楼",
  community: "001",
  community_name: "沙塘社区",
  community_name_en: "Shatang Community",
  lon: 118.601,
  lat: 24.771,
  kind: "fire",
  cause: "smoke_fire",
  value: 17.2,
  count: 1,
  raised_at: 1_000_000,
  received_at: 1_000_000,
  last_at: 1_000_000,
  cleared_at: null,
  acked_at: null,
  acked_by: null,
  closed_at: null,
  closed_by: null,
  verdict: null,
  incident: null,
  ...own,
});
