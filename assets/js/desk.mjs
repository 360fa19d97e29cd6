/** The duty desk: joins the live picture with the panels that Dash has rendered and the map. */
import { bindLive } from "./lib/bindings.mjs";
import { Bulk } from "./lib/bulk.mjs";
import { bindCameras } from "./lib/camera_view.mjs";
import { byId, el, whenElement } from "./lib/dom.mjs";
import { followDrilldown } from "./lib/drilldown.mjs";
import { FlyOffer } from "./lib/fly_offer.mjs";
import * as ids from "./lib/ids.mjs";
import { bindIncidents } from "./lib/incident_panel.mjs";
import { watchPerson } from "./lib/idle.mjs";
import { bindKeys } from "./lib/keys.mjs";
import { Load, floodBanner } from "./lib/flood.mjs";
import { kpiStrip } from "./lib/kpi_strip.mjs";
import { alarmsLayer } from "./lib/layers/alarms.mjs";
import { buildingsLayer } from "./lib/layers/buildings.mjs";
import { chosenLayer } from "./lib/layers/chosen.mjs";
import { contextLayer } from "./lib/layers/context.mjs";
import { devicesLayer } from "./lib/layers/devices.mjs";
import { facilitiesLayer } from "./lib/layers/facilities.mjs";
import { pickOn } from "./lib/layers/pick.mjs";
import { riskLayer } from "./lib/layers/risk.mjs";
import { layersMenu } from "./lib/layers_menu.mjs";
import { watchHealth } from "./lib/lost.mjs";
import { geometryOfPage } from "./lib/geometry.mjs";
import { markPainted } from "./lib/painted.mjs";
import { Notifier, notifyButton } from "./lib/notify.mjs";
import { Picture } from "./lib/picture.mjs";
import { Queue } from "./lib/queue.mjs";
import { QueueFilters } from "./lib/queue_filters.mjs";
import { Rights } from "./lib/rights.mjs";
import { bindRisk } from "./lib/risk/building.mjs";
import { RiskFollower } from "./lib/risk/follow.mjs";
import { legend } from "./lib/risk/legend.mjs";
import { SearchBox } from "./lib/search.mjs";
import { select } from "./lib/selection.mjs";
import { Siren, severityOf } from "./lib/sound.mjs";
import { soundButton } from "./lib/sound_button.mjs";
import { showAlarm, showSelection } from "./lib/travel.mjs";

/** Everything that is drawn on the map, topmost first. */
function drawMap(map, picture) {
  const frame = byId(ids.MAP_FRAME);
  const tiles = () => (frame.dataset.basemap ?? "builtin") !== "builtin";
  const context = contextLayer(map, picture, { tiles });
  const layers = {
    alarms: alarmsLayer(map, picture),
    chosen: chosenLayer(map, picture),
    facilities: facilitiesLayer(map, picture),
    devices: devicesLayer(map, picture),
    buildings: buildingsLayer(map, picture),
    context,
    risk: followedRisk(map, picture),
  };
  new MutationObserver(() => context.repaint()).observe(frame, { attributes: true, attributeFilter: ["data-basemap"] });
  pickOn(map, [layers.alarms, layers.facilities, layers.devices, layers.buildings, context], (hit) => {
    if (hit.open) hit.open();
    else if (hit.type !== "facility") select({ type: hit.type, id: hit.id });
  });
  return layers;
}

/** The risk's surface; nothing is asked for before somebody switches it on. */
function followedRisk(map, picture) {
  const layer = riskLayer(map, () => picture.town);
  const box = el("div", { class: "risk-legend", hidden: true });
  byId(ids.MAP_FRAME).querySelector(".map-foot").prepend(box);
  const follower = new RiskFollower((surface) => {
    layer.surface(surface);
    box.replaceChildren(...legend("surface", { between: layer.between(), head: surface.head }));
  });
  layer.opacity(0.55);
  return {
    show(on) {
      layer.show(on);
      box.hidden = !on;
      if (on) follower.start();
      else follower.stop();
    },
  };
}

function switchLayer(layers, name, on) {
  const shown = { names: layers.context, buildings: layers.buildings, devices: layers.devices, risk: layers.risk }[name];
  if (shown) shown.show(on);
  else layers.facilities.showKind(name, on);
}

/** The selection and the map follow each other. */
function joinMap(map, picture) {
  const layers = drawMap(map, picture);
  layersMenu(byId(ids.LAYERS_MENU), (name, on) => switchLayer(layers, name, on));
  let chosen = null;
  let arrived = false;
  let waiting = false; // the address named a place before the geometry was there
  const travel = (fly) => {
    waiting = !picture.town;
    showSelection(map, picture.town, chosen, fly);
  };
  const paint = () => [layers.context, layers.buildings, layers.chosen].forEach((layer) => layer.select(chosen));
  const show = (selection) => {
    chosen = selection;
    paint();
    if (arrived || selection) travel(arrived);
    arrived = true;
  };
  picture.on((change) => {
    if (!change.full) return;
    paint();
    if (waiting) travel(false);
  });
  if (picture.worst) paint();
  followDrilldown(byId(ids.DRILLDOWN), picture, show);
}

/** A new alarm sounds at once; a fire takes the map there or offers to. */
function heedAlarms(picture, siren, notifier) {
  const person = watchPerson();
  const go = (alarm) => {
    const map = window.xt.maps.at(-1);
    if (map) showAlarm(map, alarm);
    open(alarm);
  };
  const offer = new FlyOffer(byId(ids.FLY_OFFER), go);
  picture.onAlarm((alarm, previous) => {
    offer.settle(alarm);
    const severity = severityOf(alarm, previous);
    if (severity) siren.ring(severity);
    if (severity !== "fire") return;
    notifier.tell(alarm, document.hasFocus() && !document.hidden);
    if (person.busy()) offer.show(alarm);
    else afterFrame(() => go(alarm)); // first the queue shows it, then the map goes there
  });
}

/** Runs something once the next frame has been drawn. */
const afterFrame = (fn) => requestAnimationFrame(() => setTimeout(fn));

/** Opens what an alarm is about. */
function open(alarm) {
  select(alarm.building ? { type: "building", id: alarm.building } : { type: "device", id: alarm.device });
}

/** @param {KeyboardEvent} event @param {SearchBox} search */
function goBack(event, search) {
  const dialog = byId(ids.HELP_DIALOG);
  if (dialog?.open) return;
  const menu = document.querySelector("details.menu[open]");
  const cancel = document.querySelector(".step-form [data-cancel]");
  if (menu) menu.open = false;
  else if (cancel) cancel.click();
  else if (search.close()) event.preventDefault(); // the text stays; the next Escape leaves it
  else if (document.activeElement?.matches?.("input, textarea")) document.activeElement.blur();
  else [...document.querySelectorAll(".crumbs a")].at(-1)?.click();
}

/** Keys that begin to write somewhere: the letter itself is not written. */
const into = (fn) => (event) => {
  event.preventDefault();
  fn();
};

function shortcuts({ queue, search, siren, bulk, filters }) {
  const act = (...actions) => into(() => actions.forEach((action) => queue.act(action)));
  bindKeys(
    {
      j: () => queue.move(1),
      k: () => queue.move(-1),
      a: act("acknowledge"),
      "Shift+a": () => bulk.press(),
      v: act("verdict"),
      f: act("confirm"),
      s: into(() => queue.shelve()),
      g: act("group"),
      m: () => siren.toggle(),
      Enter: (event) => !event.target.closest?.("a, button, summary") && queue.open(),
      "/": into(() => byId(ids.SEARCH_INPUT)?.focus()),
      q: into(() => filters.find.focus()),
      "?": () => byId(ids.HELP_DIALOG)?.showModal(),
    },
    (event) => goBack(event, search),
  );
}

/** Anything with `data-opens="ID"` opens that dialog. */
function openDialog(event) {
  const opener = event.target.closest("[data-opens]");
  if (opener) byId(opener.dataset.opens)?.showModal();
}

/** The queue with all that belongs to it. */
function makeQueue(root, picture, load) {
  const parts = { list: byId(ids.QUEUE_LIST), count: byId(ids.QUEUE_COUNT), dock: byId(ids.QUEUE_DOCK), work: byId(ids.QUEUE_WORK) };
  const paintKpis = kpiStrip(picture, load);
  const heard = []; // what follows the queue is made after it
  const queue = new Queue(parts, picture, {
    rights: new Rights(root.dataset),
    onOpen: open,
    onOpenIncident: ({ id }) => select({ type: "incident", id: String(id) }),
    onShown: () => heard.forEach((fn) => fn()),
  });
  const filters = new QueueFilters({ kinds: byId(ids.QUEUE_KIND), more: byId(ids.QUEUE_FILTER) }, queue);
  const bulk = new Bulk(byId(ids.QUEUE_KIND), byId(ids.QUEUE_FILTER), queue);
  heard.push(() => paintKpis(queue.tally), () => filters.count(queue.tally), () => bulk.look());
  if (picture.worst) heard.forEach((fn) => fn());
  picture.on((change) => change.full && filters.offer(picture.town.communities));
  if (picture.worst) filters.offer(picture.town.communities);
  floodBanner(byId(ids.QUEUE_FLOOD), load, queue);
  const siren = new Siren();
  const notifier = new Notifier(open);
  const switches = el("div", { class: "queue-switches" });
  parts.count.closest(".panel-head").append(switches);
  notifyButton(switches, notifier);
  soundButton(switches, siren);
  heedAlarms(picture, siren, notifier);
  return { queue, siren, bulk, filters };
}

async function main() {
  const picture = new Picture();
  const ready = picture.start({ version: geometryOfPage() });
  watchHealth(picture);
  const frame = await whenElement(ids.MAP_FRAME);
  const root = frame.closest(".desk") ?? document.body;
  const load = new Load(picture);
  const { queue, siren, bulk, filters } = makeQueue(root, picture, load);
  shortcuts({ queue, siren, bulk, filters, search: new SearchBox(byId(ids.SEARCH_INPUT), byId(ids.SEARCH_RESULTS)) });
  document.addEventListener("click", openDialog);
  bindIncidents(byId(ids.DRILLDOWN), picture);
  bindRisk(byId(ids.DRILLDOWN));
  bindCameras(byId(ids.DRILLDOWN), () => picture.client.serverNow());
  window.xt.onMap((map) => joinMap(map, picture));
  await ready;
  bindLive(root, picture);
  await markPainted(ready, `#${ids.DRILLDOWN} .drill, #${ids.DRILLDOWN} [role=alert]`);
}

main();
