/** What a person does, as HTTP: the answer is the alarm, the change comes to everyone on the stream. */
import { dateTime, time } from "./format.mjs";
import { t } from "./i18n.mjs";

/** Waits before the same click is sent again; its key lets the server act once. */
const AGAIN_MS = [500, 2000];
/** A proxy or a restarting server: nobody knows whether the command arrived. */
const AWAY = new Set([0, 502, 503, 504]);
const KEY_BYTES = 16;
const HALF_A_DAY_MS = 12 * 3_600_000;
/** The server takes at most so many alarms in one command. */
export const MOST_AT_ONCE = 1000;

/** A command that was refused; `detail` says why in words for a person. */
export class CommandError extends Error {
  /** @param {number} status 0 if no answer came @param {string} detail */
  constructor(status, detail) {
    super(detail);
    this.name = "CommandError";
    this.status = status;
    this.detail = detail;
  }
}

const byStatus = () => ({
  0: t("没有连上服务器，请再试一次"),
  401: t("登录已失效，请重新登录"),
  403: t("您的角色不能处理报警"),
  404: t("这条报警已不存在"),
  409: t("这条报警已被处理"),
});

const whoWasFirst = () => ({
  AlarmClosed: t("{who} 已于 {time} 结束这条报警"),
  AlreadyAcknowledged: t("{who} 已于 {time} 确认这条报警"),
  AlreadyConfirmed: t("{who} 已于 {time} 确认起火"),
  AlreadyShelved: t("{who} 已于 {time} 搁置这条报警"),
});

const whyNot = () => ({
  FireStands: t("火警不能搁置，只能给出结论"),
  NotAFire: t("故障和监管信号不能确认为起火"),
  NotShelved: t("这条报警已不在搁置中"),
  ReasonMissing: t("请写明原因"),
  CauseMissing: t("请选择误报原因"),
  FindingMissing: t("真警请写明现场情况"),
  ShelfTooLong: t("一次最长搁置 8 小时"),
});

const fill = (text, params) => text.replace(/\{(\w+)\}/g, (_place, name) => params[name]);

/**
 * Why a command was refused, in words: who was first and when, if somebody was.
 * @param {number} status @param {{error?: string, by?: string, at?: number}} [problem] @param {number} [now] ms
 */
export function refusal(status, { error, by, at } = {}, now = Date.now()) {
  const first = whoWasFirst()[error];
  if (first && by && at) return fill(first, { who: by, time: Math.abs(now - at) < HALF_A_DAY_MS ? time(at) : dateTime(at) });
  return whyNot()[error] ?? byStatus()[status] ?? t("服务器没有接受（{status}）", { status });
}

/**
 * A key for one click. `randomUUID` needs https, which a desk in its own network may not have.
 * @param {(bytes: Uint8Array) => Uint8Array} [random]
 */
export function newKey(random = (bytes) => crypto.getRandomValues(bytes)) {
  return Array.from(random(new Uint8Array(KEY_BYTES)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function send(path, body, key) {
  const token = document.querySelector('meta[name="xt-csrf"]')?.content ?? "";
  const headers = { "Content-Type": "application/json", "X-CSRF-Token": token, "Idempotency-Key": key };
  const request = { method: "POST", credentials: "same-origin", headers, body: JSON.stringify(body) };
  const answer = await fetch(path, request).catch(() => null);
  if (answer === null) throw new CommandError(0, refusal(0));
  const json = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new CommandError(answer.status, refusal(answer.status, json));
  return json;
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Sends one click; while no answer comes it is sent again with the same key.
 * @param {string} path @param {object} body @param {number[]} [waits] ms before each further try
 * @returns {Promise<object>} the answer
 * @throws {CommandError}
 */
export async function command(path, body, waits = AGAIN_MS) {
  const key = newKey();
  for (const wait of waits) {
    try {
      return await send(path, body, key);
    } catch (error) {
      if (!AWAY.has(error.status)) throw error;
    }
    await pause(wait);
  }
  return send(path, body, key);
}

const alarm = (id, verb, body) => command(`/api/v1/alarms/${encodeURIComponent(id)}/${verb}`, body);

/** @param {string|number} id @returns {Promise<object>} the alarm @throws {CommandError} */
export const acknowledge = (id) => alarm(id, "acknowledge", {});

/**
 * Acknowledges many, at most {@link MOST_AT_ONCE} in each command; the server leaves fires.
 * @param {number[]} ids
 * @returns {Promise<{acknowledged: number, left: number}>}
 * @throws {CommandError}
 */
export async function acknowledgeMany(ids) {
  const sum = { acknowledged: 0, left: 0 };
  for (let at = 0; at < ids.length; at += MOST_AT_ONCE) {
    const answer = await command("/api/v1/alarms/acknowledge", { ids: ids.slice(at, at + MOST_AT_ONCE) });
    sum.acknowledged += answer.acknowledged.length;
    sum.left += answer.left.length;
  }
  return sum;
}

/** A person is sure that it burns. @throws {CommandError} */
export const confirmFire = (id, note) => alarm(id, "confirm", { note });

/**
 * @param {string|number} id
 * @param {{verdict: "real"|"false"|"test"|"drill", cause: string|null, note: string}} verdict
 * @throws {CommandError}
 */
export const closeAlarm = (id, { verdict, cause, note }) => alarm(id, "close", { verdict, cause, note });

/** @param {string|number} id @param {{minutes: number, reason: string}} shelf @throws {CommandError} */
export const shelve = (id, { minutes, reason }) => alarm(id, "shelve", { minutes, reason });

/** @throws {CommandError} */
export const unshelve = (id) => alarm(id, "unshelve", {});
