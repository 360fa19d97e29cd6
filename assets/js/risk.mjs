/** The risk page: the forecast on the map, week by week, and how good it was. */
import { byId, el, setAttr, setText, whenElement } from "./lib/dom.mjs";
import { age, number, time } from "./lib/format.mjs";
import { geometryOfPage } from "./lib/geometry.mjs";
import { named, t } from "./lib/i18n.mjs";
import * as ids from "./lib/ids.mjs";
import { alarmsLayer } from "./lib/layers/alarms.mjs";
import { buildingAt } from "./lib/layers/buildings.mjs";
import { contextLayer } from "./lib/layers/context.mjs";
import { pickOn } from "./lib/layers/pick.mjs";
import { riskLayer } from "./lib/layers/risk.mjs";
import { watchHealth } from "./lib/lost.mjs";
import { Picture } from "./lib/picture.mjs";
import { NOW, RiskSource } from "./lib/risk/ask.mjs";
import { showBuildingRisk } from "./lib/risk/building.mjs";
import { legend } from "./lib/risk/legend.mjs";
import { ranking, showMeasures } from "./lib/risk/ranking.mjs";
import { stepAt, valueOf } from "./lib/risk/surface.mjs";
import { RiskTools } from "./lib/risk/tools.mjs";
import { verdictPanel } from "./lib/risk/verdict.mjs";
import { WeekSlider } from "./lib/risk/weeks.mjs";
import { events, levelWord } from "./lib/risk/words.mjs";
import { categoryWord } from "./lib/words.mjs";

/** A change that matters is in the forecast within seconds; it is asked for so often. */
const LOOK_MS = 20_000;
/** A present that is older is said to be old. */
const OLD_MS = 2 * 60_000;
const OPACITY = 0.85;

class RiskPage {
  constructor(map, picture) {
    this.map = map;
    this.picture = picture;
    this.source = new RiskSource();
    this.places = new Map();
    this.levels = new Map();
    this.shownSurface = null;
    this.turn = 0;
    this.side = byId(ids.RISK_SIDE);
    this.layer = riskLayer(map, () => picture.town, (place) => `${levelWord(place.level)} · ${t("{n} 件", { n: events(place.expected) })}`);
    this.layer.opacity(OPACITY);
    this.slider = new WeekSlider(byId(ids.RISK_TIME), (week) => this.show(week));
    this.tools = new RiskTools(byId(ids.RISK_TOOLS), () => this.show(this.slider.week()));
    this.tools.onOpacity = (share) => this.layer.opacity(share);
    this.chosen = el("section", { class: "risk-section risk-chosen" });
    this.state = el("p", { class: "risk-state", role: "status" });
    this.parts = { verdict: el("div"), ranking: el("div") };
    this.side.replaceChildren(this.state, this.chosen, this.parts.ranking, this.parts.verdict);
  }

  /** Asks for everything that may have changed, and shows what is chosen. */
  async look() {
    try {
      const before = this.source.versions.get(NOW);
      const overview = await this.source.weeks();
      this.source.forget();
      const known = this.slider.weeks.length;
      this.slider.offer(overview.weeks, Boolean(overview.now));
      this.failed = null;
      if (before !== this.source.versions.get(NOW) || known !== this.slider.weeks.length) {
        this.tools.offerWeeks(overview.weeks.map(({ week }) => week));
        this.parts.verdict.replaceChildren(verdictPanel(overview));
        await this.rank();
        await this.show(this.slider.week());
      }
    } catch (error) {
      this.failed = error.message;
    }
    this.paintState();
  }

  /** The communities by the present's forecast. */
  async rank() {
    const week = this.source.overview?.now ? NOW : this.slider.week();
    if (!week) return;
    const { communities } = await this.source.places(week);
    this.parts.ranking.replaceChildren(ranking(communities, this.picture.town, (code) => this.chooseCommunity(code)));
  }

  /** What the page rests on, and how old it is. */
  paintState() {
    const overview = this.source.overview;
    const now = overview?.now;
    let [state, text] = ["fresh", ""];
    if (this.failed) [state, text] = ["failed", t("风险暂时不可用：{error}", { error: this.failed })];
    else if (!overview) [state, text] = ["loading", t("正在载入风险预测…")];
    else if (!now && !overview.weeks.length) [state, text] = ["empty", t("还没有预测：这里将显示每座建筑、每个社区未来 4 周的预计真实警情。")];
    else if (!now) [state, text] = ["stale", t("现在的预测暂缺，显示最近一周的。")];
    else {
      const old = overview.at - now.as_of;
      const base = now.sufficient ? t("依据 {n} 件已核实的真实警情学习", { n: number(now.learnt_from) }) : t("数据不足：权重来自公开资料和判断");
      text = t("预计 4 周内 {n} 件 · {base} · {age}", { n: events(now.expected), base, age: age(old) });
      // Nothing that matters may have happened for long: what counts is whether somebody still looks.
      if (old > 60 * OLD_MS) state = "stale";
      else if (!now.sufficient) state = "poor";
    }
    setText(this.state, text);
    setAttr(document.querySelector(".risk"), "data-state", state);
  }

  /** Shows a week as the tools say; a later wish overtakes an earlier one. @param {string|undefined} week */
  async show(week) {
    if (!week) return this.layer.clear();
    const turn = ++this.turn;
    const { mode, compare } = this.tools.state;
    const some = this.tools.filter();
    const late = () => turn !== this.turn;
    try {
      if (mode === "buildings") {
        const levels = await this.source.buildings(week, some);
        if (late()) return;
        this.levels = levels;
        this.layer.buildings(levels);
      } else if (mode === "communities") {
        const { communities } = await this.source.places(week);
        if (late()) return;
        this.places = new Map(communities.map((place) => [place.key, place]));
        this.layer.communities(this.places);
      } else {
        const surface = await this.source.surface(week, some);
        const before = mode === "surface" && compare ? await this.source.surface(compare, some) : null;
        if (late()) return;
        this.shownSurface = surface;
        if (mode === "cells") this.layer.cells(surface);
        else if (before) this.layer.difference(surface, before);
        else this.layer.surface(surface);
      }
      byId(ids.RISK_LEGEND).replaceChildren(...legend(mode === "surface" && compare ? "difference" : mode, { between: this.layer.between(), head: this.shownSurface?.head ?? null }));
      this.failed = null;
    } catch (error) {
      if (!late()) this.failed = error.message;
    }
    this.paintState();
  }

  /** Loads the year before somebody plays it, one week after another. */
  async prefetch() {
    for (const week of [...this.slider.weeks].reverse()) {
      if (this.tools.state.mode !== "surface") return;
      await this.source.surface(week, this.tools.filter()).catch(() => null);
    }
  }

  /** The layer that answers to the pointer. */
  hit(_point, [x, y]) {
    const { town } = this.picture;
    if (!town) return null;
    const i = buildingAt(town, x, y);
    if (i >= 0) {
      const id = town.buildings.ids[i];
      return { type: "building", id, title: town.buildings.names[i], sub: categoryWord(town.buildings.categories?.[i] ?? ""), lines: [] };
    }
    const community = town.communityAt(x, y);
    if (community >= town.communities.length) return null;
    const { code, name, nameEn } = town.communities[community];
    const step = this.tools.state.mode === "surface" && this.shownSurface ? stepAt(this.shownSurface, x, y) : 0;
    const lines = step ? [{ text: t("{n} 件/公顷", { n: events(valueOf(step, this.shownSurface.head)) }) }] : [];
    return { type: "community", id: code, title: named(name, nameEn), lines };
  }

  /** @param {{type: string, id: string}} hit */
  choose({ type, id }) {
    if (type === "building") this.chooseBuilding(id);
    else this.chooseCommunity(id);
  }

  chooseBuilding(id) {
    const place = el("div", { dataset: { building: id } }, el("p", { class: "quiet", text: t("正在计算…") }));
    this.chosen.replaceChildren(this.#head(this.nameOf(id), `/?building=${encodeURIComponent(id)}`), place);
    showBuildingRisk(place, id, "h3");
  }

  chooseCommunity(code) {
    const k = this.picture.town.codeIndex.get(code);
    const { name, nameEn } = this.picture.town.communities[k];
    const place = el("div");
    this.chosen.replaceChildren(this.#head(named(name, nameEn), `/?community=${encodeURIComponent(code)}`), el("h3", { text: t("怎样降得最多") }), place);
    showMeasures(place, code, (id) => this.nameOf(id));
  }

  nameOf(id) {
    const { ids: all, names } = this.picture.town.buildings;
    const i = all.indexOf(id);
    return i < 0 ? id : names[i];
  }

  #head(title, href) {
    const close = el("button", { type: "button", class: "button button-small", text: t("关闭"), onclick: () => this.chosen.replaceChildren() });
    return el("div", { class: "risk-chosen-head" }, el("h2", { text: title }), el("a", { class: "button button-small", href, text: t("在值班台打开") }), close);
  }
}

async function main() {
  const picture = new Picture();
  const ready = picture.start({ version: geometryOfPage() });
  watchHealth(picture);
  await whenElement(ids.MAP_FRAME);
  setInterval(() => setText(byId(ids.HEADER_CLOCK), time(Date.now())), 1000);
  window.xt.onMap((map) => {
    const context = contextLayer(map, picture, { tiles: () => false });
    const alarms = alarmsLayer(map, picture);
    const page = new RiskPage(map, picture);
    pickOn(map, [alarms, page], (hit) => (hit.type === "alarm" || hit.open ? hit.open?.() : page.choose(hit)));
    picture.on((change) => {
      if (!change.full) return;
      page.tools.offerCommunities(picture.town.communities);
      context.repaint();
    });
    page.paintState();
    const begin = async () => {
      await page.look();
      await ready;
      page.tools.offerCommunities(picture.town.communities);
      await page.rank().catch((error) => (page.failed = error.message)); // now with the communities' names
      document.documentElement.dataset.ready = "true";
      page.prefetch();
    };
    begin();
    setInterval(() => !document.hidden && page.look(), LOOK_MS);
  });
}

main();
