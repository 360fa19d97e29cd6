/** One row of the alarm queue: built once, then patched in place. */
import { el, setAttr, setText } from "./dom.mjs";
import { clock, dateTime, reading } from "./format.mjs";
import { t } from "./i18n.mjs";
import { statusName, statusOfAlarm } from "./marks.mjs";
import { isUnacknowledged } from "./queue_order.mjs";
import { verdictForm } from "./verdict.mjs";
import { shortName } from "./wall/names.mjs";
import { alarmKindWord, causeUnit, causeWord, deviceKindWord } from "./words.mjs";

/** Where it is, as a person says it. */
export const whereOf = (alarm) => alarm.building_name || alarm.location || alarm.device_name || alarm.device;

/** Community of an alarm in the page's language, without the word that all of them share. */
export const communityOf = (alarm) => shortName(alarm.community_name, alarm.community_name_en);

/** What happened: cause, value and place inside. */
export function whatOf(alarm) {
  const known = alarm.value !== null && alarm.value !== undefined;
  const value = known ? `${reading(alarm.value)} ${causeUnit(alarm.cause)}`.trim() : "";
  return [causeWord(alarm.cause), value, deviceKindWord(alarm.device_kind), alarm.building_name ? alarm.location : ""]
    .filter(Boolean)
    .join(" · ");
}

/** Where the alarm is in its life, in a few words. */
export function stateOf(alarm) {
  if (!isUnacknowledged(alarm)) {
    const cleared = alarm.cleared_at ? ` · ${t("已恢复")}` : "";
    return `${t("{who} 已确认", { who: alarm.acked_by ?? "" })}${cleared}`.trim();
  }
  return alarm.cleared_at ? t("已恢复 · 待确认") : t("待确认");
}

function button(action, label, key) {
  return el("button", { type: "button", class: "button button-small", dataset: { action } }, label, el("kbd", { text: key, "aria-hidden": "true" }));
}

/**
 * @param {object} alarm
 * @param {{canCommand: boolean}} options
 * @returns {HTMLLIElement}
 */
export function makeRow(alarm, { canCommand }) {
  const row = el(
    "li",
    { class: "queue-row", id: `alarm-${alarm.id}`, tabindex: "-1", dataset: { alarm: alarm.id } },
    el("span", { class: "mark", "aria-hidden": "true" }),
    el(
      "div",
      { class: "queue-body" },
      el("div", { class: "queue-head" }, el("strong", { class: "queue-word" }), el("span", { class: "queue-place quiet" }), el("time", { class: "queue-clock num" })),
      el("div", { class: "queue-where" }),
      el("div", { class: "queue-what quiet" }),
      el(
        "div",
        { class: "queue-actions" },
        canCommand && button("acknowledge", t("确认"), "A"),
        canCommand && button("verdict", t("结论"), "V"),
        el("span", { class: "queue-state quiet" }),
      ),
      el("p", { class: "queue-error", role: "alert", hidden: true }),
    ),
  );
  patchRow(row, alarm);
  return row;
}

/** Brings a row up to date; touches only what differs. */
export function patchRow(row, alarm) {
  const part = (name) => row.querySelector(`.${name}`);
  const open = isUnacknowledged(alarm);
  setAttr(row.querySelector(".mark"), "data-status", statusName(statusOfAlarm(alarm.kind)));
  setAttr(row, "data-kind", alarm.kind);
  setAttr(row, "data-acked", String(!open));
  setAttr(row, "data-cleared", String(Boolean(alarm.cleared_at)));
  setText(part("queue-word"), alarmKindWord(alarm.kind) + (alarm.count > 1 ? ` ×${alarm.count}` : ""));
  setText(part("queue-place"), communityOf(alarm));
  setText(part("queue-where"), whereOf(alarm));
  setText(part("queue-what"), whatOf(alarm));
  setText(part("queue-state"), stateOf(alarm));
  setAttr(part("queue-clock"), "datetime", new Date(alarm.raised_at).toISOString());
  setAttr(part("queue-clock"), "title", dateTime(alarm.raised_at));
  row.querySelector('[data-action="acknowledge"]')?.toggleAttribute("hidden", !open);
  row.querySelector('[data-action="verdict"]')?.toggleAttribute("hidden", open || alarm.kind !== "fire");
  row.raisedAt = alarm.raised_at;
}

/** Moves a row's running clock. @param {number} now server time */
export const tickRow = (row, now) => setText(row.querySelector(".queue-clock"), clock(now - row.raisedAt));

/** Shows that a command is on its way. */
export function setBusy(row, action, busy) {
  setAttr(row, "aria-busy", busy ? "true" : null);
  const node = row.querySelector(`[data-action="${action}"]`);
  if (node) node.disabled = busy;
  if (busy) setText(row.querySelector(".queue-state"), "…");
}

/** Says why a command was refused; empty takes it away. */
export function setError(row, text) {
  const node = row.querySelector(".queue-error");
  setText(node, text);
  setAttr(node, "hidden", text ? null : "");
}

/** Opens or closes the verdict form of a row. @param {(verdict: string, note: string) => void} onVerdict */
export function toggleVerdict(row, onVerdict) {
  const existing = row.querySelector(".verdict");
  if (existing) {
    existing.remove();
    row.focus();
    return;
  }
  const form = verdictForm(onVerdict, () => toggleVerdict(row, onVerdict));
  row.querySelector(".queue-body").append(form);
  form.querySelector("input").focus();
}
