/** Checkboxes that switch map layers; what a person chose is kept in this browser. */
import { el } from "./dom.mjs";
import { t } from "./i18n.mjs";

const KEY = "xt.layers";

/** @returns {Record<string, boolean>} */
function remembered() {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "{}") ?? {};
  } catch {
    return {};
  }
}

function remember(state) {
  try {
    localStorage.setItem(KEY, JSON.stringify(state));
  } catch {
    // a browser without storage forgets the choice, nothing else
  }
}

const switches = () => [
  ["names", t("社区名称"), true],
  ["buildings", t("建筑"), true],
  ["devices", t("设备"), true],
  ["hydrant", t("消火栓"), true],
  ["micro_station", t("微型消防站"), true],
  ["camera", t("视频"), false],
];

/**
 * @param {HTMLElement} menu the empty container
 * @param {(name: string, on: boolean) => void} onSwitch also called once for each at the start
 */
export function layersMenu(menu, onSwitch) {
  const state = Object.fromEntries(switches().map(([name, , on]) => [name, remembered()[name] ?? on]));
  const boxes = switches().map(([name, label]) => {
    const box = el("input", { type: "checkbox" });
    box.checked = state[name];
    box.addEventListener("change", () => {
      state[name] = box.checked;
      remember(state);
      onSwitch(name, box.checked);
    });
    onSwitch(name, state[name]);
    return el("label", { class: "check" }, box, label);
  });
  menu.replaceChildren(...boxes);
}
