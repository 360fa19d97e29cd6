/** Devices counted by status in squares of the map, kept up to date change by change; pure. */
import { STATUS } from "./marks.mjs";

const KINDS = STATUS.length;

/** Side of a square in css pixels. */
export const CELL = 76;
/** Room for a community's name above its circle. */
const NAME_HEIGHT = 11;

/**
 * @typedef {object} Cluster
 * @property {number} x @property {number} y centre in world pixels
 * @property {number} n devices @property {number} r radius in css pixels
 */

/** Radius of a cluster of n devices: ten times as many look a little larger. @param {number} n */
export const radiusOf = (n) => 10 + 4.4 * Math.log10(n);

/** Groups of devices and how many of each status are in them. */
class Clusters {
  /**
   * @param {object} town @param {Uint8Array} status
   * @param {number} scale world pixels at the zoom level that this is for
   */
  constructor(town, status, scale) {
    Object.assign(this, { town, scale });
    this.status = Uint8Array.from(status);
    /** Cell of every device. */
    this.of = this.group();
    this.counts = new Uint32Array(KINDS * this.cells);
    this.total = new Uint32Array(this.cells);
    for (let slot = 0; slot < this.of.length; slot++) {
      this.counts[this.of[slot] * KINDS + this.status[slot]] += 1;
      this.total[this.of[slot]] += 1;
    }
  }

  /** Takes a device's status in. @returns {number} the cell that looks different now, or -1 */
  set(slot, code) {
    const before = this.status[slot];
    if (before === code) return -1;
    const cell = this.of[slot];
    this.counts[cell * KINDS + before] -= 1;
    this.counts[cell * KINDS + code] += 1;
    this.status[slot] = code;
    return cell;
  }

  /** Counts by status byte. @param {number} cell @returns {Uint32Array} */
  countsOf(cell) {
    return this.counts.subarray(cell * KINDS, (cell + 1) * KINDS);
  }

  /** Devices of a cell. @param {number} cell @returns {number[]} slots */
  members(cell) {
    const found = [];
    this.of.forEach((own, slot) => own === cell && found.push(slot));
    return found;
  }
}

/** Devices by squares of the map; no two circles touch. */
export class SquareClusters extends Clusters {
  group() {
    const { n, x, y } = this.town.devices;
    const index = (unit) => Math.floor((unit * this.scale) / CELL);
    const { x0, y0, x1, y1 } = this.town.deviceIndex;
    [this.column0, this.row0] = n ? [index(x0), index(y0)] : [0, 0];
    this.columns = n ? index(x1) - this.column0 + 1 : 1;
    this.cells = this.columns * (n ? index(y1) - this.row0 + 1 : 1);
    const of = new Uint32Array(n);
    this.sumX = new Float64Array(this.cells);
    this.sumY = new Float64Array(this.cells);
    for (let slot = 0; slot < n; slot++) {
      const cell = (index(y[slot]) - this.row0) * this.columns + index(x[slot]) - this.column0;
      of[slot] = cell;
      this.sumX[cell] += x[slot] * this.scale;
      this.sumY[cell] += y[slot] * this.scale;
    }
    return of;
  }

  /** Where a cell's circle stands: its devices' middle, but well inside the square. @returns {Cluster} */
  at(cell) {
    const n = this.total[cell];
    const r = Math.min(radiusOf(n), CELL / 2 - 3);
    const place = (sum, index) => Math.max(index * CELL + r + 2, Math.min((index + 1) * CELL - r - 2, sum / n));
    const column = this.column0 + (cell % this.columns);
    const row = this.row0 + Math.floor(cell / this.columns);
    return { x: place(this.sumX[cell], column), y: place(this.sumY[cell], row), n, r };
  }

  /** Calls `fn(cell)` for every cluster that may reach into a rectangle of world pixels. */
  each(x0, y0, x1, y1, fn) {
    const range = (from, to, first, most) => [
      Math.max(0, Math.floor(from / CELL) - first),
      Math.min(most, Math.floor(to / CELL) - first + 1),
    ];
    const [c0, c1] = range(x0, x1, this.column0, this.columns);
    const [r0, r1] = range(y0, y1, this.row0, this.cells / this.columns);
    for (let row = r0; row < r1; row++) {
      for (let column = c0; column < c1; column++) {
        const cell = row * this.columns + column;
        if (this.total[cell]) fn(cell);
      }
    }
  }
}

/** Index of the area whose name stands nearest to a place. */
function nearest(areas, x, y) {
  const distance = (i) => Math.hypot(areas[i].x - x, areas[i].y - y);
  return areas.reduce((best, _, i) => (distance(i) < distance(best) ? i : best), 0);
}

/** Devices by community, each under the community's name. */
export class AreaClusters extends Clusters {
  group() {
    const { devices, communities } = this.town;
    this.cells = Math.max(1, communities.length);
    return Uint32Array.from({ length: devices.n }, (_, slot) => {
      const own = devices.community[slot];
      return own < communities.length ? own : nearest(communities, devices.x[slot], devices.y[slot]);
    });
  }

  /** @returns {Cluster} */
  at(cell) {
    const n = this.total[cell];
    const r = radiusOf(n);
    const { x, y } = this.town.communities[cell];
    return { x: x * this.scale, y: y * this.scale + NAME_HEIGHT + r, n, r };
  }

  /** Calls `fn(cell)` for every cluster; they are few. */
  each(_x0, _y0, _x1, _y1, fn) {
    for (let cell = 0; cell < this.cells; cell++) if (this.total[cell]) fn(cell);
  }
}

/**
 * The arcs of a donut, worst first from the top clockwise; whatever is abnormal is wide enough to be seen.
 * @param {ArrayLike<number>} counts by status byte
 * @param {number} least angle of an abnormal status, radians
 * @returns {{code: number, from: number, to: number}[]}
 */
export function arcsOf(counts, least = 0.5) {
  const codes = [...counts.keys()].filter((code) => counts[code] > 0).reverse();
  const total = codes.reduce((sum, code) => sum + counts[code], 0);
  const wanted = codes.map((code) => (2 * Math.PI * counts[code]) / total).map((angle, i) => (codes[i] === 0 ? angle : Math.max(angle, least)));
  const factor = (2 * Math.PI) / wanted.reduce((sum, angle) => sum + angle, 0);
  let from = -Math.PI / 2;
  return codes.map((code, i) => {
    const to = from + wanted[i] * factor;
    const arc = { code, from, to };
    from = to;
    return arc;
  });
}
