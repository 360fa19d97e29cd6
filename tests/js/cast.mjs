/** A town of three buildings and five devices, shared by the tests. */
import { decodeContext, decodeMap } from "../../assets/js/lib/decode.mjs";
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
  ids: ["B1", "B2", "B3"],
  names: ["甲楼", "乙楼", "丙楼"],
  categories: [0, 2, 4],
  communities: [0, 1, 0],
  community_codes: ["001", "002"],
};

const ORIGIN = [118.6, 24.77];
const UNIT = 2e-6;
const units = (lonlat) => lonlat.map((degrees, axis) => Math.round((degrees - ORIGIN[axis]) / UNIT));
const minus = (a, b) => a.map((value, axis) => value - b[axis]);

/** Numbers as three planes of bytes, the sign in the lowest bit. */
function column(numbers) {
  const folded = numbers.map((v) => (v >= 0 ? 2 * v : -2 * v - 1));
  return [0, 8, 16].flatMap((shift) => folded.map((v) => (v >> shift) & 255));
}
const columns = (pairs) => [0, 1].flatMap((axis) => column(pairs.map((pair) => pair[axis])));
const steps = (values) => values.map((value, i) => value - (values[i - 1] ?? 0));

/** `map.bin`: squares of 20 m around three points; slots 0 and 1 in B1, 2 in B2, 3 in B3, 4 in the street. */
export function mapBin() {
  const points = [[118.601, 24.771], [118.615, 24.771], [118.605, 24.775]].map(units);
  const devices = [[118.601, 24.771], [118.601, 24.771], [118.615, 24.771], [118.605, 24.775], [118.612, 24.779]].map(units);
  const building = [0, 0, 1, 2, 65535];
  const ring = [[-50, -50], [100, 0], [0, 100], [-100, 0]]; // each from the one before
  const own = (place, i) => (building[i] === 65535 ? place : minus(place, points[building[i]]));
  const head = new DataView(new ArrayBuffer(40));
  head.setUint32(0, 0x58544732);
  [3, 12, 5].forEach((n, i) => head.setUint32(4 + 4 * i, n, true));
  [...ORIGIN, UNIT].forEach((value, i) => head.setFloat64(16 + 8 * i, value, true));
  return Uint8Array.from([
    ...new Uint8Array(head.buffer),
    ...column(steps(points.map(([x]) => x))),
    ...column(steps(points.map(([, y]) => y))),
    ...column([4, 4, 4]),
    ...columns([...ring, ...ring, ...ring]),
    ...column(steps(building)),
    ...columns(devices.map(own)),
    ...[0, 1, 5, 0, 6],
  ]).buffer;
}

export const makeTown = () => new Town("v1", decodeContext(CONTEXT), BUILDINGS, decodeMap(mapBin()));

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
