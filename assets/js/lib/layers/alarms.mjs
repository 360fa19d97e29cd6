/** Every open alarm at every zoom, on canvases of their own above everything; none hides another. */
import { cluster } from "../cluster.mjs";
import { calm, el } from "../dom.mjs";
import { clock } from "../format.mjs";
import { drawMark, statusName, statusOfAlarm } from "../marks.mjs";
import { unitX, unitY } from "../mercator.mjs";
import { compareAlarms, isUnacknowledged } from "../queue_order.mjs";
import { whereOf } from "../queue_row.mjs";
import { ALARM_KINDS, alarmKindWord } from "../words.mjs";
import { onTick, phase } from "../ticker.mjs";
import { placedLayer } from "./canvas.mjs";
import { fontOf } from "./palette.mjs";
import { Tiles } from "./tiles.mjs";

const RADIUS = { fire: 10, prealarm: 8, fault: 6, supervisory: 6 };
const RING = 22; // how far a pulse reaches beyond its mark, css pixels
const MOST_PULSES = 60;
const RING_PX = 16; // radius of a ring in the style sheet
const STILL = 0.35;
const EDGE = 60;
const SHOWN_LINES = 6;

const rankOf = (alarm) => 10 - 2 * ALARM_KINDS.indexOf(alarm.kind) + (isUnacknowledged(alarm) ? 1 : 0);
const pulses = (alarm) => alarm.kind === "fire" && isUnacknowledged(alarm);

/** Radius and opacity of a pulse's ring at a moment. @param {number} phase 0 … 1 */
export const ringAt = (phase, radius) => ({ radius: radius + 4 + RING * phase, alpha: 1 - 0.8 * phase });

/**
 * The rings of pulsing places, an element each: a tick repaints their few pixels and not the canvas.
 * Where there are too many, or a person wants no motion, they stand still.
 */
class Rings {
  constructor(pane) {
    this.pane = pane;
    this.shown = [];
    this.off = null;
  }

  /** @param {{x: number, y: number, radius: number}[]} places css pixels in the pane @param {boolean} still */
  set(places, still) {
    while (this.shown.length > places.length) this.shown.pop().node.remove();
    while (this.shown.length < places.length) {
      this.shown.push({ node: this.pane.appendChild(el("i", { class: "map-ring", "aria-hidden": "true" })) });
    }
    places.forEach((place, i) => Object.assign(this.shown[i], place));
    this.paint(still ? STILL : phase());
    this.off?.();
    this.off = still || !places.length ? null : onTick((at) => this.paint(at));
  }

  paint(at) {
    for (const { node, x, y, radius } of this.shown) {
      const ring = ringAt(at, radius);
      node.style.transform = `translate(${x}px, ${y}px) scale(${(ring.radius / RING_PX).toFixed(3)})`;
      node.style.opacity = ring.alpha.toFixed(2);
    }
  }
}

function drawCount(ctx, x, y, n, scale) {
  const text = n > 99 ? "99+" : String(n);
  const wide = (7 + 6.5 * text.length) * scale;
  const high = 14 * scale;
  ctx.fillStyle = "#e8eaed";
  ctx.strokeStyle = "#14171a";
  ctx.lineWidth = 1.5;
  ctx.beginPath();
  ctx.roundRect(x, y - high, wide, high, high / 2);
  ctx.fill();
  ctx.stroke();
  ctx.fillStyle = "#14171a";
  ctx.font = fontOf(10.5 * scale, 700);
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.fillText(text, x + wide / 2, y - high / 2 + 0.5);
}

/** Everything that a group's picture depends on. */
const lookOf = ({ x, y, alarms }) => `${x} ${y} ${alarms[0].kind} ${alarms.length}`;

/** Says which alarms stand on the map now, for tests and benches. */
const tellPainted = (groups) => {
  const detail = groups.flatMap(({ alarms }) => alarms.map(({ id }) => id));
  document.dispatchEvent(new CustomEvent("xt-alarms-painted", { detail }));
};

/**
 * @param {L.Map} map
 * @param {import("../picture.mjs").Picture} picture
 * @param {{scale?: number, kinds?: string[]}} [options] scale: size of the marks (1 on a desk)
 */
export function alarmsLayer(map, picture, { scale = 1, kinds = ALARM_KINDS } = {}) {
  let groups = [];
  const element = el("div", { class: "map-alarms" });
  const layer = placedLayer(map, { name: "xt-alarms", zIndex: 460, element, render });
  const tiles = new Tiles(element, { place: reachOf, look: lookOf, draw: paintGroup });
  const rings = new Rings(element);

  function regroup(view) {
    const alarms = [...picture.client.alarms.values()].filter((a) => kinds.includes(a.kind) && Number.isFinite(a.lon));
    const points = alarms.map((alarm) => ({
      x: unitX(alarm.lon) * view.scale - view.ox,
      y: unitY(alarm.lat) * view.scale - view.oy,
      rank: rankOf(alarm),
    }));
    groups = cluster(points, 15 * scale).map(({ x, y, members }) => {
      const own = members.length === 1 ? [alarms[members[0]]] : members.map((i) => alarms[i]).sort(compareAlarms);
      return { x, y, alarms: own, radius: RADIUS[own[0].kind] * scale, pulse: own.some(pulses) };
    });
  }

  function reachOf({ x, y, radius }) {
    return { x, y, r: radius * 1.2 + 26 * scale };
  }

  function paintGroup(ctx, { x, y, radius, alarms }) {
    drawMark(ctx, statusOfAlarm(alarms[0].kind), x, y, radius);
    if (alarms.length > 1) drawCount(ctx, x + radius * 0.55, y - radius * 0.35, alarms.length, scale);
  }

  function render(view) {
    regroup(view);
    const seen = groups.filter(({ x, y }) => x > -EDGE && y > -EDGE && x < view.width + EDGE && y < view.height + EDGE);
    tiles.show(seen, view.dpr);
    const pulsing = seen.filter((group) => group.pulse);
    rings.set(pulsing, calm() || pulsing.length > MOST_PULSES);
    tellPainted(groups);
    return seen.length > 0;
  }

  const off = picture.on((change) => {
    if (change.full) layer.ask();
    else if (change.alarms.size) layer.again(); // a tab that was hidden catches up
  });
  const offAlarms = picture.onAlarms(layer.again); // where it is seen, an alarm does not wait for the next frame
  layer.ask();

  return {
    show: layer.show,
    hit(point) {
      const view = layer.view();
      if (!view) return null;
      const world = map.getPixelOrigin().add(map.containerPointToLayerPoint(point));
      const [x, y] = [world.x - view.ox, world.y - view.oy];
      const found = [...groups].reverse().find((group) => Math.hypot(group.x - x, group.y - y) <= group.radius + 4);
      return found ? tooltip(found.alarms, picture.client.serverNow()) : null;
    },
    remove() {
      off();
      offAlarms();
      rings.set([], true);
      layer.remove();
    },
  };
}

function tooltip(alarms, now) {
  const [first] = alarms;
  const line = (alarm) => ({
    status: statusName(statusOfAlarm(alarm.kind)),
    text: `${alarmKindWord(alarm.kind)} ${clock(now - alarm.raised_at)} · ${whereOf(alarm)}`,
  });
  const more = alarms.length > SHOWN_LINES ? [{ status: null, text: `+ ${alarms.length - SHOWN_LINES}` }] : [];
  return {
    type: first.building ? "building" : "slot",
    id: first.building ?? String(first.slot),
    members: alarms,
    title: whereOf(first),
    sub: first.community_name ?? "",
    lines: [...alarms.slice(0, SHOWN_LINES).map(line), ...more],
  };
}
