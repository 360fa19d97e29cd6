/** Fills the strip of figures at the bottom of the desk. */
import { byId, setAttr, setText } from "./dom.mjs";
import { number } from "./format.mjs";
import { t } from "./i18n.mjs";
import { kpi } from "./ids.mjs";
import { kpis, loadWord } from "./kpis.mjs";

const EVERY_MS = 5000;

function fill(name, value, note = "") {
  const box = byId(kpi(name));
  if (!box) return null;
  setText(box.querySelector(".kpi-value"), value);
  setText(box.querySelector(".kpi-note"), note);
  return box;
}

function paint(figures) {
  fill("online", figures.online === null ? "–" : number(100 * figures.online, 1), t("在用 {n} 台", { n: number(figures.inService) }));
  for (const name of ["fire", "prealarm", "fault", "stale"]) {
    const box = fill(name, number(figures[name]));
    if (box) setAttr(box, "data-zero", String(figures[name] === 0));
  }
  const rate = fill("rate", number(figures.rate), loadWord(figures.load));
  if (rate) setAttr(rate, "data-level", figures.load);
}

/** @param {import("./picture.mjs").Picture} picture */
export function kpiStrip(picture) {
  let load = "normal";
  const update = () => {
    if (!picture.worst) return;
    const figures = kpis(picture.worst.counts, picture.client.alarms.values(), picture.client.recent, load);
    load = figures.load;
    paint(figures);
  };
  picture.on(update);
  setInterval(update, EVERY_MS); // the ten minutes pass without any event
  update();
}
