/**
 * Our clusters beside supercluster, the library that most web maps use: `make bench-clusters`.
 *
 * Both group the same devices at one zoom level and count them by status. Then 1 % of the devices change, round after round,
 * and the clusters that are seen are asked for. supercluster keeps no point that changes: it is built anew. JSON lines.
 */
import { pathToFileURL } from "node:url";
import { CELL, SquareClusters } from "../assets/js/lib/clusters.mjs";
import { GridIndex } from "../assets/js/lib/grid.mjs";
import { STATUS } from "../assets/js/lib/marks.mjs";
import { unitX, unitY, worldPixels } from "../assets/js/lib/mercator.mjs";

const { default: Supercluster } = await import(pathToFileURL(process.argv[2]));

const BOX = [118.595, 24.74, 118.65, 24.805];
const ZOOM = 15;
const ROUNDS = 20;
const SHARE = 0.01;

/** The same numbers in every run (mulberry32). */
function random(seed) {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const spread = (low, high, share) => low + (high - low) * share;

function makeDevices(n, next) {
  const lonlat = Array.from({ length: n }, () => [spread(BOX[0], BOX[2], next()), spread(BOX[1], BOX[3], next())]);
  const x = Float64Array.from(lonlat, ([lon]) => unitX(lon));
  const y = Float64Array.from(lonlat, ([, lat]) => unitY(lat));
  return { lonlat, town: { devices: { n, x, y }, deviceIndex: new GridIndex(x, y) } };
}

function ours({ town }, status) {
  const scale = worldPixels(ZOOM);
  const clusters = new SquareClusters(town, status, scale);
  const [x0, y0, x1, y1] = town.deviceIndex.box.map((unit) => unit * scale);
  return {
    change: (slots) => slots.forEach((slot) => clusters.set(slot, status[slot])),
    seen() {
      const found = [];
      clusters.each(x0, y0, x1, y1, (cell) => found.push([...clusters.countsOf(cell)]));
      return found;
    },
  };
}

function theirs({ lonlat }, status) {
  let index;
  const map = ({ status: code }) => ({ counts: STATUS.map((_, i) => (i === code ? 1 : 0)) });
  const reduce = (all, { counts }) => (all.counts = all.counts.map((n, i) => n + counts[i]));
  const build = () => {
    index = new Supercluster({ radius: CELL, extent: 256, minZoom: ZOOM, maxZoom: ZOOM, map, reduce });
    index.load(lonlat.map((coordinates, slot) => ({ geometry: { type: "Point", coordinates }, properties: { status: status[slot] } })));
  };
  build();
  return {
    change: build,
    seen: () => index.getClusters(BOX, ZOOM).map(({ properties }) => properties.counts ?? map(properties).counts),
  };
}

function timed(fn) {
  const started = performance.now();
  const result = fn();
  return [performance.now() - started, result];
}

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
const sum = (rows) => rows.reduce((all, own) => all.map((n, i) => n + own[i]), STATUS.map(() => 0));

function measure(n, make) {
  const next = random(n);
  const devices = makeDevices(n, next);
  const status = new Uint8Array(n);
  const [built, clusters] = timed(() => make(devices, status));
  const times = [];
  for (let round = 0; round < ROUNDS; round++) {
    const slots = Array.from({ length: Math.round(n * SHARE) }, () => Math.floor(next() * n));
    for (const slot of slots) status[slot] = Math.floor(next() * STATUS.length);
    const [took, rows] = timed(() => {
      clusters.change(slots);
      return clusters.seen();
    });
    times.push(took);
    const counted = sum(rows);
    const right = STATUS.map((_, code) => status.reduce((all, own) => all + (own === code ? 1 : 0), 0));
    if (String(counted) !== String(right)) throw new Error(`counted ${counted} instead of ${right}`);
  }
  return { built, change: median(times), clusters: clusters.seen().length };
}

const digits = (value) => Number(value.toFixed(3));
for (const n of [2_000, 10_000, 50_000, 200_000]) {
  const [own, peer] = [measure(n, ours), measure(n, theirs)];
  const line = {
    figure: "clusters: built, and 1 % changed and shown",
    devices: n,
    ours_built_ms: digits(own.built),
    supercluster_built_ms: digits(peer.built),
    ours_change_ms: digits(own.change),
    supercluster_change_ms: digits(peer.change),
    ratio: digits(peer.change / own.change),
    clusters: [own.clusters, peer.clusters],
  };
  console.log(JSON.stringify(line));
}
