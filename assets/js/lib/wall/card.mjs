/** The card of a building on fire: what it is, who is responsible, what is near. */
import { el, setText } from "../dom.mjs";
import { clock, metres, number, reading, time } from "../format.mjs";
import { named, t } from "../i18n.mjs";
import { markElement } from "../marks.mjs";
import { onSecond } from "../ticker.mjs";
import { categoryWord, causeUnit, causeWord, deviceKindWord } from "../words.mjs";

/** Alarming devices that the card has room for. */
const DEVICES = 4;
const PEOPLE = 3;

/**
 * Facts of a building that matter at a fire, as [label, value, drop]; unknown ones are left out.
 * `drop`: what has to go first when the card has not room for all; 0 stays.
 */
export function factsOf(building) {
  const charging = building.ebike.present ? t("有充电设施") : building.ebike.required ? t("缺充电设施") : null;
  return [
    [t("类别"), categoryWord(building.category), 0],
    [t("层数"), building.storeys ? t("{n} 层", { n: building.storeys }) : null, 0],
    [t("居住"), building.residents ? t("{n} 人", { n: number(building.residents) }) : null, 0],
    [t("电动自行车"), charging, 4],
    [t("未结隐患"), building.hazards_open ? t("{n} 处", { n: building.hazards_open }) : null, 5],
    [t("设备"), t("{n} 台", { n: number(building.device_count) }), 8],
    [t("建成"), building.built_year ? String(building.built_year) : null, 9],
  ].filter(([, value]) => value !== null);
}

/** What an alarm says, in one line. */
export function alarmLine(alarm) {
  const value = Number.isFinite(alarm.value) ? ` ${reading(alarm.value)}${causeUnit(alarm.cause)}` : "";
  return `${deviceKindWord(alarm.device_kind)} · ${alarm.location || alarm.device_name} · ${causeWord(alarm.cause)}${value}`;
}

/** The second nearest goes before the third would have to, and the nearest stays. */
const dropOf = (i) => [0, 6, 7][i] ?? 7;

function near(title, items, detail) {
  if (!items.length) return null;
  const rows = items.map((item, i) => el("li", { dataset: { drop: dropOf(i) } }, el("span", { text: item.name }), el("b", { class: "num", text: detail(item) })));
  return el("section", { class: "wall-card-near" }, el("h3", { text: title }), el("ul", {}, ...rows));
}

const walk = (item) => `${metres(item.distance_m)} · ${t("步行 {n} 分钟", { n: Math.max(1, Math.ceil(item.walk_min)) })}`;
const flow = (item) => (Number.isFinite(item.pressure_mpa) ? `${metres(item.distance_m)} · ${number(item.pressure_mpa, 2)} MPa` : metres(item.distance_m));

function factList(building) {
  const rows = factsOf(building).map(([label, value, drop]) => el("div", { dataset: { drop } }, el("dt", { text: label }), el("dd", { text: value })));
  return el("dl", { class: "wall-card-facts" }, ...rows);
}

function peopleLine(building) {
  const people = building.people.slice(0, PEOPLE).map((person) => person.label);
  if (!people.length) return null;
  return el("p", { class: "wall-card-people" }, el("span", { text: t("联系") }), el("b", { text: people.join(" · ") }));
}

function alarmList(alarms) {
  const lines = alarms.slice(0, DEVICES).map((alarm, i) => el("li", { dataset: { drop: i ? 5 : 0 } }, el("span", { text: alarmLine(alarm) })));
  if (alarms.length > DEVICES) lines.push(el("li", {}, el("span", { text: t("另有 {n} 条", { n: alarms.length - DEVICES }) })));
  return el("section", { class: "wall-card-alarms" }, el("h3", { text: t("报警设备") }), el("ul", {}, ...lines));
}

function addressOf(lead, building) {
  if (!building) return named(lead.community_name, lead.community_name_en);
  return `${named(building.community.name, building.community.name_en)} · ${building.address}`;
}

function columns(alarms, building) {
  const left = [alarmList(alarms), building && factList(building)];
  const right = building ? [peopleLine(building), near(t("最近的微型消防站"), building.micro_stations, walk), near(t("最近的消火栓"), building.hydrants, flow)] : [];
  return el("div", { class: "wall-card-columns" }, el("div", {}, ...left.filter(Boolean)), el("div", {}, ...right.filter(Boolean)));
}

/** Takes away what matters least until nothing is cut off. */
function fit(node) {
  const droppable = [...node.querySelectorAll("[data-drop]")].filter((item) => Number(item.dataset.drop));
  for (const item of droppable) item.hidden = false;
  droppable.sort((a, b) => Number(b.dataset.drop) - Number(a.dataset.drop));
  while (droppable.length && node.scrollHeight > node.clientHeight + 1) droppable.shift().hidden = true;
}

export class FireCard {
  #building = null;
  #fire = null;
  #turn = { place: 0, total: 1 };
  #painted = "";

  /**
   * @param {HTMLElement} node @param {() => number} now server time
   * @param {() => void} onBuilding what the building is and what is near has become known
   * @param {import("./facts.mjs").Facts} facts
   */
  constructor(node, now, onBuilding, facts) {
    this.node = node;
    this.now = now;
    this.onBuilding = onBuilding;
    this.facts = facts;
    onSecond(() => this.#tick());
    new ResizeObserver(() => this.#fire && fit(node)).observe(node);
  }

  /** The building of the fire that is shown, once it is known. */
  get building() {
    return this.#building;
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
    const building = await this.facts.of(fire.lead.building);
    if (!building || this.#fire?.key !== fire.key) return;
    this.#building = building;
    this.#paint();
    this.onBuilding();
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
    this.node.replaceChildren(
      el("header", { class: "wall-card-head" }, markElement("alarm"), el("strong", { text: t("火警") }), turn, el("time", { class: "wall-card-clock num" })),
      el("h2", { text: lead.building_name ?? lead.device_name }),
      el("p", { class: "wall-card-address", text: addressOf(lead, this.#building) }),
      columns(alarms, this.#building),
      el("p", { class: "wall-card-wait", text: t("{time} 报警，等待值班台确认", { time: time(lead.raised_at) }) }),
    );
    fit(this.node);
    this.#tick();
  }
}
