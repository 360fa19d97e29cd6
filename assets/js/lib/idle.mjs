/** Whether a person is in the middle of something. */

export const BUSY_MS = 30_000;

/** @param {() => number} [now] ms @returns {{busy: () => boolean}} */
export function watchPerson(now = () => performance.now()) {
  let last = -Infinity;
  const seen = () => (last = now());
  ["pointerdown", "pointermove", "wheel", "keydown", "touchstart"].forEach((name) =>
    document.addEventListener(name, seen, { passive: true, capture: true }),
  );
  return { busy: () => now() - last < BUSY_MS };
}
