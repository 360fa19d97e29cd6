/** The wall display: live picture, rotation through views, take-over by a fire; nobody touches it. */
import { byId, el, setAttr, setText, whenElement } from "./lib/dom.mjs";
import { named, t } from "./lib/i18n.mjs";
import * as ids from "./lib/ids.mjs";
import { alarmsLayer } from "./lib/layers/alarms.mjs";
import { buildingsLayer } from "./lib/layers/buildings.mjs";
import { contextLayer } from "./lib/layers/context.mjs";
import { devicesLayer } from "./lib/layers/devices.mjs";
import { facilitiesLayer } from "./lib/layers/facilities.mjs";
import { riskLayer } from "./lib/layers/risk.mjs";
import { watchHealth } from "./lib/lost.mjs";
import { geometryOfPage } from "./lib/geometry.mjs";
import { markPainted } from "./lib/painted.mjs";
import { Picture } from "./lib/picture.mjs";
import { RiskFollower } from "./lib/risk/follow.mjs";
import { onTick } from "./lib/ticker.mjs";
import { Camera, lookAtBox, lookAtPlace } from "./lib/wall/camera.mjs";
import { FireCard } from "./lib/wall/card.mjs";
import { dayFeed } from "./lib/wall/day.mjs";
import { DWELL_MS, begin, step } from "./lib/wall/director.mjs";
import { Facts } from "./lib/wall/facts.mjs";
import { WallList } from "./lib/wall/list.mjs";
import { communitiesPanel, hoursPanel, statusPanel } from "./lib/wall/panels.mjs";
import { firesOf } from "./lib/wall/rows.mjs";
import { keepShifting, reloadAfterUpgrade } from "./lib/wall/upkeep.mjs";
import { nearestOf, waysLayer } from "./lib/wall/ways.mjs";
import { paintWeek } from "./lib/wall/week.mjs";

/** Font size in which the map's layers write their smallest names. */
const MAP_TEXT_PX = 11.5;

const letters = () => parseFloat(getComputedStyle(byId(ids.WALL)).fontSize);

const sizeOf = (node) => `${node.clientWidth}x${node.clientHeight}`;

/** The map is drawn small and enlarged as a whole, so that its names are as large as the wall's. */
function enlarge(map) {
  const factor = Math.max(1, letters() / MAP_TEXT_PX);
  byId(ids.WALL).style.setProperty("--map-scale", factor.toFixed(4));
  map.options.enlarged = factor;
  map.invalidateSize({ animate: false });
  return factor;
}

/** Draws the map; what comes back points at an area or building, and shows devices or not. */
function drawMap(map, picture) {
  const context = contextLayer(map, picture);
  const buildings = buildingsLayer(map, picture);
  facilitiesLayer(map, picture);
  const devices = devicesLayer(map, picture);
  alarmsLayer(map, picture);
  const point = (selection) => {
    context.select(selection);
    buildings.select(selection);
  };
  return { point, devices };
}

/** Views in turn: the whole, each work point, the risk once there is a forecast, the week. */
function viewsOf(town, day, risk) {
  const points = (town?.workPoints ?? []).filter((point) => point.rings.length).map((point) => `point:${point.code}`);
  return ["whole", ...points, ...(risk ? ["risk"] : []), ...(day ? ["week"] : [])];
}

function nameOf(key, town) {
  if (key === "whole") return t("全街道");
  if (key === "week") return t("本周");
  if (key === "risk") return t("风险：预计 4 周内真实警情，越亮越多");
  const point = town.workPoints.find(({ code }) => key === `point:${code}`);
  return point ? named(point.name, point.nameEn) : "";
}

class Wall {
  #map = null;
  #ways = null;
  #point = () => {};
  #factor = 1;
  #size = "";
  #day = null;
  #direction = null;
  #facts = new Facts();
  #feed = dayFeed((day) => this.#takeDay(day));
  #riskLayer = null;
  #devices = null;
  #levels = new Map();
  #risk = new RiskFollower((surface, places) => this.#takeRisk(surface, places));

  constructor(picture) {
    this.picture = picture;
  }

  /** Asks for all that the page will show, while Dash still makes its parts. */
  prepare() {
    this.#feed.start();
    const off = this.picture.on(() => {
      off();
      const building = this.#fires()[0]?.lead.building;
      if (building) this.#facts.expect(building);
    });
  }

  /** Fills the parts, now that they are there. */
  start() {
    const now = () => this.picture.client.serverNow();
    this.list = new WallList({ list: byId(ids.WALL_ALARMS), count: byId(ids.WALL_COUNT), foot: byId(ids.WALL_MORE) }, now);
    this.hours = hoursPanel(byId(ids.WALL_TODAY));
    this.status = statusPanel(byId(ids.WALL_STATUS));
    this.communities = communitiesPanel(byId(ids.WALL_COMMUNITIES));
    this.card = new FireCard(byId(ids.WALL_TAKEOVER), now, () => this.#look(), this.#facts);
    this.camera = new Camera(byId(ids.MAP_FRAME));
    if (this.#day) this.#showDay();
    window.xt.onMap((map) => this.#takeMap(map));
    this.picture.on((change) => this.#change(change));
    this.picture.onAlarm(() => {
      this.#feed.touch();
      this.#direct();
    });
    if (this.picture.worst) this.#change({ full: true });
    onTick(() => this.#direct());
    keepShifting(byId(ids.WALL));
    reloadAfterUpgrade(() => this.#fires().length === 0);
    new ResizeObserver(() => this.#resize()).observe(byId(ids.MAP_FRAME));
  }

  #fires() {
    return firesOf(this.picture.client.alarms.values());
  }

  #takeMap(map) {
    this.#map = map;
    this.#size = sizeOf(byId(ids.MAP_FRAME));
    this.#factor = enlarge(map);
    const { point, devices } = drawMap(map, this.picture);
    this.#point = point;
    this.#devices = devices;
    this.#ways = waysLayer(map);
    this.#riskLayer = riskLayer(map, () => this.picture.town);
    this.#riskLayer.show(false);
    this.#look();
  }

  /** Begins to follow the forecast, when the page itself is there. */
  followRisk() {
    this.#risk.start();
  }

  #takeRisk(surface, places) {
    this.#levels = new Map(places.map(({ key, level }) => [key, level]));
    this.#riskLayer?.surface(surface);
    this.#change({});
  }

  #resize() {
    const size = sizeOf(byId(ids.MAP_FRAME));
    if (!this.#map || size === this.#size) return; // an observer begins by telling what is known
    this.#size = size;
    this.#factor = enlarge(this.#map);
    this.#look();
  }

  #change({ full }) {
    const { client, town, worst } = this.picture;
    if (!town || !worst) return;
    this.list.show(client.alarms.values());
    this.status.show(worst.counts);
    this.communities.show(town.communities, client.alarms.values(), this.#day?.communities ?? {}, (i) => worst.community[i], this.#levels);
    if (full) this.#look();
    this.#direct();
  }

  #takeDay(day) {
    this.#day = day;
    if (!this.hours) return;
    this.#showDay();
    this.#change({});
  }

  #showDay() {
    this.hours.show(this.#day);
    paintWeek(byId(ids.WALL_WEEK), this.#day.week);
  }

  /** Asks what to show now, and shows it if that is something else. */
  #direct() {
    const { town } = this.picture;
    if (!town) return;
    const now = performance.now();
    const views = viewsOf(town, this.#day, this.#risk.ready);
    const fires = this.#fires();
    const before = this.#direction;
    this.#direction = step(before ?? begin(views, now), { views, fires: fires.map(({ key }) => key), now });
    this.#tellFire(fires);
    if (this.#direction !== before) this.#look({ fade: before !== null }); // a page that opens is there at once
    this.#tellView(views, fires.length > 0);
  }

  #tellFire(fires) {
    const { scene } = this.#direction;
    const place = fires.findIndex(({ key }) => scene.kind === "fire" && key === scene.key);
    if (place >= 0) this.card.show(fires[place], { place, total: fires.length });
    else if (scene.kind !== "fire") this.card.hide();
  }

  #tellView(views, burning) {
    const node = byId(ids.WALL_VIEW_NAME);
    const { scene } = this.#direction;
    setAttr(node, "data-fire", burning ? "" : null);
    if (!node.firstChild) node.append(el("strong"), el("span", { class: "wall-dots", "aria-hidden": "true" }));
    setText(node.firstChild, scene.kind === "fire" ? t("火警接管") : nameOf(scene.key, this.picture.town));
    const dots = node.lastChild;
    if (dots.children.length !== views.length) dots.replaceChildren(...views.map(() => el("i")));
    [...dots.children].forEach((dot, i) => setAttr(dot, "data-on", scene.kind === "view" && views[i] === scene.key ? "" : null));
  }

  /** Turns the map to the scene; a fire is there at once. */
  #look({ fade = false } = {}) {
    const { town } = this.picture;
    if (!this.#map || !town || !this.#direction) return;
    const { scene } = this.#direction;
    if (scene.kind === "fire") this.camera.turn(() => this.#lookAtFire(scene.key), { fade: false });
    else this.camera.turn(() => this.#lookAtView(scene.key), { fade });
  }

  #lookAtView(key) {
    const { town } = this.picture;
    byId(ids.WALL_WEEK).hidden = key !== "week";
    this.#showRisk(key === "risk");
    const point = town.workPoints.find(({ code }) => key === `point:${code}`);
    this.#ways.clear();
    this.#point(point ? { type: "work_point", id: String(point.code) } : null);
    lookAtBox(this.#map, point?.box ?? town.box, { bottom: this.#legendHeight() });
  }

  #lookAtFire(key) {
    byId(ids.WALL_WEEK).hidden = true;
    this.#showRisk(false);
    const fire = this.#fires().find((one) => one.key === key);
    if (!fire || !Number.isFinite(fire.lead.lon)) return;
    const near = nearestOf(this.card.building, this.picture.town);
    this.#point(fire.lead.building ? { type: "building", id: fire.lead.building } : null);
    this.#ways.show(fire.lead, near);
    const right = byId(ids.WALL_TAKEOVER).offsetWidth / this.#factor;
    lookAtPlace(this.#map, fire.lead, near, { right, bottom: this.#legendHeight() });
  }

  /** The surface in place of the devices; alarms stay. */
  #showRisk(on) {
    this.#riskLayer.show(on);
    this.#devices.show(!on);
  }

  #legendHeight() {
    return byId(ids.MAP_FRAME).querySelector(".wall-map-legend").offsetHeight / this.#factor;
  }
}

async function main() {
  const picture = new Picture();
  const wall = new Wall(picture);
  wall.prepare();
  const ready = picture.start({ version: geometryOfPage() });
  await whenElement(ids.WALL);
  watchHealth(picture);
  wall.start();
  document.documentElement.dataset.dwell = String(DWELL_MS);
  await markPainted(ready, `#${ids.WALL_TODAY} svg`);
  wall.followRisk();
}

main();
