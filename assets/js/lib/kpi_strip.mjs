/** Fills the strip of figures at the bottom of the desk. */
import { byId, setAttr, setText } from "./dom.mjs";
import { number } from "./format.mjs";
import { t } from "./i18n.mjs";
import { kpi } from "./ids.mjs";
import { inService, loadWord, onlineShare } from "./kpis.mjs";
import { STALE } from "./marks.mjs";

function fill(name, value, note = "") {
  const box = byId(kpi(name));
  if (!box) return null;
  setText(box.querySelector(".kpi-value"), value);
  setText(box.querySelector(".kpi-note"), note);
  return box;
}

function fillCount(name, n) {
  const box = fill(name, number(n));
  if (box) setAttr(box, "data-zero", String(n === 0));
}

function paintDevices(counts) {
  const share = onlineShare(counts);
  fill("online", share === null ? "–" : number(100 * share, 1), t("在用 {n} 台", { n: number(inService(counts)) }));
  fillCount("stale", counts[STALE]);
}

/**
 * @param {import("./picture.mjs").Picture} picture
 * @param {import("./flood.mjs").Load} load
 * @returns {(tally: import("./queue_order.mjs").Tally) => void} shows how many alarms of each kind are open
 */
export function kpiStrip(picture, load) {
  picture.on((change) => (change.full || change.slots.size) && paintDevices(picture.worst.counts));
  if (picture.worst) paintDevices(picture.worst.counts);
  load.on(({ rate, level }) => setAttr(fill("rate", number(rate), loadWord(level)), "data-level", level));
  return ({ kinds }) => ["fire", "prealarm", "fault"].forEach((kind) => fillCount(kind, kinds[kind]));
}
