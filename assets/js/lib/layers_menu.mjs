/** Checkboxes that switch map layers; what a person chose is kept in this browser. */
import { el, setAttr } from "./dom.mjs";
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
  ["risk", t("风险热力"), false],
];

/** How many layers are hidden that are usually shown. @param {Record<string, boolean>} state */
export const hiddenOf = (state) => switches().filter(([name, , usual]) => usual && !state[name]).length;

/** A map that lacks something says so on the menu's button: the choice outlives a reload. */
function mark(menu, state) {
  const button = menu.closest("details")?.querySelector("summary");
  const hidden = hiddenOf(state);
  if (!button) return;
  setAttr(button, "data-hidden", hidden ? t("隐藏 {n}", { n: hidden }) : null);
  setAttr(button, "title", hidden ? t("有 {n} 个图层没有显示", { n: hidden }) : null);
}

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
      mark(menu, state);
      onSwitch(name, box.checked);
    });
    onSwitch(name, state[name]);
    return el("label", { class: "check" }, box, label);
  });
  menu.replaceChildren(...boxes);
  mark(menu, state);
}
