/** The moment from which everything is on the screen; tests and benches wait for it. */

import { whenThere } from "./dom.mjs";

const frame = () => new Promise((done) => requestAnimationFrame(done));

/**
 * Sets the mark `xt-painted` and `<html data-ready>` when the live picture, the map and the last
 * part of the page are there and a frame with them has been drawn.
 * @param {Promise<void>} picture the live picture's start
 * @param {string} last selector of what arrives last
 */
export async function markPainted(picture, last) {
  await Promise.all([picture, new Promise((done) => window.xt.onMap(done)), whenThere(last)]);
  await frame(); // this frame draws …
  await frame(); // … and now it is on the screen
  performance.mark("xt-painted");
  document.documentElement.dataset.ready = "true";
}
