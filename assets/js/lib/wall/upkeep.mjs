/** What a page needs to stand for weeks: pixel shift against burn-in, and a reload after an upgrade. */

const SHIFT_EVERY_MS = 60_000;
const BUILD_EVERY_MS = 5 * 60_000;
/** Positions of the whole page in pixels, 1 – 3 apart, coming back to the first. */
export const SHIFTS = [[0, 0], [1, 1], [3, 2], [2, 0], [3, -2], [1, -3], [-1, -2], [-3, -3], [-2, 0], [-3, 2], [-1, 3], [1, 2]];

/** @param {number} minute @returns {[number, number]} where the page stands in this minute */
export const shiftAt = (minute) => SHIFTS[((minute % SHIFTS.length) + SHIFTS.length) % SHIFTS.length];

/** Moves an element a little each minute. @param {HTMLElement} element */
export function keepShifting(element) {
  const shift = () => {
    const [x, y] = shiftAt(Math.floor(Date.now() / SHIFT_EVERY_MS));
    element.style.setProperty("--shift-x", `${x}px`);
    element.style.setProperty("--shift-y", `${y}px`);
  };
  shift();
  return setInterval(shift, SHIFT_EVERY_MS);
}

/** The build that the page came from. */
export const ownBuild = () => document.querySelector('meta[name="xt-build"]')?.content ?? "";

/**
 * Whether a newer application answers.
 * @param {string} own @param {typeof fetch} [get]
 * @returns {Promise<boolean>} false too while the server can't be reached
 */
export async function upgraded(own, get = fetch) {
  try {
    const answer = await get("/healthz", { cache: "no-store" });
    if (!answer.ok) return false;
    const { build } = await answer.json();
    return Boolean(build) && Boolean(own) && build !== own;
  } catch {
    return false; // away for the moment; the health of the stream is told elsewhere
  }
}

/**
 * Reloads after an upgrade, at a moment when nothing burns.
 * @param {() => boolean} quiet @param {() => void} [reload]
 */
export function reloadAfterUpgrade(quiet, reload = () => location.reload()) {
  const own = ownBuild();
  let newer = false;
  const look = async () => {
    newer = newer || (await upgraded(own));
    if (newer && quiet()) reload();
  };
  return setInterval(look, BUILD_EVERY_MS);
}
