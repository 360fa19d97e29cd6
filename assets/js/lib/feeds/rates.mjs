/** Messages a minute, from counts that come every few seconds; pure. */

const WINDOW_MS = 60_000;
const SHORTEST_MS = 5000;

export class Rates {
  #samples = new Map();

  /** @param {string} key @param {number} count ever-growing; a smaller one began anew @param {number} at ms */
  note(key, count, at) {
    const before = this.#samples.get(key) ?? [];
    const last = before.at(-1);
    const kept = last && count < last.count ? [] : before;
    while (kept.length > 1 && kept[1].at <= at - WINDOW_MS) kept.shift();
    kept.push({ count, at });
    this.#samples.set(key, kept);
  }

  /** @param {string} key @returns {number|null} null while too little is known */
  of(key) {
    const samples = this.#samples.get(key) ?? [];
    const [first, last] = [samples[0], samples.at(-1)];
    if (!first || last.at - first.at < SHORTEST_MS) return null;
    return ((last.count - first.count) * 60_000) / (last.at - first.at);
  }
}
