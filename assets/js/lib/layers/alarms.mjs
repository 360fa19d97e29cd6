/** Every open alarm at every zoom, on a canvas of its own above everything; none hides another. */
import { cluster } from "../cluster.mjs";
import { clock } from "../format.mjs";
import { drawMark, statusName, statusOfAlarm } from "../marks.mjs";
import { unitX, unitY } from "../mercator.mjs";
import { compareAlarms, isUnacknowledged } from "../queue_order.mjs";
import { whereOf } from "../queue_row.mjs";
import { ALARM_KINDS, alarmKindWord } from "../words.mjs";
import { canvasLayer } from "./canvas.mjs";
import { fontOf } from "./palette.mjs";

const RADIUS = { fire: 10, prealarm: 8, fault: 6, supervisory: 6 };
const FRAME_MS = 50;
const PULSE_MS = 1600;
const RING = 22; // how far a pulse reaches beyond its mark, css pixels
const MOST_PULSES = 60;
const MOST_REACH = 10 + RING + 16; // of a mark with its ring and count
const SHOWN_LINES = 6;

const calm = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;
const rankOf = (alarm) => 10 - 2 * ALARM_KINDS.indexOf(alarm.kind) + (isUnacknowledged(alarm) ? 1 : 0);
const pulses = (alarm) => alarm.kind === "fire" && isUnacknowledged(alarm);

/** Radius and opacity of a pulse's ring at a moment. @param {number} phase 0 … 1 */
export const ringAt = (phase, radius) => ({ radius: radius + RING * phase, alpha: 0.9 * (1 - phase) ** 1.5 });

function drawRing(ctx, x, y, { radius, alpha }, colour = "#ff4d4f") {
  ctx.save();
  ctx.globalAlpha = alpha;
  ctx.strokeStyle = colour;
  ctx.lineWidth = 2.5;
  ctx.beginPath();
  ctx.arc(x, y, radius, 0, 2 * Math.PI);
  ctx.stroke();
  ctx.restore();
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
const lookOf = ({ x, y, alarms, pulse }) => `${x},${y},${alarms[0].kind},${alarms.length},${pulse}`;

/** Says which alarms stand on the map now, for tests and benches. @param {(string|number)[]} ids */
const tellPainted = (ids) => document.dispatchEvent(new CustomEvent("xt-alarms-painted", { detail: ids }));

/** Whether a group lies near one of some places; a storm has hundreds of both. */
class Neighbours {
  constructor(places, distance) {
    this.distance = distance;
    this.cells = new Set();
    for (const { x, y } of places) {
      for (let dy = -1; dy <= 1; dy++) for (let dx = -1; dx <= 1; dx++) this.cells.add(this.#key(x + dx * distance, y + dy * distance));
    }
  }

  #key(x, y) {
    return `${Math.floor(x / this.distance)}:${Math.floor(y / this.distance)}`;
  }

  near({ x, y }) {
    return this.cells.has(this.#key(x, y));
  }
}

/**
 * @param {L.Map} map
 * @param {import("../picture.mjs").Picture} picture
 * @param {{scale?: number, kinds?: string[]}} [options] scale: size of the marks (1 on a desk)
 */
export function alarmsLayer(map, picture, { scale = 1, kinds = ALARM_KINDS } = {}) {
  let groups = [];
  let timer = null;
  const layer = canvasLayer(map, { name: "xt-alarms", zIndex: 460, paint: (ctx, view) => repaint(ctx, view) });

  function regroup(view) {
    const alarms = [...picture.client.alarms.values()].filter((a) => kinds.includes(a.kind) && Number.isFinite(a.lon));
    const points = alarms.map((alarm) => ({
      x: unitX(alarm.lon) * view.scale - view.ox,
      y: unitY(alarm.lat) * view.scale - view.oy,
      rank: rankOf(alarm),
    }));
    groups = cluster(points, 15 * scale).map(({ x, y, members }) => {
      const own = members.map((i) => alarms[i]).sort(compareAlarms);
      return { x, y, alarms: own, radius: RADIUS[own[0].kind] * scale, pulse: own.some(pulses) };
    });
  }

  function paintGroup(ctx, group, phase) {
    const { x, y, radius, alarms } = group;
    if (group.pulse) drawRing(ctx, x, y, phase === null ? { radius: radius * 1.7, alpha: 0.9 } : ringAt(phase, radius));
    drawMark(ctx, statusOfAlarm(alarms[0].kind), x, y, radius);
    if (alarms.length > 1) drawCount(ctx, x + radius * 0.55, y - radius * 0.35, alarms.length, scale);
  }

  const isStill = () => calm() || groups.filter((group) => group.pulse).length > MOST_PULSES;
  const phaseOf = (group, now, still) => (still || !group.pulse ? null : (now % PULSE_MS) / PULSE_MS);

  function repaint(ctx, view) {
    regroup(view);
    const still = isStill();
    for (const group of groups) paintGroup(ctx, group, phaseOf(group, performance.now(), still));
    if (!still && groups.some((group) => group.pulse)) animate();
    tellPainted(groups.flatMap(({ alarms }) => alarms.map(({ id }) => id)));
    return groups.length > 0;
  }

  /** Paints what is different now, at once: an alarm does not wait for the next frame. */
  function update(ids) {
    const view = layer.view();
    if (!view || !layer.shown() || groups.length === 0) {
      layer.full();
      return;
    }
    const before = groups;
    regroup(view);
    const [had, have] = [new Set(before.map(lookOf)), new Set(groups.map(lookOf))];
    const changed = [...before.filter((group) => !have.has(lookOf(group))), ...groups.filter((group) => !had.has(lookOf(group)))];
    if (groups.length) repaintAround(changed, performance.now());
    else layer.full();
    if (groups.some((group) => group.pulse) && !isStill()) animate();
    tellPainted(ids);
  }

  /** Repaints the places of some groups and whatever reaches into them. */
  function repaintAround(places, now) {
    if (!places.length) return;
    const { ctx } = layer;
    const still = isStill();
    const grid = new Neighbours(places, 2 * MOST_REACH * scale);
    ctx.save();
    ctx.beginPath();
    for (const { x, y, radius } of places) {
      const reach = radius + RING + 4;
      ctx.rect(x - reach, y - reach, 2 * reach, 2 * reach);
    }
    ctx.clip();
    ctx.clearRect(0, 0, layer.view().width, layer.view().height);
    for (const group of groups) if (grid.near(group)) paintGroup(ctx, group, phaseOf(group, now, still));
    ctx.restore();
  }

  /** Repaints the pulsing places only, some times a second, while there are any. */
  function animate() {
    if (timer !== null) return;
    timer = setTimeout(() => requestAnimationFrame(frame), FRAME_MS);
  }

  function frame(now) {
    timer = null;
    const moving = groups.filter((group) => group.pulse);
    if (!moving.length || !layer.shown() || isStill()) return;
    repaintAround(moving, now);
    animate();
  }

  const off = picture.on((change) => {
    if (change.full) layer.ask();
    else if (change.alarms.size) update([...change.alarms]);
  });
  layer.ask();

  return {
    show: layer.show,
    groups: () => groups,
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
      clearTimeout(timer);
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
