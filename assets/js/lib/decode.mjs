/** Decodes what `/live/geometry/…` and `/live/snapshot` send (`docs/live-protocol.md`); pure. */
import { unitX, unitY } from "./mercator.mjs";
import { borders, emptyBox, outlines, widen } from "./shapes.mjs";

const NONE = 65535;
const HEADER = 40; // magic, three counts, origin and unit

/** @param {string} text base64 @returns {Uint8Array} */
export function bytesOf(text) {
  const raw = atob(text);
  const bytes = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) bytes[i] = raw.charCodeAt(i);
  return bytes;
}

/** Reads the columns of `map.bin` one after another. */
class Columns {
  constructor(bytes, at) {
    this.bytes = bytes;
    this.at = at;
  }

  /** The next bytes as they are. @param {number} n @returns {Uint8Array} */
  take(n) {
    if (this.at + n > this.bytes.length) throw new RangeError("map.bin is cut off");
    this.at += n;
    return this.bytes.slice(this.at - n, this.at);
  }

  /** Whole numbers in three planes of bytes, the sign in the lowest bit. @param {number} n @returns {Int32Array} */
  numbers(n) {
    const planes = this.take(3 * n);
    const out = new Int32Array(n);
    for (let i = 0; i < n; i++) {
      const folded = planes[i] | (planes[n + i] << 8) | (planes[2 * n + i] << 16);
      out[i] = (folded >>> 1) ^ -(folded & 1);
    }
    return out;
  }

  /** Numbers that are told as the difference to the one before. @param {number} n */
  running(n) {
    const out = this.numbers(n);
    for (let i = 1; i < n; i++) out[i] += out[i - 1];
    return out;
  }
}

/**
 * @param {ArrayBuffer} buffer `map.bin`
 * @returns {{footprints: {n: number, x: Float64Array, y: Float64Array, ringStart: Uint32Array, ringXY: Float64Array},
 *   devices: {n: number, x: Float64Array, y: Float64Array, building: Uint16Array, kind: Uint8Array}}}
 *   positions in unit mercator; a building's ring is `ringXY[ringStart[i] … ringStart[i + 1]]`; building 65535 = none
 * @throws {RangeError} if it is not the format that this page knows
 */
export function decodeMap(buffer) {
  const view = new DataView(buffer);
  if (view.byteLength < HEADER || view.getUint32(0, false) !== 0x58544732) throw new RangeError("map.bin does not start with XTG2");
  const [nBuildings, nVertices, nDevices] = [4, 8, 12].map((offset) => view.getUint32(offset, true));
  const [lon0, lat0, unit] = [16, 24, 32].map((offset) => view.getFloat64(offset, true));
  const columns = new Columns(new Uint8Array(buffer), HEADER);
  const east = (units) => each(units, (u) => unitX(lon0 + u * unit));
  const south = (units) => each(units, (u) => unitY(lat0 + u * unit));
  const [px, py] = [columns.running(nBuildings), columns.running(nBuildings)];
  const sizes = columns.numbers(nBuildings);
  const [vx, vy] = [vertices(columns.numbers(nVertices), px, sizes), vertices(columns.numbers(nVertices), py, sizes)];
  const building = columns.running(nDevices);
  const [dx, dy] = [beside(columns.numbers(nDevices), px, building), beside(columns.numbers(nDevices), py, building)];
  const ringStart = new Uint32Array(nBuildings + 1);
  sizes.forEach((size, i) => (ringStart[i + 1] = ringStart[i] + 2 * size));
  return {
    footprints: { n: nBuildings, x: east(px), y: south(py), ringStart, ringXY: interleave(east(vx), south(vy)) },
    devices: { n: nDevices, x: east(dx), y: south(dy), building: Uint16Array.from(building), kind: columns.take(nDevices) },
  };
}

/** `Float64Array.from` with a function, without its iterator, which costs three times as much. */
function each(values, fn) {
  const out = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) out[i] = fn(values[i]);
  return out;
}

/** Steps along rings to places, in place: the first from the building's point, others from the one before. */
function vertices(steps, points, sizes) {
  let k = 0;
  for (let i = 0; i < sizes.length; i++) {
    let place = points[i];
    for (const end = k + sizes[i]; k < end; k++) steps[k] = place += steps[k];
  }
  return steps;
}

/** Distances from a building's point to places, in place. */
function beside(distances, points, building) {
  for (let i = 0; i < distances.length; i++) if (building[i] !== NONE) distances[i] += points[building[i]];
  return distances;
}

function interleave(x, y) {
  const out = new Float64Array(2 * x.length);
  for (let i = 0; i < x.length; i++) {
    out[2 * i] = x[i];
    out[2 * i + 1] = y[i];
  }
  return out;
}

/** Buildings: what is said of them, joined with where they stand. @param {object} json `buildings.json` */
export const joinBuildings = ({ ids, names, categories }, footprints) => ({
  ...footprints,
  ids,
  names,
  categories,
  index: new Map(ids.map((id, i) => [id, i])),
});

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
