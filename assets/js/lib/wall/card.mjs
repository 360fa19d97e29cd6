/** The card of a building on fire: what it is, who is responsible, what is near. */
import { el, setText } from "../dom.mjs";
import { clock, metres, number, reading, time } from "../format.mjs";
import { named, t } from "../i18n.mjs";
import { markElement } from "../marks.mjs";
import { categoryWord, causeUnit, causeWord, deviceKindWord } from "../words.mjs";

/** Alarming devices that the card has room for. */
const DEVICES = 4;
const PEOPLE = 3;

/** Facts of a building that matter at a fire, as [label, value]; unknown ones are left out. */
export function factsOf(building) {
  const charging = building.ebike.present ? t("有充电设施") : building.ebike.required ? t("缺充电设施") : null;
  return [
    [t("类别"), categoryWord(building.category)],
    [t("层数"), building.storeys ? t("{n} 层", { n: building.storeys }) : null],
    [t("居住"), building.residents ? t("{n} 人", { n: number(building.residents) }) : null],
    [t("建成"), building.built_year ? String(building.built_year) : null],
    [t("设备"), t("{n} 台", { n: number(building.device_count) })],
    [t("电动自行车"), charging],
    [t("未结隐患"), building.hazards_open ? t("{n} 处", { n: building.hazards_open }) : null],
  ].filter(([, value]) => value !== null);
}

/** What an alarm says, in one line. */
export function alarmLine(alarm) {
  const value = Number.isFinite(alarm.value) ? ` ${reading(alarm.value)}${causeUnit(alarm.cause)}` : "";
  return `${deviceKindWord(alarm.device_kind)} · ${alarm.location || alarm.device_name} · ${causeWord(alarm.cause)}${value}`;
}

function near(title, items, detail) {
  if (!items.length) return null;
  const rows = items.map((item) => el("li", {}, el("span", { text: item.name }), el("b", { class: "num", text: detail(item) })));
  return el("section", { class: "wall-card-near" }, el("h3", { text: title }), el("ul", {}, ...rows));
}

const walk = (item) => `${metres(item.distance_m)} · ${t("步行 {n} 分钟", { n: Math.max(1, Math.ceil(item.walk_min)) })}`;
const flow = (item) => (Number.isFinite(item.pressure_mpa) ? `${metres(item.distance_m)} · ${number(item.pressure_mpa, 2)} MPa` : metres(item.distance_m));

function body(building) {
  const facts = factsOf(building).map(([label, value]) => el("div", {}, el("dt", { text: label }), el("dd", { text: value })));
  const people = building.people.slice(0, PEOPLE).map((person) => person.label);
  return [
    el("p", { class: "wall-card-address", text: `${named(building.community.name, building.community.name_en)} · ${building.address}` }),
    el("dl", { class: "wall-card-facts" }, ...facts),
    people.length ? el("p", { class: "wall-card-people" }, el("span", { text: t("联系") }), el("b", { text: people.join(" · ") })) : null,
    near(t("最近的微型消防站"), building.micro_stations, walk),
    near(t("最近的消火栓"), building.hydrants, flow),
  ].filter(Boolean);
}

export class FireCard {
  #building = null;
  #fire = null;
  #turn = { place: 0, total: 1 };
  #painted = "";

  /** @param {HTMLElement} node @param {() => number} now server time @param {typeof fetch} [get] */
  constructor(node, now, get = (...args) => fetch(...args)) {
    this.node = node;
    this.now = now;
    this.get = get;
    setInterval(() => this.#tick(), 1000);
  }

  /**
   * @param {{key: string, lead: object, alarms: object[]}} fire
   * @param {{place: number, total: number}} turn which of several fires this is
   */
  show(fire, turn) {
    const same = this.#fire?.key === fire.key;
    this.#fire = fire;
    this.#turn = turn;
    this.node.hidden = false;
    if (!same) this.#building = null;
    this.#paint();
    if (!same && fire.lead.building) this.#load(fire);
  }

  hide() {
    this.node.hidden = true;
    this.#fire = null;
    this.#building = null;
  }

  async #load(fire) {
    try {
      const answer = await this.get(`/live/building/${encodeURIComponent(fire.lead.building)}`, { credentials: "same-origin" });
      if (!answer.ok || this.#fire?.key !== fire.key) return;
      this.#building = await answer.json();
      if (this.#fire?.key === fire.key) this.#paint();
    } catch {
      // the card still says what the alarm itself knows
    }
  }

  #tick() {
    if (this.#fire) setText(this.node.querySelector(".wall-card-clock"), clock(this.now() - this.#fire.lead.raised_at));
  }

  #paint() {
    const { key, lead, alarms } = this.#fire;
    const { place, total } = this.#turn;
    const says = JSON.stringify([key, place, total, alarms.map(({ id, value }) => [id, value]), this.#building !== null]);
    if (says === this.#painted) return;
    this.#painted = says;
    const turn = total > 1 ? el("span", { class: "wall-card-turn num", text: `${place + 1} / ${total}` }) : null;
    const lines = alarms.slice(0, DEVICES).map((alarm) => el("li", {}, el("span", { text: alarmLine(alarm) })));
    if (alarms.length > DEVICES) lines.push(el("li", {}, el("span", { text: t("另有 {n} 条", { n: alarms.length - DEVICES }) })));
    this.node.replaceChildren(
      el("header", { class: "wall-card-head" }, markElement("alarm"), el("strong", { text: t("火警") }), turn, el("time", { class: "wall-card-clock num" })),
      el("h2", { text: lead.building_name ?? lead.device_name }),
      ...(this.#building ? body(this.#building) : [el("p", { class: "wall-card-address", text: named(lead.community_name, lead.community_name_en) })]),
      el("section", { class: "wall-card-alarms" }, el("h3", { text: t("报警设备") }), el("ul", {}, ...lines)),
      el("p", { class: "wall-card-wait", text: t("{time} 报警，等待值班台确认", { time: time(lead.raised_at) }) }),
    );
    this.#tick();
  }
}
