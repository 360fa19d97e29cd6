/** The history: filters and the address follow each other, the table asks for what they say. */
import { byId, setText, whenElement } from "./lib/dom.mjs";
import { exportPanel } from "./lib/export_panel.mjs";
import { time } from "./lib/format.mjs";
import { HistoryFilter } from "./lib/history_filter.mjs";
import * as ids from "./lib/ids.mjs";
import { bindTable } from "./lib/history_table.mjs";

const tabOf = (search) => (new URLSearchParams(search).get("tab") === "incidents" ? "incidents" : "alarms");

/** Changes the address as a link of Dash would. */
function go(fields) {
  const search = new URLSearchParams(fields).toString();
  const target = search ? `${location.pathname}?${search}` : location.pathname;
  if (target === location.pathname + location.search) return;
  history.pushState({}, "", target);
  window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
}

/** A tab keeps the filters. */
function followTabs(event) {
  const link = event.target.closest?.(".history-tab");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const fields = Object.fromEntries(new URLSearchParams(location.search));
  delete fields.tab;
  go(link.dataset.tab === "alarms" ? fields : { ...fields, tab: link.dataset.tab });
}

async function main() {
  setInterval(() => setText(byId(ids.HEADER_CLOCK), time(Date.now())), 1000);
  const filter = new HistoryFilter(await whenElement(ids.HISTORY_FILTER), go);
  const table = bindTable(byId(ids.HISTORY_PLACE), tabOf);
  const exporting = byId(ids.HISTORY_EXPORT);
  if (exporting) exportPanel(exporting, () => ({ tab: tabOf(location.search), search: location.search }));
  const look = () => {
    filter.show(location.search, tabOf(location.search));
    table.look();
  };
  ["_dashprivate_pushstate", "_dashprivate_historychange", "popstate"].forEach((name) => window.addEventListener(name, look));
  document.addEventListener("click", followTabs);
  look();
}

main();
