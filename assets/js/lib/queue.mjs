/** The live alarm queue: keyed rows that are patched in place, never rebuilt. */
import { acknowledge, closeAlarm } from "./commands.mjs";
import { calm, el, setAttr, setText } from "./dom.mjs";
import { t } from "./i18n.mjs";
import { countKinds, isUnacknowledged, openAlarms } from "./queue_order.mjs";
import { communityOf, makeRow, patchRow, setBusy, setError, tickRow, toggleVerdict, whereOf } from "./queue_row.mjs";
import { onTick } from "./ticker.mjs";
import { ALARM_KINDS, alarmKindWord } from "./words.mjs";

const ROWS_AT_ONCE = 80;

export class Queue {
  #rows = new Map();
  #limit = ROWS_AT_ONCE;
  #kinds = null;
  #chosen = null;
  #sorted = [];
  blinking = null;

  /**
   * @param {{list: HTMLElement, count: HTMLElement, kinds: HTMLElement}} parts the empty containers
   * @param {import("./picture.mjs").Picture} picture
   * @param {{canCommand: boolean, onOpen: (alarm: object) => void}} options
   */
  constructor(parts, picture, { canCommand, onOpen }) {
    Object.assign(this, { parts, picture, canCommand, onOpen });
    this.live = el("div", { class: "visually-hidden", "aria-live": "assertive" });
    this.more = el("li", { class: "queue-more", "aria-hidden": "true" });
    parts.list.after(this.live);
    this.#buildKinds();
    this.#listen();
    picture.on((change) => (change.full || change.alarms.size) && this.render(change.full ? null : change.alarms));
    picture.onAlarm((alarm, previous) => this.#announce(alarm, previous));
    setInterval(() => this.#tick(), 1000);
    if (picture.worst) this.render(null);
  }

  #buildKinds() {
    this.chips = new Map(
      [null, ...ALARM_KINDS].map((kind) => {
        const figure = el("b", { class: "num" });
        const chip = el("button", { type: "button", class: "chip", dataset: { kind: kind ?? "all" } }, kind ? alarmKindWord(kind) : t("全部"), figure);
        chip.addEventListener("click", () => this.filter(kind));
        this.parts.kinds.append(chip);
        return [kind, { chip, figure }];
      }),
    );
    this.filter(null);
  }

  /** Shows one kind only; null shows all. */
  filter(kind) {
    this.#kinds = kind === null ? null : new Set([kind]);
    this.#limit = ROWS_AT_ONCE;
    for (const [name, { chip }] of this.chips) setAttr(chip, "aria-pressed", String(name === kind));
    if (this.picture.worst) this.render(new Set());
  }

  #listen() {
    const { list } = this.parts;
    list.addEventListener("click", (event) => this.#click(event));
    list.addEventListener("focusin", (event) => this.#choose(event.target.closest(".queue-row")?.dataset.alarm ?? null));
    this.observer = new IntersectionObserver(
      (entries) => {
        if (!entries.some((entry) => entry.isIntersecting)) return;
        this.#limit += ROWS_AT_ONCE;
        this.render(new Set());
      },
      { root: list, rootMargin: "400px" },
    );
    this.observer.observe(this.more);
  }

  #click(event) {
    const row = event.target.closest(".queue-row");
    if (!row || event.target.closest(".verdict")) return;
    const action = event.target.closest("[data-action]")?.dataset.action;
    if (action === "acknowledge") this.acknowledge(row.dataset.alarm);
    else if (action === "verdict") this.verdict(row.dataset.alarm);
    else this.open(row.dataset.alarm);
  }

  /**
   * Brings the rows up to date.
   * @param {Set<string|number>|null} changed alarms to patch; null patches all
   */
  render(changed) {
    const alarms = this.picture.client.alarms;
    this.#sorted = openAlarms(alarms.values(), { kinds: this.#kinds });
    const wanted = this.#sorted.slice(0, this.#limit);
    const focused = document.activeElement?.closest?.(".queue-row") ? document.activeElement : null;
    this.#remove(new Set(wanted.map((alarm) => String(alarm.id))));
    wanted.forEach((alarm) => this.#place(alarm, changed));
    this.#arrange(wanted);
    if (focused?.isConnected && document.activeElement !== focused) focused.focus({ preventScroll: true });
    this.#figures(alarms);
    this.#blink(alarms);
    this.#tick();
    this.#mark();
  }

  #remove(keep) {
    for (const [id, row] of this.#rows) {
      if (keep.has(id)) continue;
      row.remove();
      this.#rows.delete(id);
    }
  }

  #place(alarm, changed) {
    const id = String(alarm.id);
    const row = this.#rows.get(id);
    if (!row) this.#rows.set(id, makeRow(alarm, this));
    else if (changed === null || changed.has(alarm.id)) {
      patchRow(row, alarm);
      if (alarm.acked_at && row.getAttribute("aria-busy")) setBusy(row, "acknowledge", false);
    }
  }

  /** From the end to the start, so that only rows out of place move. */
  #arrange(wanted) {
    const { list } = this.parts;
    list.querySelectorAll(":scope > .empty").forEach((node) => node.remove());
    if (!wanted.length) {
      this.more.remove();
      list.replaceChildren(this.#empty());
      return;
    }
    let next = wanted.length < this.#sorted.length ? this.more : null;
    if (!next) this.more.remove();
    else if (list.lastChild !== next) list.append(next);
    for (let i = wanted.length - 1; i >= 0; i--) {
      const row = this.#rows.get(String(wanted[i].id));
      if (row.nextSibling !== next || row.parentNode !== list) list.insertBefore(row, next);
      next = row;
    }
    while (list.firstChild !== next) list.firstChild.remove();
  }

  #empty() {
    const filtered = this.#kinds !== null && this.picture.client.alarms.size > 0;
    return el("li", { class: "empty", text: filtered ? t("这一类没有未处理的报警") : t("没有未处理的报警") });
  }

  #figures(alarms) {
    const counts = countKinds(alarms.values());
    setText(this.parts.count, t("{n} 条", { n: alarms.size }));
    for (const [kind, { figure }] of this.chips) setText(figure, kind === null ? "" : String(counts[kind]));
  }

  /** The marks of waiting fires blink, in step with the map. */
  #blink(alarms) {
    const waiting = [...alarms.values()].some((alarm) => alarm.kind === "fire" && isUnacknowledged(alarm));
    if (waiting === (this.blinking !== null)) return;
    this.blinking?.();
    setAttr(this.parts.list, "data-blink", null);
    this.blinking = waiting ? onTick((phase) => setAttr(this.parts.list, "data-blink", phase >= 0.5 && !calm() ? "" : null)) : null;
  }

  #tick() {
    const now = this.picture.client.serverNow();
    for (const row of this.#rows.values()) tickRow(row, now);
  }

  #announce(alarm, previous) {
    if (alarm.kind !== "fire" || previous || alarm.closed_at) return;
    setText(this.live, t("新火警：{community} {where}", { community: communityOf(alarm), where: whereOf(alarm) }));
  }

  #choose(id) {
    if (id === null || id === this.#chosen) return;
    this.#chosen = id;
    this.#mark();
  }

  #mark() {
    if (this.#chosen !== null && !this.#rows.has(this.#chosen)) this.#chosen = null;
    const first = this.#sorted.length ? String(this.#sorted[0].id) : null;
    for (const [id, row] of this.#rows) {
      setAttr(row, "aria-current", id === this.#chosen ? "true" : null);
      setAttr(row, "tabindex", id === (this.#chosen ?? first) ? "0" : "-1");
    }
  }

  #alarm(id) {
    return this.#sorted.find((alarm) => String(alarm.id) === id) ?? null;
  }

  /** The alarm that keys act on: the chosen one, or the most urgent. */
  get target() {
    return this.#chosen ?? (this.#sorted.length ? String(this.#sorted[0].id) : null);
  }

  /** Moves the choice up (−1) or down (+1). */
  move(step) {
    if (!this.#sorted.length) return;
    const at = this.#sorted.findIndex((alarm) => String(alarm.id) === this.#chosen);
    const next = at < 0 ? 0 : Math.max(0, Math.min(this.#rows.size - 1, at + step));
    const row = this.#rows.get(String(this.#sorted[next].id));
    row?.focus();
    row?.scrollIntoView({ block: "nearest" });
  }

  open(id = this.target) {
    const alarm = this.#alarm(id);
    if (!alarm) return;
    this.#choose(id);
    this.onOpen(alarm);
  }

  async acknowledge(id = this.target) {
    const alarm = this.#alarm(id);
    if (!this.canCommand || !alarm || alarm.acked_at) return;
    await this.#command(id, "acknowledge", () => acknowledge(alarm.id));
  }

  verdict(id = this.target) {
    const alarm = this.#alarm(id);
    if (!this.canCommand || alarm?.kind !== "fire" || !alarm.acked_at) return;
    toggleVerdict(this.#rows.get(id), (verdict, note) =>
      this.#command(id, "verdict", () => closeAlarm(alarm.id, verdict, note)),
    );
  }

  /** Optimistic: "…" until the stream brings the change; a refusal is told in the row. */
  async #command(id, action, send) {
    const row = this.#rows.get(id);
    setError(row, "");
    setBusy(row, action, true);
    try {
      await send();
    } catch (error) {
      setError(row, error.detail ?? String(error));
    } finally {
      setBusy(row, action, false);
      const alarm = this.#alarm(id);
      if (alarm && this.#rows.get(id) === row) patchRow(row, alarm);
    }
  }
}
