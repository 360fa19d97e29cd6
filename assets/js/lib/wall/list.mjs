/** The wall's list of open incidents: rows kept and patched, clocks running, pages turning. */
import { arrange, el, setAttr, setText } from "../dom.mjs";
import { clock } from "../format.mjs";
import { t } from "../i18n.mjs";
import { markElement, statusName, statusOfAlarm } from "../marks.mjs";
import { isUnacknowledged } from "../queue_order.mjs";
import { onSecond } from "../ticker.mjs";
import { alarmKindWord, causeWord, deviceKindWord } from "../words.mjs";
import { shortName } from "./names.mjs";
import { pageOf, rowsOf } from "./rows.mjs";

const TURN_MS = 8_000;

const placeOf = ({ lead }) => lead.building_name ?? lead.device_name;
const communityOf = ({ lead }) => shortName(lead.community_name, lead.community_name_en);

/** What happened, most important first: what does not fit on the line is left out as a whole. */
export function detailsOf({ lead, alarms }) {
  const seen = lead.kind === "fire" && !isUnacknowledged(lead) ? t("已确认") : null;
  const count = alarms.length > 1 ? t("{n} 条报警", { n: alarms.length }) : null;
  return [seen, causeWord(lead.cause), count, deviceKindWord(lead.device_kind)].filter(Boolean);
}

/** Which page this is, and how many open fires it has no room for. */
export function footOf(page, pages, fires) {
  const more = fires ? t("另有火警 {n} 起", { n: fires }) : null;
  const turn = pages > 1 ? t("第 {page} / {pages} 页", { page: page + 1, pages }) : null;
  return [more, turn].filter(Boolean).join(" · ");
}

function paintDetails(node, parts) {
  if (node.dataset.says === parts.join("|")) return;
  node.dataset.says = parts.join("|");
  node.replaceChildren(...parts.map((text) => el("span", { text })));
}

function makeRow() {
  const mark = markElement("normal");
  const kind = el("span", { class: "wall-row-kind" });
  const time = el("time", { class: "wall-row-clock num" });
  const place = el("span", { class: "wall-row-place" });
  const detail = el("span", { class: "wall-row-detail" });
  const community = el("span", { class: "wall-row-community" });
  const node = el("li", { class: "wall-row" }, mark, el("div", { class: "wall-row-head" }, kind, community, time), place, detail);
  return { node, mark, kind, time, place, detail, community };
}

function patch(parts, row) {
  const status = statusName(statusOfAlarm(row.lead.kind));
  parts.row = row;
  setAttr(parts.mark, "data-status", status);
  setAttr(parts.node, "data-status", status);
  setAttr(parts.node, "data-waiting", row.waiting ? "" : null);
  setText(parts.kind, alarmKindWord(row.lead.kind));
  setText(parts.community, communityOf(row));
  setText(parts.place, placeOf(row));
  paintDetails(parts.detail, detailsOf(row));
}

/** Height of what lies inside the padding. */
function innerHeight(node) {
  const style = getComputedStyle(node);
  return node.clientHeight - parseFloat(style.paddingTop) - parseFloat(style.paddingBottom);
}

export class WallList {
  #rows = [];
  #nodes = new Map();
  #turn = 0;
  #turnedAt = 0;

  /**
   * @param {{list: HTMLElement, count: HTMLElement, foot: HTMLElement}} parts
   * @param {() => number} now server time
   */
  constructor(parts, now) {
    this.parts = parts;
    this.now = now;
    onSecond(() => this.#tick());
    new ResizeObserver(() => this.#paint()).observe(parts.list);
  }

  /** @param {Iterable<object>} alarms open ones */
  show(alarms) {
    this.#rows = rowsOf(alarms);
    this.#paint();
  }

  #tick() {
    if (Date.now() - this.#turnedAt >= TURN_MS) {
      this.#turnedAt = Date.now();
      this.#turn += 1;
      this.#paint();
    }
    this.#clocks();
  }

  #clocks() {
    const now = this.now();
    for (const { time, row } of this.#nodes.values()) setText(time, clock(now - row.since));
  }

  #room() {
    const first = this.parts.list.querySelector(".wall-row");
    const high = first ? first.getBoundingClientRect().height : 0;
    return high ? Math.floor((innerHeight(this.parts.list) + 1) / high) : 1;
  }

  #paint() {
    if (!this.#nodes.size && this.#rows.length) this.#place(this.#rows.slice(0, 1)); // one to measure
    const { rows, page, pages, fires } = pageOf(this.#rows, this.#room(), this.#turn);
    this.#place(rows);
    this.#clocks();
    setText(this.parts.count, t("{n} 起", { n: this.#rows.length }));
    setText(this.parts.foot, footOf(page, pages, fires));
    setAttr(this.parts.list, "data-empty", this.#rows.length ? null : t("没有未处理的警情"));
  }

  #place(rows) {
    const before = this.#nodes;
    this.#nodes = new Map(rows.map((row) => [row.key, before.get(row.key) ?? makeRow()]));
    for (const row of rows) patch(this.#nodes.get(row.key), row);
    arrange(this.parts.list, [...this.#nodes.values()].map(({ node }) => node));
  }
}
