/** One row of the alarm queue: built once, then patched in place. */
import { el, setAttr, setText } from "./dom.mjs";
import { clock, dateTime, reading, time } from "./format.mjs";
import { t } from "./i18n.mjs";
import { statusName, statusOfAlarm } from "./marks.mjs";
import { isFire, isHeld, isUnacknowledged, kindOf } from "./queue_order.mjs";
import { shortName } from "./wall/names.mjs";
import { alarmKindWord, causeUnit, causeWord, confidenceWord, deviceKindWord, responseWord } from "./words.mjs";

const HALF_A_DAY_MS = 12 * 3_600_000;

/** Where it is, as a person says it. */
export const whereOf = (alarm) => alarm.building_name || alarm.location || alarm.device_name || alarm.device;

/** Community of an alarm in the page's language, without the word that all of them share. */
export const communityOf = (alarm) => shortName(alarm.community_name, alarm.community_name_en);

/** What happened: cause, value and place inside. */
export function whatOf(alarm) {
  const known = alarm.value !== null && alarm.value !== undefined;
  const value = known ? `${reading(alarm.value)} ${causeUnit(alarm.cause)}`.trim() : "";
  const part = alarm.point ? `${t("未登记部件")} ${alarm.point}` : "";
  return [causeWord(alarm.cause), value, deviceKindWord(alarm.device_kind), part, alarm.building_name ? alarm.location : ""]
    .filter(Boolean)
    .join(" · ");
}

/** Why its incident is believed, and how far the response to it is. */
export const whyOf = (alarm) => [confidenceWord(alarm.confidence ?? ""), responseWord(alarm.response ?? "none")].filter(Boolean).join(" · ");

/** What kind of alarm it is, and how often it was reported: one that comes and goes says so. */
export function wordOf(alarm) {
  const word = alarmKindWord(kindOf(alarm));
  if (alarm.chattering_at) return `${word} ${t("反复 {n} 次", { n: alarm.count })}`;
  return alarm.count > 1 ? `${word} ×${alarm.count}` : word;
}

/** Why an alarm is held back; empty if it is not. @param {object} alarm @param {number} now ms */
export function holdOf(alarm, now) {
  if (alarm.out_of_service_at) return t("设备停用中");
  if (alarm.suppressed_at) return t("已抑制：同一设备有火警");
  if (!alarm.shelved_until) return "";
  const until = Math.abs(alarm.shelved_until - now) < HALF_A_DAY_MS ? time(alarm.shelved_until).slice(0, 5) : dateTime(alarm.shelved_until);
  return t("{who} 搁置至 {time}：{reason}", { who: alarm.shelved_by ?? "", time: until, reason: alarm.shelve_reason ?? "" });
}

/** Where the alarm is in its life, in a few words. */
export function stateOf(alarm) {
  const cleared = alarm.cleared_at ? ` · ${t("已恢复")}` : "";
  if (alarm.confirmed_at) return t("{who} 已确认起火", { who: alarm.confirmed_by ?? "" }) + cleared;
  if (!isUnacknowledged(alarm)) return t("{who} 已确认", { who: alarm.acked_by ?? "" }).trim() + cleared;
  return alarm.cleared_at ? t("已恢复 · 待确认") : t("待确认");
}

/** What a person is asked for now; null if nothing. */
export function askedOf(alarm) {
  if (isUnacknowledged(alarm)) return "acknowledge";
  return isFire(alarm) ? "verdict" : null;
}

/** What may be done with an alarm now. */
export function actionsOf(alarm) {
  const can = [];
  if (isUnacknowledged(alarm)) can.push("acknowledge");
  if (isFire(alarm)) can.push("verdict");
  if (["fire", "prealarm"].includes(alarm.kind) && !alarm.confirmed_at) can.push("confirm");
  if (!isFire(alarm)) can.push(alarm.shelved_until ? "unshelve" : "shelve", "verdict");
  return can;
}

const BUTTONS = () => [
  ["acknowledge", t("确认"), "A"],
  ["verdict", t("结论"), "V"],
  ["confirm", t("起火"), "F"],
  ["shelve", t("搁置"), "S"],
  ["unshelve", t("取消搁置"), "S"],
];

function button([action, label, key]) {
  return el("button", { type: "button", class: "button button-small", dataset: { action } }, label, el("kbd", { text: key, "aria-hidden": "true" }));
}

/** What every row of the queue begins with: its mark, its head, and where it is. */
export function beginRow() {
  const parts = {
    mark: el("span", { class: "mark", "aria-hidden": "true" }),
    word: el("strong", { class: "queue-word" }),
    place: el("span", { class: "queue-place quiet" }),
    clock: el("time", { class: "queue-clock num" }),
    where: el("div", { class: "queue-where" }),
  };
  return { parts, head: el("div", { class: "queue-head" }, parts.word, parts.place, parts.clock) };
}

/**
 * @param {object} alarm
 * @param {import("./rights.mjs").Rights} rights
 * @returns {HTMLLIElement}
 */
export function makeRow(alarm, rights) {
  const { parts: begun, head } = beginRow();
  const parts = {
    ...begun,
    what: el("div", { class: "queue-what quiet" }),
    why: el("div", { class: "queue-why" }),
    hold: el("div", { class: "queue-hold" }),
    state: el("span", { class: "queue-state quiet" }),
    error: el("p", { class: "queue-error", role: "alert", hidden: true }),
    group: el("button", { type: "button", class: "queue-group", hidden: true }),
  };
  const buttons = BUTTONS().filter(([action]) => rights.mayDo(action, alarm)).map(button);
  const actions = el("div", { class: "queue-actions" }, ...buttons, parts.state);
  const body = el("div", { class: "queue-body" }, head, parts.where, parts.what, parts.why, parts.hold, actions, parts.error, parts.group);
  const row = el("li", { class: "queue-row", id: `alarm-${alarm.id}`, tabindex: "-1", dataset: { alarm: alarm.id } }, parts.mark, body);
  row.parts = parts;
  row.buttons = buttons;
  return row;
}

/** Brings a row up to date; touches only what differs. @param {number} now server time */
export function patchRow(row, alarm, now) {
  const { parts } = row;
  const held = isHeld(alarm);
  const status = held ? "disabled" : statusName(statusOfAlarm(kindOf(alarm)));
  setAttr(parts.mark, "data-status", status);
  setAttr(row, "data-kind", kindOf(alarm));
  setAttr(row, "data-acked", String(!isUnacknowledged(alarm)));
  setAttr(row, "data-cleared", String(Boolean(alarm.cleared_at)));
  setAttr(row, "data-held", held ? "" : null);
  setText(parts.word, wordOf(alarm));
  setText(parts.place, communityOf(alarm));
  setText(parts.where, whereOf(alarm));
  setText(parts.what, whatOf(alarm));
  setText(parts.why, whyOf(alarm));
  setText(parts.hold, holdOf(alarm, now));
  setText(parts.state, stateOf(alarm));
  setAttr(parts.clock, "datetime", new Date(alarm.raised_at).toISOString());
  setAttr(parts.clock, "title", t("{time} 起", { time: dateTime(alarm.raised_at) }));
  row.raisedAt = alarm.raised_at;
  offer(row, actionsOf(alarm), askedOf(alarm));
  tickRow(row, now);
}

/** Buttons besides what is asked for show while the row is chosen. */
function offer(row, can, asked) {
  for (const node of row.buttons) {
    const { action } = node.dataset;
    node.hidden = !can.includes(action);
    setAttr(node, "data-minor", action === asked ? null : "");
  }
}

/** Moves a row's running clock. @param {number} now server time */
export const tickRow = (row, now) => setText(row.parts.clock, clock(now - row.raisedAt));

/** Says how many alarms stand behind this one. @param {import("./queue_groups.mjs").Group|undefined} group */
export function patchGroup(row, group, member) {
  const { group: node } = row.parts;
  setAttr(row, "data-member", member ? "" : null);
  node.hidden = !group;
  if (!group) return;
  setAttr(node, "aria-expanded", String(group.open));
  const text = group.waiting
    ? t("同楼同因另有 {n} 条，{waiting} 条待确认", { n: group.rest, waiting: group.waiting })
    : t("同楼同因另有 {n} 条", { n: group.rest });
  setText(node, `${text} ${group.open ? "▴" : "▾"}`);
}

/** Shows that a command is on its way, and why the last one was refused. */
export function patchCommand(row, busy, error) {
  setAttr(row, "aria-busy", busy ? "true" : null);
  for (const node of row.buttons) node.disabled = busy;
  if (busy) setText(row.parts.state, "…");
  setText(row.parts.error, error);
  row.parts.error.hidden = error === "";
}
