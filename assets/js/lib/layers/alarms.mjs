/** Every open alarm at every zoom, on canvases of their own above everything; none hides another. */
import { Groups, byRank } from "../cluster.mjs";
import { calm, el } from "../dom.mjs";
import { clock } from "../format.mjs";
import { drawMark, statusName, statusOfAlarm } from "../marks.mjs";
import { unitX, unitY } from "../mercator.mjs";
import { compareAlarms, isUnacknowledged, kindOf } from "../queue_order.mjs";
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
const TOGETHER_PX = 15; // marks that are nearer share one
const BADGE = 26; // how far the number reaches beyond its mark
const SHOWN_LINES = 6;

/** How much an alarm matters on the map, smaller first: a fire that nobody has acknowledged is 0. */
const rankOf = (alarm) => 2 * ALARM_KINDS.indexOf(kindOf(alarm)) + (isUnacknowledged(alarm) ? 0 : 1);
const pulses = ({ rank }) => rank === 0;

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

function drawCount(ctx, x, y, n) {
  const text = n > 99 ? "99+" : String(n);
  const wide = 7 + 6.5 * text.length;
  const high = 14;
  ctx.fillStyle = "#e8eaed";
  ctx.strokeStyle = "#14171a";
  ctx.lineWidth = 1.5;
  ctx.beginPath();
  ctx.roundRect(x, y - high, wide, high, high / 2);
  ctx.fill();
  ctx.stroke();
  ctx.fillStyle = "#14171a";
  ctx.font = fontOf(10.5, 700);
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.fillText(text, x + wide / 2, y - high / 2 + 0.5);
}

/** Says which alarms stand on the map since the last time, for tests and benches. */
const tellPainted = (detail) => document.dispatchEvent(new CustomEvent("xt-alarms-painted", { detail }));

/** How the groups look, on an element whose corner lies at world pixel (ox, oy). @param {() => {ox: number, oy: number}} view */
const looks = (view) => ({
  place: ({ lead }) => ({ x: lead.x - view().ox, y: lead.y - view().oy, r: lead.radius * 1.2 + BADGE }),
  order: (a, b) => byRank(b.lead, a.lead), // what matters most is painted last
  look: ({ lead, members }) => `${lead.x - view().ox} ${lead.y - view().oy} ${lead.kind} ${members.size}`,
  draw(ctx, { lead, members }) {
    const [x, y] = [lead.x - view().ox, lead.y - view().oy];
    drawMark(ctx, statusOfAlarm(lead.kind), x, y, lead.radius);
    if (members.size > 1) drawCount(ctx, x + lead.radius * 0.55, y - lead.radius * 0.35, members.size);
  },
});

/** An alarm as a point in world pixels. @param {number} scale pixels of the whole world */
function pointOf(alarm, scale) {
  const kind = kindOf(alarm);
  return { id: alarm.id, x: unitX(alarm.lon) * scale, y: unitY(alarm.lat) * scale, rank: rankOf(alarm), kind, radius: RADIUS[kind], alarm };
}

const isPlaced = ({ lon }) => Number.isFinite(lon);

/**
 * An alarm that comes, changes or goes costs its neighbourhood: its group and the tiles that this touches.
 * @param {L.Map} map
 * @param {import("../picture.mjs").Picture} picture
 */
export function alarmsLayer(map, picture) {
  const { client } = picture;
  const element = el("div", { class: "map-alarms" });
  const layer = placedLayer(map, { name: "xt-alarms", zIndex: 460, element, render });
  const tiles = new Tiles(element, looks(layer.view));
  const rings = new Rings(element);
  const groups = new Groups(TOGETHER_PX, heed);
  let scale = null; // of the world that the points are in; null: all of them anew
  let shown = null; // the view of the last picture
  let pulsing = true; // whether the rings may be others now
  const fresh = new Set(); // alarms since the last picture

  const isSeen = ({ lead: { x, y } }, { ox, oy, width, height }) =>
    x > ox - EDGE && y > oy - EDGE && x < ox + width + EDGE && y < oy + height + EDGE;

  function heed(group) {
    pulsing ||= pulses(group.lead);
    if (!shown) return;
    if (!group.members.size) tiles.delete(group);
    else if (isSeen(group, shown)) tiles.put(group);
  }

  function take({ id }) {
    if (scale === null) return;
    const alarm = client.alarms.get(id);
    if (alarm && isPlaced(alarm)) {
      groups.put(pointOf(alarm, scale));
      fresh.add(id);
    } else {
      groups.drop(id);
      fresh.delete(id);
    }
  }

  function takeAll(view) {
    scale = view.scale;
    const placed = [...client.alarms.values()].filter(isPlaced);
    groups.reset(placed.map((alarm) => pointOf(alarm, scale)));
    placed.forEach(({ id }) => fresh.add(id));
  }

  function showRings(view, seen) {
    const places = seen.filter(({ lead }) => pulses(lead)).map(({ lead }) => ({ x: lead.x - view.ox, y: lead.y - view.oy, radius: lead.radius }));
    rings.set(places, calm() || places.length > MOST_PULSES);
    pulsing = false;
  }

  function render(view) {
    const anew = view !== shown || scale === null;
    shown = view;
    if (view.scale !== scale) takeAll(view);
    const seen = anew || pulsing ? [...groups.all].filter((group) => isSeen(group, view)) : [];
    if (anew) tiles.show(seen, view.dpr);
    else tiles.paint();
    if (anew || pulsing) showRings(view, seen);
    if (fresh.size) tellPainted([...fresh]);
    fresh.clear();
    return tiles.some;
  }

  function askAll() {
    scale = null;
    layer.ask();
  }

  const offs = [
    picture.on((change) => {
      if (change.full) askAll();
      else if (change.alarms.size) layer.again(); // a tab that was hidden catches up
    }),
    picture.onAlarm(take),
    picture.onAlarms(layer.again), // where it is seen, an alarm does not wait for the next frame
  ];
  layer.ask();

  return {
    show: layer.show,
    hit(point) {
      if (!shown) return null;
      const { x, y } = map.getPixelOrigin().add(map.containerPointToLayerPoint(point));
      const under = [...groups.all].filter(({ lead }) => Math.hypot(lead.x - x, lead.y - y) <= lead.radius + 4);
      const [found] = under.sort((a, b) => byRank(a.lead, b.lead));
      return found ? tooltip([...found.members].map(({ alarm }) => alarm).sort(compareAlarms), client.serverNow()) : null;
    },
    remove() {
      offs.forEach((off) => off());
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
