/**
 * Keeps server-rendered markup current: data-slot, data-building, data-community get a
 * `data-status`; data-value-of gets the newest number; data-age tells how long ago.
 *
 * React replaces and reuses nodes as the drill-down changes, so an observer watches both.
 */
import { setAttr, setText } from "./dom.mjs";
import { age, reading } from "./format.mjs";
import { statusName } from "./marks.mjs";
import { onSecond } from "./ticker.mjs";
import { statusWord } from "./words.mjs";

const STATUS_KEYS = "[data-slot],[data-building],[data-community]";
const BOUND = `${STATUS_KEYS},[data-value-of],[data-age],[data-age-of]`;
const WATCHED = ["data-slot", "data-building", "data-community", "data-value-of", "data-age", "data-age-of"];

/**
 * Status byte of what an element stands for, or null if it is not known.
 * @param {DOMStringMap|Record<string, string>} data the element's data-*
 * @param {import("./picture.mjs").Picture} picture
 */
export function statusOf(data, picture) {
  if (!picture.worst) return null;
  if (data.slot !== undefined) return picture.worst.status[Number(data.slot)] ?? null;
  if (data.building !== undefined) return picture.worst.building[picture.town.buildings.index.get(data.building)] ?? null;
  if (data.community !== undefined) return picture.worst.community[picture.town.codeIndex.get(data.community)] ?? null;
  return null;
}

function paintStatus(node, picture) {
  const code = statusOf(node.dataset, picture);
  if (code === null) return;
  setAttr(node, "data-status", statusName(code));
  if (node.classList.contains("status-word")) setText(node, statusWord(code));
  if ("orderByStatus" in node.dataset) node.style.order = String(-code);
}

function paintAge(node, now) {
  const at = Number(node.dataset.age);
  if (Number.isFinite(at) && at > 0) setText(node, age(now - at));
}

/** Applies values messages to the numbers and ages that belong to their devices. */
function paintValues(root, messages) {
  for (const { device, values, measured_at: measuredAt } of messages) {
    for (const [name, value] of Object.entries(values)) {
      const key = CSS.escape(`${device}:${name}`);
      root.querySelectorAll(`[data-value-of="${key}"]`).forEach((node) => setText(node, reading(value)));
    }
    root.querySelectorAll(`[data-age-of="${CSS.escape(device)}"]`).forEach((node) => setAttr(node, "data-age", measuredAt));
  }
}

/**
 * @param {HTMLElement} root
 * @param {import("./picture.mjs").Picture} picture
 * @returns {() => void} stops it
 */
export function bindLive(root, picture) {
  const all = (selector) => root.querySelectorAll(selector);
  const paintStatuses = () => all(STATUS_KEYS).forEach((node) => paintStatus(node, picture));
  const paintAges = () => all("[data-age]").forEach((node) => paintAge(node, picture.client.serverNow()));

  const observer = new MutationObserver((records) => {
    if (!records.some(({ type, addedNodes }) => type === "attributes" || hasBound(addedNodes))) return;
    paintStatuses();
    paintAges();
  });
  observer.observe(root, { childList: true, subtree: true, attributes: true, attributeFilter: WATCHED });

  const off = picture.on((change) => {
    if (change.full || change.slots.size) paintStatuses();
    if (change.values.length) paintValues(root, change.values);
  });
  const offClock = onSecond(paintAges);
  paintStatuses();
  paintAges();
  return () => {
    observer.disconnect();
    off();
    offClock();
  };
}

const hasBound = (nodes) =>
  [...nodes].some((node) => node.nodeType === 1 && (node.matches(BOUND) || node.querySelector(BOUND) !== null));
