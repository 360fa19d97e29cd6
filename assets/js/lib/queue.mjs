/** The live alarm queue: rows near to what is seen, patched in place; an alarm costs neither a sort nor a walk over all. */
import { AtWork } from "./at_work.mjs";
import { QueueDock } from "./queue_dock.mjs";
import { calm, el, setAttr, setText } from "./dom.mjs";
import { t } from "./i18n.mjs";
import { matcher } from "./queue_filter.mjs";
import { fold } from "./queue_groups.mjs";
import { Ordered, Tally, isFire, isUnacknowledged } from "./queue_order.mjs";
import { communityOf, makeRow, patchCommand, patchGroup, patchRow, tickRow, whereOf } from "./queue_row.mjs";
import { RowWindow } from "./queue_window.mjs";
import { onSecond, onTick } from "./ticker.mjs";
import { WorkList } from "./work_list.mjs";

const NOTHING = Object.freeze({ groups: new Map(), members: new Set() });

export class Queue {
  #all = new Ordered();
  #ordered = new Ordered(); // those of them that the filter lets through
  #matches = () => true;
  #filtered = false;
  #grouping = false;
  #openGroups = new Set();
  #folded = NOTHING;
  #items = [];
  #chosen = null;
  #elsewhere = false; // a person is at an incident without alarms: keys mean no alarm
  #busy = new Set();
  #errors = new Map();
  tally = new Tally();
  blinking = null;

  /**
   * @param {{list: HTMLElement, count: HTMLElement, dock: HTMLElement, work: HTMLElement}} parts the empty containers
   * @param {import("./picture.mjs").Picture} picture
   * @param {{rights: import("./rights.mjs").Rights, onOpen: (alarm: object) => void, onOpenIncident: (incident: object) => void, onShown: () => void}} options
   *   `onShown` after each change
   */
  constructor(parts, picture, { rights, onOpen, onOpenIncident, onShown }) {
    Object.assign(this, { parts, picture, rights, onOpen, onShown });
    this.work = new WorkList(parts.work, new AtWork(picture), { onOpen: onOpenIncident, onChoose: () => this.#leave(), now: () => picture.client.serverNow() });
    this.live = el("div", { class: "visually-hidden", "aria-live": "assertive" });
    parts.list.after(this.live);
    this.window = new RowWindow(parts.list, {
      make: (alarm) => makeRow(alarm, rights),
      patch: (row, alarm, changed) => this.#patch(row, alarm, changed),
    });
    this.dock = new QueueDock(parts.dock, (id, send) => this.#command(id, send));
    this.#listen();
    picture.on((change) => (change.full || change.alarms.size) && this.#take(change));
    picture.onAlarm((alarm, previous) => this.#announce(alarm, previous));
    onSecond(() => this.#tick());
    if (picture.worst) this.#take({ full: true });
  }

  #listen() {
    const { list } = this.parts;
    list.addEventListener("click", (event) => this.#click(event));
    list.addEventListener("focusin", (event) => this.#choose(idOf(event.target.closest(".queue-row"))));
  }

  #click(event) {
    const row = event.target.closest(".queue-row");
    if (!row) return;
    const action = event.target.closest("[data-action]")?.dataset.action;
    if (action) this.act(action, idOf(row));
    else if (event.target.closest(".queue-group")) this.act("group", idOf(row));
    else this.open(idOf(row));
  }

  /** @param {import("./queue_filter.mjs").Filter} filter @param {boolean} filtered whether it leaves anything out */
  filter(filter, filtered) {
    this.#matches = matcher(filter);
    this.#filtered = filtered;
    if (!this.picture.worst) return;
    this.#sift();
    this.#show(new Set());
  }

  /** Folds alarms of one building and cause together, or no more. @param {boolean} on */
  group(on) {
    if (on === this.#grouping) return;
    this.#grouping = on;
    if (!on) this.#openGroups.clear();
    if (this.picture.worst) this.#show(new Set());
  }

  #take(change) {
    const { alarms } = this.picture.client;
    if (change.full) this.#takeAll(alarms);
    else for (const id of change.alarms) this.#takeOne(id, alarms.get(id) ?? null);
    this.dock.settle(alarms);
    this.#show(change.full ? null : change.alarms);
  }

  #takeAll(alarms) {
    this.tally.clear();
    for (const [id, alarm] of alarms) this.tally.set(id, alarm);
    this.#all.reset(alarms.values());
    this.#sift();
  }

  #sift() {
    this.#ordered.adopt(this.#all.list.filter(this.#matches));
  }

  #takeOne(id, alarm) {
    this.tally.set(id, alarm);
    if (alarm) this.#all.put(alarm);
    else this.#all.drop(id);
    if (alarm && this.#matches(alarm)) this.#ordered.put(alarm);
    else this.#ordered.drop(id);
    if (!alarm) this.#errors.delete(id);
  }

  #show(changed) {
    const { list } = this.#ordered;
    this.#folded = this.#grouping ? fold(list, this.#openGroups) : NOTHING;
    this.#items = this.#grouping ? this.#folded.shown : list.slice();
    if (this.#chosen !== null && !this.#ordered.get(this.#chosen)) this.#chosen = null;
    if (this.#items.length) this.window.show(this.#items, changed);
    else this.#showEmpty();
    setText(this.parts.count, this.#filtered ? t("{shown} / {n} 条", { shown: list.length, n: this.tally.size }) : t("{n} 条", { n: this.tally.size }));
    this.#blink();
    this.#mark();
    this.onShown();
  }

  #showEmpty() {
    this.window.show([], null);
    const text = this.#filtered && this.tally.size ? t("没有符合筛选条件的报警，共有 {n} 条未结", { n: this.tally.size }) : t("没有未处理的报警");
    this.parts.list.append(el("li", { class: "empty", text }));
  }

  #patch(row, alarm, changed) {
    const now = this.picture.client.serverNow();
    if (changed) patchRow(row, alarm, now);
    patchGroup(row, this.#folded.groups.get(alarm.id), this.#folded.members.has(alarm.id));
    patchCommand(row, this.#busy.has(alarm.id), this.#errors.get(alarm.id) ?? "");
  }

  /** The marks of waiting fires blink, in step with the map. */
  #blink() {
    const waiting = this.tally.burning > 0;
    if (waiting === (this.blinking !== null)) return;
    this.blinking?.();
    setAttr(this.parts.list, "data-blink", null);
    this.blinking = waiting ? onTick((phase) => setAttr(this.parts.list, "data-blink", phase >= 0.5 && !calm() ? "" : null)) : null;
  }

  #tick() {
    const now = this.picture.client.serverNow();
    for (const row of this.window.rows.values()) tickRow(row, now);
  }

  #announce(alarm, previous) {
    if (alarm.kind !== "fire" || previous || alarm.closed_at) return;
    setText(this.live, t("新火警：{community} {where}", { community: communityOf(alarm), where: whereOf(alarm) }));
  }

  #choose(id) {
    if (id === null) return;
    this.#elsewhere = false;
    this.work.leave();
    if (id === this.#chosen) return;
    this.#chosen = id;
    this.#mark();
  }

  #leave() {
    this.#elsewhere = true;
    this.#chosen = null;
    this.#mark();
  }

  #mark() {
    const first = this.#items[0]?.id ?? null;
    for (const [id, row] of this.window.rows) {
      setAttr(row, "aria-current", id === this.#chosen ? "true" : null);
      setAttr(row, "tabindex", id === (this.#chosen ?? first) ? "0" : "-1");
    }
  }

  /** The alarm that keys act on: the chosen one, or the most urgent; none while an incident is chosen. */
  get target() {
    if (this.#elsewhere) return null;
    return this.#chosen ?? this.#items[0]?.id ?? null;
  }

  /** Everything that the filter lets through, folded away or not. @returns {readonly object[]} */
  get shown() {
    return this.#ordered.list;
  }

  /** Moves the choice up (−1) or down (+1); the incidents without alarms stand above the alarms. */
  move(step) {
    const { work } = this;
    if (work.active && (work.move(step) || step < 0)) return;
    const at = this.#items.findIndex(({ id }) => id === this.#chosen);
    const leaves = step < 0 ? at <= 0 : !this.#items.length;
    if (!work.active && leaves && work.reach(step < 0 ? work.size - 1 : 0)) return;
    if (this.#items.length) this.#focus(at < 0 ? 0 : Math.max(0, Math.min(this.#items.length - 1, at + step)));
  }

  #focus(index) {
    const row = this.window.reach(index);
    this.#mark();
    row?.focus({ preventScroll: true });
  }

  open(id = this.target) {
    if (id === null) this.work.open();
    const alarm = this.#ordered.get(id);
    if (!alarm) return;
    this.#choose(id);
    this.onOpen(alarm);
  }

  /**
   * What a button or a key does with an alarm.
   * @param {"acknowledge"|"verdict"|"confirm"|"shelve"|"unshelve"|"group"} action
   */
  act(action, id = this.target) {
    const alarm = this.#ordered.get(id);
    if (!alarm) return;
    this.#choose(id); // a key that follows means the same alarm, wherever it goes
    if (action === "group") this.#toggleGroup(id);
    else if (this.rights.mayDo(action, alarm)) this.dock.act(action, alarm);
  }

  /** Puts the target on the shelf, or takes it off. */
  shelve() {
    this.act(this.#ordered.get(this.target)?.shelved_until ? "unshelve" : "shelve");
  }

  /** Opens or closes what is folded behind an alarm. */
  #toggleGroup(id) {
    const group = this.#folded.groups.get(id);
    if (!group) return;
    if (!this.#openGroups.delete(group.key)) this.#openGroups.add(group.key);
    this.#show(new Set());
  }

  /** "…" until the answer is there; a refusal is told in the row. */
  async #command(id, send) {
    this.#errors.delete(id);
    this.#busy.add(id);
    this.#show(new Set([id]));
    try {
      await send();
    } catch (error) {
      this.#errors.set(id, error.detail ?? String(error));
    } finally {
      this.#busy.delete(id);
      this.#show(new Set([id]));
    }
  }

  /** What bulk acknowledging would take: everything shown that waits and is no fire. @returns {number[]} */
  get bulk() {
    const takes = (alarm) => isUnacknowledged(alarm) && !isFire(alarm) && this.rights.mayDo("acknowledge", alarm);
    return this.shown.filter(takes).map(({ id }) => id);
  }

  /** How many those are; counted with each alarm, so it walks over the filtered ones at most. */
  get bulkSize() {
    const some = this.#filtered || !this.rights.mayDo("acknowledge", { kind: "prealarm" });
    return some ? this.bulk.length : this.tally.waiting - this.tally.burning;
  }
}

const idOf = (row) => (row ? Number(row.dataset.alarm) : null);
