/** The town as it stands: fetched once per version, then only read. */
import { communityIndex, decodeContext, decodeMap, joinBuildings, rowsOf } from "./decode.mjs";
import { GridIndex } from "./grid.mjs";
import { latLng, unproject } from "./mercator.mjs";
import { inRings } from "./shapes.mjs";
import { DEVICE_KINDS } from "./words.mjs";

const NONE = 65535;

/** Everything that is drawn and does not change while the version holds. */
export class Town {
  /**
   * @param {string} version
   * @param {object} context decoded `context.json`
   * @param {object} buildingsJson raw `buildings.json`
   * @param {{footprints: object, devices: object}} places decoded `map.bin`
   */
  constructor(version, context, buildingsJson, { footprints, devices }) {
    this.version = version;
    Object.assign(this, context);
    this.codeIndex = new Map(this.communities.map((item, i) => [item.code, i]));
    this.workPointIndex = new Map(this.workPoints.map((item, i) => [String(item.code), i]));
    this.buildings = joinBuildings(buildingsJson, footprints);
    this.buildings.community = communityIndex(buildingsJson, this.codeIndex);
    this.devices = devices;
    this.rows = rowsOf(devices.building, this.buildings.n);
    this.devices.community = this.#communityOfDevices();
    this.deviceIndex = new GridIndex(devices.x, devices.y);
    this.buildingIndex = new GridIndex(this.buildings.x, this.buildings.y, 4);
  }

  /** Community of every device: its building's, or for one in the street the one it stands in. */
  #communityOfDevices() {
    const { n, x, y, building } = this.devices;
    const own = this.buildings.community;
    return Uint16Array.from({ length: n }, (_, slot) =>
      building[slot] === NONE ? this.communityAt(x[slot], y[slot]) : own[building[slot]],
    );
  }

  /** Index of the community around a place in unit mercator; 65535 = none. */
  communityAt(x, y) {
    const found = this.communities.findIndex(
      ({ box, rings }) => x >= box[0] && x <= box[2] && y >= box[1] && y <= box[3] && inRings(x, y, rings),
    );
    return found < 0 ? NONE : found;
  }

  /** Slots of a building's devices. @param {number} i index of the building @returns {Uint32Array} */
  devicesOf(i) {
    return this.rows.items.subarray(this.rows.start[i], this.rows.start[i + 1]);
  }

  /** Leaflet's place of a device. @param {number} slot @returns {[number, number]} latitude, longitude */
  latLngOf(slot) {
    return latLng(this.devices.x[slot], this.devices.y[slot]);
  }

  /** What an alarm of a device says of its place (`ALARM` in `docs/live-protocol.md`). @param {number} slot */
  about(slot) {
    const { x, y, building, community, kind } = this.devices;
    if (!(slot < this.devices.n)) return {};
    const [lon, lat] = unproject(x[slot], y[slot]);
    const inside = building[slot] !== NONE;
    const own = this.communities[community[slot]];
    return {
      device_kind: DEVICE_KINDS[kind[slot]],
      building: inside ? this.buildings.ids[building[slot]] : null,
      building_name: inside ? this.buildings.names[building[slot]] : null,
      community: own?.code ?? null,
      community_name: own?.name ?? "",
      community_name_en: own?.nameEn ?? "",
      lon,
      lat,
    };
  }

  /** Box of one building's outline. @param {number} i @returns {import("./shapes.mjs").Box} */
  buildingBox(i) {
    const { ringXY, ringStart, x, y } = this.buildings;
    const box = [x[i], y[i], x[i], y[i]];
    for (let k = ringStart[i]; k < ringStart[i + 1]; k += 2) {
      box[0] = Math.min(box[0], ringXY[k]);
      box[1] = Math.min(box[1], ringXY[k + 1]);
      box[2] = Math.max(box[2], ringXY[k]);
      box[3] = Math.max(box[3], ringXY[k + 1]);
    }
    return box;
  }
}

async function got(url) {
  const answer = await fetch(url, { credentials: "same-origin" });
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return answer;
}

/**
 * Fetches one version of the geometry; the answers are immutable, so a reload costs nothing.
 * @param {string} version
 * @returns {Promise<Town>}
 * @throws {Error} if the version is gone (404) or the server is away
 */
export async function fetchTown(version) {
  const base = `/live/geometry/${encodeURIComponent(version)}`;
  const [context, buildings, places] = await Promise.all([
    got(`${base}/context.json`).then((answer) => answer.json()),
    got(`${base}/buildings.json`).then((answer) => answer.json()),
    got(`${base}/map.bin`).then((answer) => answer.arrayBuffer()),
  ]);
  return new Town(version, decodeContext(context), buildings, decodeMap(places));
}

/** Version of the geometry that the page was made with and is already fetching; null if it names none. */
export const geometryOfPage = () => document.querySelector('meta[name="xt-geometry"]')?.content ?? null;
