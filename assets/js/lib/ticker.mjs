/**
 * One slow clock for everything that pulses, so that all of it moves in the same few frames.
 *
 * A css animation or a frame loop draws sixty or twenty times a second; on a wall of software-rendered
 * screens that is most of the work. Three steps a second draw the eye as well.
 */

export const TICK_MS = 320;
/** Ticks of one pulse. */
export const TICKS = 6;

const listeners = new Set();
let timer = null;
let tick = 0;

function step() {
  timer = null;
  if (!listeners.size) return;
  tick = (tick + 1) % TICKS;
  requestAnimationFrame(() => {
    for (const fn of listeners) fn(tick / TICKS);
    start();
  });
}

function start() {
  if (timer === null && listeners.size) timer = setTimeout(step, TICK_MS);
}

/** Where the pulse is now, 0 … 1. */
export const phase = () => tick / TICKS;

/** Calls `fn(phase)` at every tick until it is stopped. @returns {() => void} stops it */
export function onTick(fn) {
  listeners.add(fn);
  start();
  return () => listeners.delete(fn);
}
