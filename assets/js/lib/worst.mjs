/** Worst status of buildings and communities, kept up to date device by device. */
import { STATUS } from "./marks.mjs";

const NONE = 65535;
const KINDS = STATUS.length;

function worstIn(counts, at) {
  for (let code = KINDS - 1; code > 0; code--) if (counts[at + code] > 0) return code;
  return 0;
}

/**
 * Counts of devices by status, for the whole town, every building and every community.
 *
 * The counts make a change cost the same for a building of three devices and one of three
 * thousand, and the worst status can get better as well as worse.
 */
export class Worst {
  /** @param {import("./geometry.mjs").Town} town @param {Uint8Array} status one byte per slot */
  constructor(town, status) {
    this.town = town;
    this.status = Uint8Array.from(status.subarray(0, town.devices.n));
    this.counts = new Uint32Array(KINDS);
    this.perBuilding = new Uint32Array(KINDS * town.buildings.n);
    this.perCommunity = new Uint32Array(KINDS * town.communities.length);
    for (let slot = 0; slot < this.status.length; slot++) this.#count(slot, this.status[slot], 1);
    this.building = Uint8Array.from({ length: town.buildings.n }, (_, i) => worstIn(this.perBuilding, i * KINDS));
    this.community = Uint8Array.from({ length: town.communities.length }, (_, i) => worstIn(this.perCommunity, i * KINDS));
  }

  #count(slot, code, by) {
    this.counts[code] += by;
    const { building, community } = this.town.devices;
    if (building[slot] !== NONE) this.perBuilding[building[slot] * KINDS + code] += by;
    if (community[slot] !== NONE) this.perCommunity[community[slot] * KINDS + code] += by;
  }

  /**
   * Takes one device's new status in.
   * @param {number} slot @param {number} code
   * @param {{buildings: Set<number>, communities: Set<number>}} changed gets whatever looks different now
   * @returns {boolean} whether anything changed
   */
  set(slot, code, changed) {
    if (slot >= this.status.length || this.status[slot] === code) return false;
    this.#count(slot, this.status[slot], -1);
    this.#count(slot, code, 1);
    this.status[slot] = code;
    this.#lift(this.town.devices.building[slot], this.town.devices.community[slot], changed);
    return true;
  }

  #lift(b, c, changed) {
    const now = b === NONE ? 0 : worstIn(this.perBuilding, b * KINDS);
    if (b !== NONE && now !== this.building[b]) {
      this.building[b] = now;
      changed.buildings.add(b);
    }
    if (c === NONE) return;
    this.community[c] = worstIn(this.perCommunity, c * KINDS);
    changed.communities.add(c);
  }

  /** Devices by status in one building. @returns {Uint32Array} */
  buildingCounts(i) {
    return this.perBuilding.subarray(i * KINDS, (i + 1) * KINDS);
  }

  /** Devices by status in one community. @returns {Uint32Array} */
  communityCounts(i) {
    return this.perCommunity.subarray(i * KINDS, (i + 1) * KINDS);
  }
}
