/** The rows of incidents whose response runs, or which wait for a verdict, after their last alarm is over. */
import { arrange, el, setAttr, setText } from "./dom.mjs";
import { clock, dateTime, time } from "./format.mjs";
import { t } from "./i18n.mjs";
import { statusName, statusOfAlarm } from "./marks.mjs";
import { beginRow } from "./queue_row.mjs";
import { onSecond } from "./ticker.mjs";
import { shortName } from "./wall/names.mjs";
import { alarmKindWord, responseWord } from "./words.mjs";

/** When the stage began that an incident is in. @param {object} incident */
export function sinceOf({ response, last_at }) {
  return response[`${response.stage}_at`] ?? last_at;
}

/** How far it is, and what it waits for. @param {object} incident */
export function stageOf({ response }) {
  const to = response.stage === "dispatched" ? response.dispatched_to : null;
  const waits = ["none", "ended"].includes(response.stage) ? t("待结论") : null;
  return [responseWord(response.stage), to, waits].filter(Boolean).join(" · ");
}

export class WorkList {
  #rows = new Map();
  /** The incident that a person is at; null if none. */
  chosen = null;

  /**
   * @param {HTMLElement} box the empty container
   * @param {import("./at_work.mjs").AtWork} work
   * @param {{onOpen: (incident: object) => void, onChoose: () => void, now: () => number}} options
   */
  constructor(box, work, { onOpen, onChoose, now }) {
    Object.assign(this, { box, work, onOpen, onChoose, now });
    this.title = el("h3", { class: "work-title", role: "status" });
    this.list = el("ol", { class: "work-list", "aria-label": t("报警已结束、警情未结") });
    box.append(this.title, this.list);
    this.list.addEventListener("click", ({ target }) => this.#clicked(target.closest(".work-row")));
    this.list.addEventListener("focusin", ({ target }) => this.#choose(idOf(target.closest(".work-row"))));
    work.on(() => this.#show());
    onSecond(() => this.#tick());
    this.#show();
  }

  get size() {
    return this.work.incidents.length;
  }

  /** Whether keys mean an incident of this list. */
  get active() {
    return this.chosen !== null;
  }

  /** Another list has the person's attention. */
  leave() {
    if (this.chosen === null) return;
    this.chosen = null;
    this.#mark();
  }

  /** Goes to the incident above (−1) or below (+1). @returns {boolean} whether there is one */
  move(step) {
    return this.reach(this.work.incidents.findIndex(({ id }) => id === this.chosen) + step);
  }

  /** Goes to a row. @param {number} index @returns {boolean} whether it exists */
  reach(index) {
    const row = this.#rows.get(this.work.incidents[index]?.id);
    if (!row) return false;
    row.scrollIntoView({ block: "nearest" });
    row.focus({ preventScroll: true });
    return true;
  }

  open(id = this.chosen) {
    const incident = this.work.incidents.find((one) => one.id === id);
    if (!incident) return;
    this.#choose(id);
    this.onOpen(incident);
  }

  #clicked(row) {
    if (row) this.open(idOf(row));
  }

  #choose(id) {
    if (id === null || id === this.chosen) return;
    this.chosen = id;
    this.onChoose();
    this.#mark();
  }

  #show() {
    const { incidents, failed } = this.work;
    this.box.hidden = !incidents.length && !failed;
    setAttr(this.box, "data-failed", failed ? "" : null);
    const count = t("处置中 {n} 起 · 报警已结束", { n: incidents.length });
    setText(this.title, failed ? `${count} · ${t("暂时无法更新")}` : count);
    const before = this.#rows;
    this.#rows = new Map(incidents.map((incident) => [incident.id, before.get(incident.id) ?? makeRow(incident)]));
    for (const incident of incidents) patchRow(this.#rows.get(incident.id), incident);
    arrange(this.list, [...this.#rows.values()]);
    this.#mark();
    this.#tick();
  }

  #mark() {
    const first = this.work.incidents[0]?.id;
    for (const [id, row] of this.#rows) {
      setAttr(row, "aria-current", id === this.chosen ? "true" : null);
      setAttr(row, "tabindex", id === (this.#rows.has(this.chosen) ? this.chosen : first) ? "0" : "-1");
    }
  }

  #tick() {
    for (const row of this.#rows.values()) setText(row.parts.clock, clock(this.now() - row.since));
  }
}

const idOf = (row) => (row ? Number(row.dataset.incident) : null);

function makeRow({ id }) {
  const { parts: begun, head } = beginRow();
  const parts = { ...begun, stage: el("div", { class: "work-stage" }) };
  const row = el("li", { class: "work-row", tabindex: "-1", dataset: { incident: id } }, parts.mark, el("div", { class: "queue-body" }, head, parts.where, parts.stage));
  row.parts = parts;
  return row;
}

function patchRow(row, incident) {
  const { parts } = row;
  row.since = sinceOf(incident);
  setAttr(parts.mark, "data-status", statusName(statusOfAlarm(incident.kind)));
  setText(parts.word, t("{kind}警情 {n}", { kind: alarmKindWord(incident.kind), n: incident.id }));
  setText(parts.place, shortName(incident.community_name, incident.community_name_en));
  setText(parts.where, incident.building_name ?? "");
  setText(parts.stage, `${time(row.since).slice(0, 5)} ${stageOf(incident)}`);
  setAttr(parts.clock, "title", t("{time} 起", { time: dateTime(row.since) }));
}
