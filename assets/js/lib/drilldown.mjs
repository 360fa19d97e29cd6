/** What the server-rendered drill-down tells the browser: which device it shows, whose values to stream. */
import { href, onSelection } from "./selection.mjs";
import * as selection from "./selection.mjs";

/**
 * The selection as the map understands it: a device by its slot, an incident by its building.
 * @param {import("./selection.mjs").Selection|null} chosen
 * @param {DOMStringMap|undefined} article data-* of the drill-down's article
 */
export function onMap(chosen, article) {
  if (chosen?.type === "device") return article?.id === chosen.id && article.slot ? { type: "slot", id: article.slot } : null;
  if (chosen?.type === "incident") return article?.id === chosen.id ? placeOf(article) : null;
  return chosen;
}

function placeOf({ buildingId, slot }) {
  if (buildingId) return { type: "building", id: buildingId };
  return slot ? { type: "slot", id: slot } : null;
}

/** `/?slot=17` → `/?device=ID`, which stays true for ever, once the drill-down knows the id. */
function settleAddress(article) {
  const chosen = selection.current();
  if (chosen?.type !== "slot" || article?.view !== "device" || article.slot !== chosen.id || !article.id) return;
  history.replaceState(history.state, "", href({ type: "device", id: article.id }));
}

/**
 * @param {HTMLElement} root the drill-down's container
 * @param {import("./picture.mjs").Picture} picture
 * @param {(selection: object|null) => void} onChange the selection, as the map understands it
 */
export function followDrilldown(root, picture, onChange) {
  let last;
  const look = () => {
    const article = root.querySelector(".drill")?.dataset;
    settleAddress(article);
    picture.watch(article?.watch ?? null);
    const chosen = onMap(selection.current(), article);
    if (selection.current() !== null && chosen === null) return; // its slot comes with the drill-down
    if (last !== undefined && selection.same(last, chosen)) return;
    last = chosen;
    onChange(chosen);
  };
  onSelection(look);
  new MutationObserver(look).observe(root, {
    childList: true,
    subtree: true,
    attributes: true,
    attributeFilter: ["data-id", "data-slot", "data-watch", "data-view"],
  });
  look();
  return look;
}
