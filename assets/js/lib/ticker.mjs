/**
 * One slow clock for everything on a page that moves by itself, so that all of it is drawn in the
 * same three frames a second: pulses, running clocks, statuses.
 *
 * A css animation draws sixty times a second, and timers of their own spread their work over many
 * frames; on a wall of software-rendered screens drawing frames is most of the work. Three steps a
 * second draw the eye as well. The clock counts from the page's start, so that many screens on one
 * machine do not draw together.
 */

/** Ticks a second. */
const RATE = 3;
export const TICK_MS = 1000 / RATE;
/** Ticks of one pulse. */
export const TICKS = 6;

const listeners = new Set();
let running = false;
let tick = 0;

function step() {
  requestAnimationFrame(() => {
    tick += 1;
    for (const fn of listeners) {
      try {
        fn(phase());
      } catch (error) {
        console.error(error); // one broken panel must not stop the others
      }
    }
    wait();
  });
}

const wait = () => setTimeout(step, TICK_MS - (performance.now() % TICK_MS));

/** Where the pulse is now, 0 … 1. */
export const phase = () => (tick % TICKS) / TICKS;

/** Calls `fn(phase)` in the frame of every tick until it is stopped; not while the tab is hidden. @returns {() => void} stops it */
export function onTick(fn) {
  listeners.add(fn);
  if (!running) wait();
  running = true;
  return () => listeners.delete(fn);
}

/** Calls `fn()` once a second, in a frame of the clock. @returns {() => void} stops it */
export const onSecond = (fn) => onTick(() => tick % RATE === 0 && fn());
