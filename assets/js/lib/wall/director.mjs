/**
 * What the wall shows: a rotation through views, which a fire takes over and gives back.
 * Pure: time and fires come in, the scene comes out.
 */

export const DWELL_MS = 12_000;
/** No scene is shown for less than this; only the first fire may cut a view short. */
export const MIN_MS = 3_000;

/**
 * @typedef {{kind: "view", key: string}|{kind: "fire", key: string}} Scene
 * @typedef {object} Direction
 * @property {Scene} scene
 * @property {number} since when it began
 * @property {number} view index of the view that is shown or was left
 * @property {Set<string>} shown fires that have had their turn
 */

/** @param {string[]} views @param {number} now @returns {Direction} */
export const begin = (views, now) => ({ scene: { kind: "view", key: views[0] }, since: now, view: 0, shown: new Set() });

/**
 * The direction a moment later; the same object when nothing changes.
 * @param {Direction} direction
 * @param {{views: string[], fires: string[], now: number}} facts fires: unacknowledged, longest waiting first
 * @returns {Direction}
 */
export function step(direction, { views, fires, now }) {
  const stood = now - direction.since;
  return fires.length ? toFire(direction, fires, now, stood) : toView(direction, views, now, stood);
}

function toFire(direction, fires, now, stood) {
  const { scene, shown } = direction;
  if (scene.kind === "view") return show(direction, fires[0], now);
  if (stood < MIN_MS) return direction;
  const fresh = fires.find((key) => !shown.has(key));
  const place = fires.indexOf(scene.key);
  if (place < 0) return show(direction, fresh ?? fires[0], now);
  if (fresh) return show(direction, fresh, now);
  if (fires.length === 1 || stood < DWELL_MS) return direction;
  return show(direction, fires[(place + 1) % fires.length], now);
}

function toView(direction, views, now, stood) {
  if (direction.scene.kind === "fire") {
    if (stood < MIN_MS) return direction;
    const view = direction.view % views.length;
    return { scene: { kind: "view", key: views[view] }, since: now, view, shown: new Set() };
  }
  if (stood < DWELL_MS) return direction;
  const view = (direction.view + 1) % views.length;
  return { ...direction, scene: { kind: "view", key: views[view] }, since: now, view };
}

const show = (direction, key, now) => ({
  ...direction,
  scene: { kind: "fire", key },
  since: now,
  shown: new Set([...direction.shown, key]),
});
