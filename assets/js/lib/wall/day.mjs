/** The day's figures: fetched at the start, when an alarm came (at most every 30 s), and every 5 min. */

const THROTTLE_MS = 30_000;
const REFRESH_MS = 5 * 60_000;

/**
 * @param {(day: object) => void} show
 * @param {{get?: typeof fetch, later?: typeof setTimeout, now?: () => number}} [means] for tests
 */
export function dayFeed(show, { get = (...args) => fetch(...args), later = setTimeout, now = Date.now } = {}) {
  let fetchedAt = -Infinity;
  let waiting = false;

  async function load() {
    fetchedAt = now();
    try {
      const answer = await get("/live/day", { credentials: "same-origin" });
      if (answer.ok) show(await answer.json());
    } catch {
      // away for the moment: the next round asks again, and the stream's health is told elsewhere
    }
  }

  /** Asks for new figures soon; many calls become one. */
  function touch() {
    if (waiting) return;
    waiting = true;
    later(() => {
      waiting = false;
      load();
    }, Math.max(1_000, fetchedAt + THROTTLE_MS - now()));
  }

  function start() {
    later(start, REFRESH_MS);
    return load();
  }

  return { start, touch };
}
