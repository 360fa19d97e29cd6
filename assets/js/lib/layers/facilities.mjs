/** Fire-fighting resources: hydrants, micro fire stations, cameras; calm icons, each of them switchable. */
import { lang, t } from "../i18n.mjs";
import { STATUS } from "../marks.mjs";
import { CAMERA, deviceKindWord, statusWord } from "../words.mjs";
import { canvasLayer } from "./canvas.mjs";
import { fontOf } from "./palette.mjs";

const ICON = {
  hydrant: { zh: "栓", en: "H", from: 16, ground: "#222a31", line: "#64727e", text: "#a3b1bd" },
  micro_station: { zh: "站", en: "S", from: 15, ground: "#39434c", line: "#aab3bc", text: "#e8eaed" },
  camera: { zh: "视", en: "C", from: 16, ground: "#20262b", line: "#7d8893", text: "#aab3bc" },
};
const HALF = 8;
const ICONS_FROM = 17.5; // further out a hydrant is a small bar: a ring would say 失联

const kindWord = (kind) => ({ hydrant: t("消火栓"), micro_station: t("微型消防站"), camera: t("视频") })[kind];

function drawIcon(ctx, kind, x, y, zoom) {
  const { ground, line, text } = ICON[kind];
  const small = kind === "hydrant" && zoom < ICONS_FROM;
  ctx.beginPath();
  if (small) ctx.rect(x - 1.5, y - 3.5, 3, 7);
  else if (kind === "hydrant") ctx.arc(x, y, HALF, 0, 2 * Math.PI);
  else ctx.roundRect(x - HALF, y - HALF, 2 * HALF, 2 * HALF, 3);
  ctx.fillStyle = small ? line : ground;
  ctx.fill();
  if (small) return;
  ctx.strokeStyle = line;
  ctx.lineWidth = 1.2;
  ctx.stroke();
  ctx.fillStyle = text;
  ctx.font = fontOf(10.5, 600);
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.fillText(ICON[kind][lang()], x, y + 0.5);
}

/** Cameras are devices; they become icons like the other resources. */
function camerasOf(town) {
  const found = [];
  for (let slot = 0; slot < town.devices.n; slot++) {
    if (town.devices.kind[slot] === CAMERA) found.push({ slot, x: town.devices.x[slot], y: town.devices.y[slot] });
  }
  return found;
}

function tooltip(picture, kind, item) {
  if (item.slot === undefined) return { type: "facility", id: item.id, title: item.name, sub: kindWord(kind), lines: [] };
  const code = picture.worst.status[item.slot];
  return {
    type: "slot",
    id: String(item.slot),
    title: deviceKindWord(CAMERA),
    sub: "",
    lines: [{ status: STATUS[code], text: statusWord(code) }],
  };
}

/**
 * @param {L.Map} map
 * @param {import("../picture.mjs").Picture} picture
 * @param {{kinds?: Record<string, boolean>}} [options] which kinds are shown at first
 */
export function facilitiesLayer(map, picture, { kinds = { hydrant: true, micro_station: true, camera: false } } = {}) {
  const shown = { ...kinds };
  let cameras = null;
  const itemsOf = (kind) =>
    kind === "camera" ? (cameras ??= camerasOf(picture.town)) : (picture.town.facilities[kind] ?? []);

  function visible(view) {
    const found = [];
    for (const kind of Object.keys(ICON)) {
      if (!shown[kind] || view.zoom < ICON[kind].from) continue;
      for (const item of itemsOf(kind)) {
        const x = item.x * view.scale - view.ox;
        const y = item.y * view.scale - view.oy;
        if (x > -HALF && y > -HALF && x < view.width + HALF && y < view.height + HALF) found.push({ kind, item, x, y });
      }
    }
    return found;
  }

  const layer = canvasLayer(map, {
    name: "xt-facilities",
    zIndex: 425,
    paint: (ctx, view) => {
      const icons = picture.town ? visible(view) : [];
      icons.forEach(({ kind, x, y }) => drawIcon(ctx, kind, x, y, view.zoom));
      return icons.length > 0;
    },
  });
  const off = picture.on((change) => {
    if (!change.full) return;
    cameras = null;
    layer.ask();
  });
  layer.ask();
  return {
    /** @param {string} kind @param {boolean} on */
    showKind(kind, on) {
      shown[kind] = on;
      layer.ask();
    },
    hit(point, [ux, uy]) {
      const view = layer.view();
      if (!view || !picture.worst) return null;
      const [x, y] = [ux * view.scale - view.ox, uy * view.scale - view.oy];
      const found = visible(view).find((icon) => Math.abs(icon.x - x) <= HALF && Math.abs(icon.y - y) <= HALF);
      return found ? tooltip(picture, found.kind, found.item) : null;
    },
    remove() {
      off();
      layer.remove();
    },
  };
}
