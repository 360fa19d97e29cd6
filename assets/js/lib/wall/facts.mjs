/** What the server knows of a burning building. */

export class Facts {
  #early = null;

  /** @param {typeof fetch} [get] */
  constructor(get = (...args) => fetch(...args)) {
    this.get = get;
  }

  /** Asks before the card does: a page that opens need not wait for its map first. @param {string} building */
  expect(building) {
    this.#early = { building, facts: this.#ask(building) };
  }

  /** @param {string} building @returns {Promise<object|null>} null while the server can't say */
  of(building) {
    const early = this.#early;
    this.#early = null; // it counts once: pressures change
    return early?.building === building ? early.facts : this.#ask(building);
  }

  async #ask(building) {
    try {
      const answer = await this.get(`/live/building/${encodeURIComponent(building)}`, { credentials: "same-origin" });
      return answer.ok ? await answer.json() : null;
    } catch {
      return null; // the card still says what the alarm itself knows
    }
  }
}
