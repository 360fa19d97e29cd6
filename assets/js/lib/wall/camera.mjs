/** Where the wall's map looks. */
import { calm } from "../dom.mjs";
import { boundsOf } from "../mercator.mjs";

/** Half of a cross-fade, as long as the transition of css. */
export const FADE_MS = 140;
const FIRE_ZOOM = 18;
/** Room for a mark with its pulse and count. */
const EDGE_PX = 44;

/**
 * Turns the map to a view. A flight would only stretch the old picture and leave the rest blank, so
 * the map jumps: behind a short fade, or at once for a fire and for those who want no motion.
 */
export class Camera {
  #fading = null;

  /**
   * @param {HTMLElement} frame the map's frame, marked while the picture changes
   * @param {{still?: () => boolean, later?: typeof setTimeout, drop?: typeof clearTimeout}} [means] for tests
   */
  constructor(frame, { still = calm, later = (fn, ms) => setTimeout(fn, ms), drop = (timer) => clearTimeout(timer) } = {}) {
    this.frame = frame;
    this.still = still;
    this.later = later;
    this.drop = drop;
  }

  /** @param {() => void} jump turns the map without animation @param {{fade?: boolean}} [how] */
  turn(jump, { fade = true } = {}) {
    if (this.#fading !== null) this.drop(this.#fading);
    this.#fading = null;
    if (!fade || this.still()) {
      this.#show(jump);
      return;
    }
    this.frame.dataset.turning = "";
    this.#fading = this.later(() => {
      this.#fading = null;
      this.#show(jump);
    }, FADE_MS);
  }

  #show(jump) {
    jump();
    delete this.frame.dataset.turning;
  }
}

/**
 * Shows an area, above what covers the map's lower edge.
 * @param {L.Map} map @param {[number, number, number, number]} box unit mercator
 * @param {{bottom?: number}} [covered] pixels of the map that something covers
 */
export function lookAtBox(map, box, { bottom = 0 } = {}) {
  map.fitBounds(boundsOf(box), { paddingTopLeft: [8, 8], paddingBottomRight: [8, bottom + 8], maxZoom: 16, animate: false });
}

/**
 * Shows a place in the middle of what the card leaves free, with everything around it that the card names.
 * @param {L.Map} map @param {{lon: number, lat: number}} place @param {[number, number][]} others latitude, longitude
 * @param {{right?: number, bottom?: number}} [covered] pixels of the map that something covers
 */
export function lookAtPlace(map, { lon, lat }, others, { right = 0, bottom = 0 } = {}) {
  const bounds = [[lat, lon], ...others];
  map.fitBounds(bounds, {
    paddingTopLeft: [EDGE_PX, EDGE_PX],
    paddingBottomRight: [right + EDGE_PX, bottom + EDGE_PX],
    maxZoom: FIRE_ZOOM,
    animate: false,
  });
}
