/** What is shown and of which buildings: mode, filters, comparison, opacity. */
import { el } from "../dom.mjs";
import { named, t } from "../i18n.mjs";
import { CATEGORIES, DEVICE_KINDS, categoryWord, deviceKindWord } from "../words.mjs";
import { weekWord } from "./words.mjs";

export const MODES = ["surface", "cells", "buildings", "communities"];
const modeWords = () => ({ surface: t("热力面"), cells: t("网格 250 m"), buildings: t("建筑"), communities: t("社区") });

function select(label, options, onChange) {
  const field = el("select", { class: "input", "aria-label": label, onchange: () => onChange(field.value) });
  field.append(...options.map(([value, text]) => el("option", { value, text })));
  return field;
}

export class RiskTools {
  /** @param {HTMLElement} place @param {(state: object) => void} onChange */
  constructor(place, onChange) {
    this.state = { mode: "surface", category: "", system: "", community: "", compare: "" };
    this.place = place;
    this.onChange = onChange;
    this.#build();
  }

  #build() {
    const change = (name) => (value) => this.set({ [name]: value });
    const word = modeWords();
    this.modes = MODES.map((mode) => el("button", { type: "button", class: "chip", dataset: { mode }, "aria-pressed": String(mode === this.state.mode), text: word[mode], onclick: () => this.set({ mode }) }));
    this.category = select(t("建筑类别"), [["", t("全部类别")], ...CATEGORIES.map((name) => [name, categoryWord(name)])], change("category"));
    this.system = select(t("监测系统"), [["", t("全部系统")], ...DEVICE_KINDS.map((name) => [name, deviceKindWord(name)])], change("system"));
    this.community = select(t("社区"), [["", t("全部社区")]], change("community"));
    this.compare = select(t("与过去一周相比"), [["", t("不比较")]], change("compare"));
    this.opacity = el("input", { type: "range", min: "20", max: "100", value: "85", "aria-label": t("不透明度"), oninput: () => this.onOpacity?.(Number(this.opacity.value) / 100) });
    this.place.replaceChildren(
      el("div", { class: "chips", role: "group", "aria-label": t("显示方式") }, ...this.modes),
      el("div", { class: "risk-filters" }, this.category, this.system, this.community, this.compare),
      el("label", { class: "risk-opacity" }, el("span", { text: t("不透明度") }), this.opacity),
    );
  }

  /** @param {object} change part of the state */
  set(change) {
    Object.assign(this.state, change);
    for (const button of this.modes) button.setAttribute("aria-pressed", String(button.dataset.mode === this.state.mode));
    this.compare.disabled = this.state.mode !== "surface";
    this.category.disabled = this.system.disabled = this.state.mode === "communities";
    this.community.disabled = this.state.mode === "communities";
    this.onChange(this.state);
  }

  /** @param {object[]} communities of the geometry */
  offerCommunities(communities) {
    const options = communities.map(({ code, name, nameEn }) => el("option", { value: code, text: named(name, nameEn) }));
    this.community.replaceChildren(el("option", { value: "", text: t("全部社区") }), ...options);
    this.community.value = this.state.community;
  }

  /** @param {string[]} weeks Mondays, the newest first */
  offerWeeks(weeks) {
    this.compare.replaceChildren(el("option", { value: "", text: t("不比较") }), ...weeks.map((week) => el("option", { value: week, text: t("对比 {week}", { week: weekWord(week) }) })));
    this.compare.value = this.state.compare;
  }

  /** What the server is asked for. */
  filter() {
    const { category, system, community, mode } = this.state;
    return mode === "communities" ? {} : { category, system, community };
  }
}
