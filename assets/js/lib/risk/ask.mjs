/** Asks for forecasts and keeps what holds: a frozen week's surface is asked for once. */
import { decodeSurface } from "./surface.mjs";

export const NOW = "now";

async function got(url) {
  const answer = await fetch(url, { credentials: "same-origin" });
  if (answer.ok) return answer;
  const problem = await answer.json().catch(() => ({}));
  throw Object.assign(new Error(problem.detail ?? problem.title ?? String(answer.status)), { status: answer.status });
}

const json = async (url) => (await got(url)).json();

/** @param {{category?: string, system?: string, community?: string}} some */
export function query(some) {
  const chosen = Object.entries(some).filter(([, value]) => value);
  return chosen.length ? `&${new URLSearchParams(chosen)}` : "";
}

export class RiskSource {
  #surfaces = new Map();

  constructor() {
    this.versions = new Map();
    this.overview = null;
  }

  /** The weeks with their marks, how good they were, and the present. */
  async weeks() {
    this.overview = await json("/live/risk/weeks");
    this.versions = new Map(this.overview.weeks.map(({ week, version }) => [week, version]));
    if (this.overview.now) this.versions.set(NOW, this.overview.now.version);
    return this.overview;
  }

  /** @param {string} week Monday, or `now` @param {object} some filter @returns {Promise<import("./surface.mjs").Surface>} */
  surface(week, some) {
    const version = this.versions.get(week) ?? "";
    const key = `${week}/${version}${query(some)}`;
    if (!this.#surfaces.has(key)) {
      const asked = got(`/live/risk/surface/${week}?v=${version}${query(some)}`).then(async (answer) => decodeSurface(await answer.arrayBuffer()));
      asked.catch(() => this.#surfaces.delete(key)); // asked again the next time
      this.#surfaces.set(key, asked);
    }
    return this.#surfaces.get(key);
  }

  /** Drops surfaces of the present that are over. */
  forget() {
    const current = `${NOW}/${this.versions.get(NOW) ?? ""}`;
    for (const key of this.#surfaces.keys()) if (key.startsWith(`${NOW}/`) && !key.startsWith(current)) this.#surfaces.delete(key);
  }

  /** Levels by id of a building. @returns {Promise<Map<string, number>>} */
  async buildings(week, some) {
    const { ids, level } = await json(`/live/risk/buildings/${week}?v=${query(some)}`);
    return new Map(ids.map((id, k) => [id, level[k]]));
  }

  places(week) {
    return json(`/live/risk/places/${week}`);
  }
}

/** @param {string} id */
export const askBuilding = (id) => json(`/live/risk/building/${encodeURIComponent(id)}`);

/** @param {string} code */
export const askMeasures = (code) => json(`/live/risk/measures/${encodeURIComponent(code)}`);

/** What names the present's forecast. */
export const askNow = () => json("/live/risk/now");
