/** Decodes what `/live/geometry/…` and `/live/snapshot` send (`docs/live-protocol.md`); pure. */
import { unitX, unitY } from "./mercator.mjs";
import { borders, emptyBox, outlines, widen } from "./shapes.mjs";

const NONE = 65535;
const HEADER = 40; // magic, count and four bounds

/** @param {string} text base64 @returns {Uint8Array} */
export function bytesOf(text) {
  const raw = atob(text);
  const bytes = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) bytes[i] = raw.charCodeAt(i);
  return bytes;
}

function u16(view, offset, n) {
  const out = new Uint16Array(n);
  for (let i = 0; i < n; i++) out[i] = view.getUint16(offset + 2 * i, true);
  return out;
}

/**
 * @param {ArrayBuffer} buffer `devices.bin`
 * @returns {{n: number, x: Float64Array, y: Float64Array, building: Uint16Array, kind: Uint8Array}}
 *   positions in unit mercator; building 65535 = none
 * @throws {RangeError} if it is not the format that this page knows
 */
export function decodeDevices(buffer) {
  const view = new DataView(buffer);
  if (view.getUint32(0, false) !== 0x58544731) throw new RangeError("devices.bin does not start with XTG1");
  const n = view.getUint32(4, true);
  const start = 8 + 4 * 8;
  if (start !== HEADER || buffer.byteLength < start + 7 * n) throw new RangeError("devices.bin is cut off");
  const [lon0, lon1, lat0, lat1] = [8, 16, 24, 32].map((offset) => view.getFloat64(offset, true));
  const x = Float64Array.from(u16(view, start, n), (q) => unitX(lon0 + (q / 65535) * (lon1 - lon0)));
  const y = Float64Array.from(u16(view, start + 2 * n, n), (q) => unitY(lat0 + (q / 65535) * (lat1 - lat0)));
  const building = u16(view, start + 4 * n, n);
  const kind = new Uint8Array(buffer.slice(start + 6 * n, start + 7 * n));
  return { n, x, y, building, kind };
}

/** Buildings as flat arrays in unit mercator. */
export function decodeBuildings(json) {
  const { origin, unit, ids, points, rings } = json;
  const n = ids.length;
  const lon = (dx) => unitX(origin[0] + dx * unit);
  const lat = (dy) => unitY(origin[1] + dy * unit);
  const ringStart = new Uint32Array(n + 1);
  rings.forEach((ring, i) => (ringStart[i + 1] = ringStart[i] + ring.length));
  const ringXY = new Float64Array(ringStart[n]);
  rings.forEach((ring, i) => {
    for (let k = 0; k < ring.length; k += 2) {
      ringXY[ringStart[i] + k] = lon(ring[k]);
      ringXY[ringStart[i] + k + 1] = lat(ring[k + 1]);
    }
  });
  return {
    n,
    ids,
    names: json.names,
    categories: json.categories,
    x: Float64Array.from(points, (p) => lon(p[0])),
    y: Float64Array.from(points, (p) => lat(p[1])),
    ringStart,
    ringXY,
    index: new Map(ids.map((id, i) => [id, i])),
  };
}

function feature(item) {
  const props = item.properties ?? {};
  return { ...outlines(item.geometry), name: props.name ?? "", nameEn: props.name_en ?? "", props, type: item.geometry.type };
}

const features = (collection) => (collection?.features ?? []).filter((item) => item.geometry).map(feature);

function area(item) {
  const { props } = item;
  const known = Number.isFinite(props.label_lon) && Number.isFinite(props.label_lat);
  const x = known ? unitX(props.label_lon) : (item.box[0] + item.box[2]) / 2;
  const y = known ? unitY(props.label_lat) : (item.box[1] + item.box[3]) / 2;
  return { ...item, code: props.code ?? props.id, workPoint: props.work_point ?? null, x, y };
}

function place({ properties, geometry }) {
  const [lon, lat] = geometry.coordinates;
  return { name: properties.name, nameEn: properties.name_en ?? "", kind: properties.kind ?? "", x: unitX(lon), y: unitY(lat) };
}

const facility = ([id, name, lon, lat]) => ({ id, name, x: unitX(lon), y: unitY(lat) });

/** The map's ground: communities, work points, neighbours, streets, water, facilities. */
export function decodeContext(json) {
  const communities = features(json.communities).map(area);
  const box = communities.reduce((all, item) => item.rings.reduce((some, ring) => widen(some, ring), all), emptyBox());
  const workPoints = features(json.work_points).map(area);
  const { outer, inner } = borders(communities.flatMap((item) => item.rings));
  const between = borders(workPoints.flatMap((item) => item.rings)).inner;
  return {
    communities,
    workPoints,
    // as features, so that they are painted like any other line
    outline: [{ lines: outer, box }],
    communityBorders: [{ lines: inner, box }],
    workPointBorders: [{ lines: between, box }],
    neighbours: features(json.neighbours),
    streets: features(json.streets),
    water: features(json.water),
    runways: features(json.runways),
    places: (json.places?.features ?? []).filter((item) => item.geometry?.type === "Point").map(place),
    facilities: Object.fromEntries(Object.entries(json.facilities ?? {}).map(([kind, rows]) => [kind, rows.map(facility)])),
    box,
  };
}

/**
 * Which community (index into `communities`) every building lies in.
 * @returns {Uint16Array} 65535 = none
 */
export function communityIndex(json, codeIndex) {
  const own = json.community_codes.map((code) => codeIndex.get(code) ?? NONE);
  return Uint16Array.from(json.communities, (i) => own[i] ?? NONE);
}

/**
 * Compressed rows: the members of every group one after another.
 * @param {ArrayLike<number>} group group of every item; groups ≥ `count` are left out
 * @param {number} count
 * @returns {{start: Uint32Array, items: Uint32Array}} members of g are items[start[g] … start[g+1])
 */
export function rowsOf(group, count) {
  const start = new Uint32Array(count + 1);
  for (let i = 0; i < group.length; i++) if (group[i] < count) start[group[i] + 1]++;
  for (let g = 0; g < count; g++) start[g + 1] += start[g];
  const next = start.slice();
  const items = new Uint32Array(start[count]);
  for (let i = 0; i < group.length; i++) if (group[i] < count) items[next[group[i]]++] = i;
  return { start, items };
}
