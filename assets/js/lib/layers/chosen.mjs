/** A ring around the chosen device, above everything but the alarms. */
import { canvasLayer } from "./canvas.mjs";
import { GROUND } from "./palette.mjs";
import { radiusAt } from "./dots.mjs";

/** @param {L.Map} map @param {import("../picture.mjs").Picture} picture */
export function chosenLayer(map, picture) {
  let slot = -1;
  const layer = canvasLayer(map, {
    name: "xt-chosen",
    zIndex: 450,
    paint: (ctx, view) => {
      const { devices } = picture.town ?? {};
      if (!devices || slot < 0 || slot >= devices.n) return false;
      ctx.strokeStyle = GROUND.chosen;
      ctx.lineWidth = 2;
      ctx.beginPath();
      ctx.arc(devices.x[slot] * view.scale - view.ox, devices.y[slot] * view.scale - view.oy, radiusAt(view.zoom) + 5, 0, 2 * Math.PI);
      ctx.stroke();
      return true;
    },
  });
  const off = picture.on((change) => change.full && layer.ask());
  return {
    /** @param {import("../selection.mjs").Selection|null} selection */
    select(selection) {
      slot = selection?.type === "slot" ? Number(selection.id) : -1;
      layer.ask();
    },
    remove() {
      off();
      layer.remove();
    },
  };
}
