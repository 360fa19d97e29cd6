/** The duty desk: joins the live picture with the panels that Dash has rendered and the map. */
import { bindLive } from "./lib/bindings.mjs";
import { bindCameras } from "./lib/camera_view.mjs";
import { byId, whenElement } from "./lib/dom.mjs";
import { followDrilldown } from "./lib/drilldown.mjs";
import { FlyOffer } from "./lib/fly_offer.mjs";
import * as ids from "./lib/ids.mjs";
import { bindIncidents } from "./lib/incident_panel.mjs";
import { watchPerson } from "./lib/idle.mjs";
import { bindKeys } from "./lib/keys.mjs";
import { kpiStrip } from "./lib/kpi_strip.mjs";
import { alarmsLayer } from "./lib/layers/alarms.mjs";
import { buildingsLayer } from "./lib/layers/buildings.mjs";
import { chosenLayer } from "./lib/layers/chosen.mjs";
import { contextLayer } from "./lib/layers/context.mjs";
import { devicesLayer } from "./lib/layers/devices.mjs";
import { facilitiesLayer } from "./lib/layers/facilities.mjs";
import { pickOn } from "./lib/layers/pick.mjs";
import { layersMenu } from "./lib/layers_menu.mjs";
import { watchHealth } from "./lib/lost.mjs";
import { geometryOfPage } from "./lib/geometry.mjs";
import { markPainted } from "./lib/painted.mjs";
import { Picture } from "./lib/picture.mjs";
import { Queue } from "./lib/queue.mjs";
import { SearchBox } from "./lib/search.mjs";
import { select } from "./lib/selection.mjs";
import { Siren } from "./lib/sound.mjs";
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
  };
  new MutationObserver(() => context.repaint()).observe(frame, { attributes: true, attributeFilter: ["data-basemap"] });
  pickOn(map, [layers.alarms, layers.facilities, layers.devices, layers.buildings, context], (hit) => {
    if (hit.open) hit.open();
    else if (hit.type !== "facility") select({ type: hit.type, id: hit.id });
  });
  return layers;
}

function switchLayer(layers, name, on) {
  const shown = { names: layers.context, buildings: layers.buildings, devices: layers.devices }[name];
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

/** A new fire sounds at once, and takes the map there or offers to. */
function heedFires(picture, siren) {
  const person = watchPerson();
  const go = (alarm) => {
    const map = window.xt.maps.at(-1);
    if (map) showAlarm(map, alarm);
    open(alarm);
  };
  const offer = new FlyOffer(byId(ids.FLY_OFFER), go);
  picture.onAlarm((alarm, previous) => {
    offer.settle(alarm);
    if (alarm.kind !== "fire" || previous || alarm.closed_at || alarm.acked_at) return;
    siren.ring();
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
  const form = document.activeElement?.closest?.(".verdict");
  if (menu) menu.open = false;
  else if (form) form.querySelector('button[type="button"]').click();
  else if (search.close()) event.preventDefault(); // the text stays; the next Escape leaves it
  else if (document.activeElement?.matches?.("input, textarea")) document.activeElement.blur();
  else [...document.querySelectorAll(".crumbs a")].at(-1)?.click();
}

function shortcuts(queue, search) {
  bindKeys(
    {
      j: () => queue.move(1),
      k: () => queue.move(-1),
      a: () => queue.acknowledge(),
      v: (event) => {
        event.preventDefault();
        queue.verdict();
      },
      Enter: (event) => event.target.closest?.(".queue-row") === event.target && queue.open(),
      "/": (event) => {
        event.preventDefault();
        byId(ids.SEARCH_INPUT)?.focus();
      },
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

async function main() {
  const picture = new Picture();
  const ready = picture.start({ version: geometryOfPage() });
  watchHealth(picture);
  const frame = await whenElement(ids.MAP_FRAME);
  const root = frame.closest(".desk") ?? document.body;
  const parts = { list: byId(ids.QUEUE_LIST), count: byId(ids.QUEUE_COUNT), kinds: byId(ids.QUEUE_KIND) };
  const queue = new Queue(parts, picture, { canCommand: root.dataset.role !== "leader", onOpen: open });
  const siren = new Siren();
  soundButton(parts.count.closest(".panel-head") ?? parts.count.parentElement, siren);
  kpiStrip(picture);
  shortcuts(queue, new SearchBox(byId(ids.SEARCH_INPUT), byId(ids.SEARCH_RESULTS)));
  heedFires(picture, siren);
  document.addEventListener("click", openDialog);
  bindIncidents(byId(ids.DRILLDOWN), picture);
  bindCameras(byId(ids.DRILLDOWN), () => picture.client.serverNow());
  window.xt.onMap((map) => joinMap(map, picture));
  await ready;
  bindLive(root, picture);
  await markPainted(ready, `#${ids.DRILLDOWN} .drill, #${ids.DRILLDOWN} [role=alert]`);
}

main();
