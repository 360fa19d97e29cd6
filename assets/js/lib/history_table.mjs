/** The table of the history: asks anew when the filters change, sorts into the address, opens rows. */
import * as ids from "./ids.mjs";

/** Fields of an address that do not belong to the question that the table asks. */
const OWN = ["tab", "sort"];

/** The question in an address, the same however its fields stand. @param {string} search */
export function question(search) {
  const fields = [...new URLSearchParams(search)].filter(([name]) => !OWN.includes(name));
  return new URLSearchParams(fields.sort(([a], [b]) => (a < b ? -1 : 1))).toString();
}

/** The word of an order in the address; the newest first needs none. */
export const orderWord = (columns) => {
  const sorted = columns.find(({ sort }) => sort);
  if (!sorted || (sorted.colId === "time" && sorted.sort === "desc")) return null;
  return sorted.sort === "desc" ? `-${sorted.colId}` : sorted.colId;
};

function keepOrder(api) {
  const fields = new URLSearchParams(location.search);
  const word = orderWord(api.getColumnState());
  if (word === fields.get("sort")) return;
  if (word) fields.set("sort", word);
  else fields.delete("sort");
  const search = fields.toString();
  history.replaceState(history.state, "", search ? `${location.pathname}?${search}` : location.pathname);
}

function open(row, inNewTab) {
  if (!row?.href) return;
  if (inNewTab) window.open(row.href, "_blank", "noopener");
  else location.assign(row.href);
}

/** A click or Enter on a row opens what it is about. */
function openRows(place, current) {
  const rowOf = (event) => {
    const node = event.target.closest?.(".ag-row");
    return node ? current()?.getDisplayedRowAtIndex(Number(node.getAttribute("row-index")))?.data : null;
  };
  const modified = (event) => event.ctrlKey || event.metaKey;
  place.addEventListener("click", (event) => open(rowOf(event), modified(event)));
  place.addEventListener("auxclick", (event) => event.button === 1 && open(rowOf(event), true));
  place.addEventListener("keydown", (event) => event.key === "Enter" && open(rowOf(event), modified(event)));
}

/**
 * @param {HTMLElement} place where Dash puts the table
 * @param {(search: string) => "alarms"|"incidents"} tabOf
 */
export function bindTable(place, tabOf) {
  let api = null;
  let asked = null;
  const tell = () => {
    if (!api || api.isDestroyed()) return;
    const now = question(location.search);
    if (now === asked) return;
    asked = now;
    api.setGridOption("context", { search: now });
    api.purgeInfiniteCache();
  };
  const take = async () => {
    const id = ids.historyGrid(tabOf(location.search));
    if (!document.getElementById(id) || place.dataset.taken === id) return;
    place.dataset.taken = id;
    api = await window.dash_ag_grid.getApiAsync(id);
    asked = "";
    api.addEventListener("sortChanged", () => keepOrder(api));
    tell();
  };
  openRows(place, () => api);
  place.addEventListener("click", (event) => event.target.closest('[data-action="retry"]') && api?.purgeInfiniteCache());
  new MutationObserver(take).observe(place, { childList: true, subtree: true });
  return {
    look() {
      take();
      if (place.dataset.taken === ids.historyGrid(tabOf(location.search))) tell();
    },
  };
}
