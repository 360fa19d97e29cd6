/** The live state joined with the geometry: all that a page's panels and layers need to know. */
import { fetchTown } from "./geometry.mjs";
import { LiveClient } from "./live.mjs";
import { Worst } from "./worst.mjs";

/**
 * @typedef {object} PictureChange
 * @property {boolean} full everything may be different
 * @property {Set<number>} slots
 * @property {Set<number>} buildings indexes whose worst status changed
 * @property {Set<number>} communities indexes whose figures changed
 * @property {Set<string|number>} alarms
 * @property {object[]} values
 */

export class Picture {
  #listeners = new Set();
  #loading = null;

  /** @param {LiveClient} [client] @param {(version: string) => Promise<object>} [load] */
  constructor(client = new LiveClient(), load = fetchTown) {
    this.client = client;
    this.load = load;
    this.town = null;
    this.worst = null;
    client.present.complete = (alarm) => this.#complete(alarm);
  }

  /** An alarm with what the geometry says of its device; as it is while there is none. */
  #complete(alarm) {
    return this.town && alarm.building_name === undefined ? { ...alarm, ...this.town.about(alarm.slot) } : alarm;
  }

  /** Resolves when the first picture stands. @param {{building?: string|null, version?: string|null}} [options] */
  async start({ building = null, version = null } = {}) {
    if (version) this.#load(version); // beside the snapshot, not after it
    this.client.on("change", (change) => this.#take(change));
    await this.client.start(building);
    await this.#townOf(this.client.present.geometry);
    if (!this.worst) this.#rebuild();
  }

  /** @param {(change: PictureChange) => void} fn @returns {() => void} stops it */
  on(fn) {
    this.#listeners.add(fn);
    return () => this.#listeners.delete(fn);
  }

  /** @param {(alarm: object, previous: object|null) => void} fn at once, also in a hidden tab */
  onAlarm(fn) {
    return this.client.on("alarm", fn);
  }

  /** @param {() => void} fn at once when alarms came, in a tab that is seen */
  onAlarms(fn) {
    return this.client.on("alarms", fn);
  }

  /** @param {(incident: {id: number, buildings: string[]}) => void} fn when people worked on one */
  onIncident(fn) {
    return this.client.on("incident", fn);
  }

  /** @param {(health: object) => void} fn with every tick of the page's clock, and when it flips */
  onHealth(fn) {
    return this.client.on("health", fn);
  }

  /** @param {string|null} building */
  watch(building) {
    this.client.watch(building);
  }

  stop() {
    this.client.stop();
    this.#listeners.clear();
  }

  #load(version) {
    const loading = this.load(version).then(
      (town) => ({ town, version }),
      () => ({ town: null, version }),
    );
    this.#loading = { version, loading };
    return loading;
  }

  /** The town of a version; a new try each second while the server can't give it. */
  async #townOf(version) {
    if (this.town?.version === version) return this.town;
    const { loading } = this.#loading?.version === version ? this.#loading : { loading: this.#load(version) };
    const { town } = await loading;
    if (town) {
      this.town = town;
      return town;
    }
    this.#loading = null;
    await new Promise((resolve) => setTimeout(resolve, 1000));
    return this.#townOf(this.client.present.geometry);
  }

  async #take(change) {
    if (change.full || !this.worst) {
      await this.#townOf(this.client.present.geometry);
      this.#rebuild();
      return;
    }
    const changed = { buildings: new Set(), communities: new Set() };
    for (const slot of change.slots) this.worst.set(slot, this.client.status[slot], changed);
    this.#tell({ ...change, ...changed, values: [...change.values.values()] });
  }

  #rebuild() {
    this.worst = new Worst(this.town, this.client.status);
    for (const [id, alarm] of this.client.alarms) this.client.alarms.set(id, this.#complete(alarm));
    this.#tell({
      full: true,
      slots: new Set(),
      buildings: new Set(),
      communities: new Set(),
      alarms: new Set(this.client.alarms.keys()),
      values: [],
    });
  }

  #tell(change) {
    for (const fn of this.#listeners) {
      try {
        fn(change);
      } catch (error) {
        console.error(error); // one broken panel must not stop the others
      }
    }
  }
}
