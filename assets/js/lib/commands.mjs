/** What a person does, as HTTP: the answer is the alarm, the change comes to everyone on the stream. */
import { dateTime, time } from "./format.mjs";
import { t } from "./i18n.mjs";

/** Waits before the same click is sent again; its key lets the server act once. */
const AGAIN_MS = [500, 2000];
/** A proxy or a restarting server: nobody knows whether the command arrived. */
const AWAY = new Set([0, 502, 503, 504]);
/** So long a click that got no answer is taken for the one before it, if it says the same. */
const SAME_CLICK_MS = 600_000;
const KEY_BYTES = 16;
const HALF_A_DAY_MS = 12 * 3_600_000;
/** The server takes at most so many alarms in one command. */
export const MOST_AT_ONCE = 1000;

/** A command that was not carried out; `detail` says why in words for a person. */
export class CommandError extends Error {
  /** @param {number} status 0 if no answer came @param {string} detail */
  constructor(status, detail) {
    super(detail);
    this.name = "CommandError";
    this.status = status;
    this.detail = detail;
  }

  /** Whether the server has decided. */
  get answered() {
    return this.status > 0 && this.status < 500;
  }
}

const byStatus = () => ({
  0: t("没有连上服务器，请再试一次"),
  401: t("登录已失效，请重新登录"),
  403: t("您的角色不能这样做"),
  404: t("没有找到，可能已被删除"),
  409: t("已被他人处理"),
  413: t("文件太大"),
});

const whoWasFirst = () => ({
  AlarmClosed: t("{who} 已于 {time} 结束这条报警"),
  AlreadyAcknowledged: t("{who} 已于 {time} 确认这条报警"),
  AlreadyConfirmed: t("{who} 已于 {time} 确认起火"),
  AlreadyShelved: t("{who} 已于 {time} 搁置这条报警"),
  Stage: t("{who} 已于 {time} 记录这一步"),
});

/** Refusals that the server names. */
const whyNot = () => ({
  AlarmClosed: t("这条报警已经结束"),
  AlreadyConfirmed: t("火情已经确认"),
  AlreadyRegistered: t("这个地址已被他人登记"),
  Code: t("没有屏幕显示这个码：可能输错、已过期或已用过"),
  DutyCheckRunning: t("查岗正在进行，还在等待应答"),
  FireStands: t("火警不能搁置，只能给出结论"),
  IncidentClosed: t("这起警情已经结案或并入其他警情"),
  Misfit: t("这台设备不能用于这个地址：类型不符，或已是别的传输装置"),
  Merge: t("不能这样合并或拆分：已派出的警情不能并入别的警情，拆分要两边都留有报警"),
  NotAFire: t("故障和监管信号不能确认为起火"),
  NotShelved: t("这条报警已不在搁置中"),
  Place: t("请写明安装位置"),
  Photo: t("这不是能用的照片：JPEG、PNG 或 WebP，不超过 8 MB"),
  ReasonMissing: t("请写明原因"),
  ResponseRunning: t("处置还在进行：先记录结束，再结案"),
  Rule: t("这样的阈值不成立：请看单位、方向和返回值"),
  CauseMissing: t("请选择误报原因"),
  FindingMissing: t("真警请写明现场情况"),
  ShelfTooLong: t("一次最长搁置 8 小时"),
  Stage: t("处置已经到了别的阶段，请看上面的时间"),
});

const fill = (text, params) => text.replace(/\{(\w+)\}/g, (_place, name) => params[name]);

/**
 * Why a command was refused, in words: who was first and when, if somebody was.
 * @param {number} status @param {{error?: string, by?: string, at?: number}} [problem] @param {number} [now] ms
 */
export function refusal(status, { error, by, at } = {}, now = Date.now()) {
  const said = whyNot()[error] ?? byStatus()[status] ?? t("服务器没有接受（{status}）", { status });
  if (!by || !at) return said;
  const when = Math.abs(now - at) < HALF_A_DAY_MS ? time(at) : dateTime(at);
  const first = whoWasFirst()[error];
  return first ? fill(first, { who: by, time: when }) : t("{said}：{by}，{at}", { said, by, at: when });
}

/**
 * A key for one click. `randomUUID` needs https, which a desk in its own network may not have.
 * @param {(bytes: Uint8Array) => Uint8Array} [random]
 */
export function newKey(random = (bytes) => crypto.getRandomValues(bytes)) {
  return Array.from(random(new Uint8Array(KEY_BYTES)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function post(path, type, body, key) {
  const token = document.querySelector('meta[name="xt-csrf"]')?.content ?? "";
  const headers = { "Content-Type": type, "X-CSRF-Token": token, "Idempotency-Key": key };
  const answer = await fetch(path, { method: "POST", credentials: "same-origin", headers, body }).catch(() => null);
  if (answer === null) throw new CommandError(0, refusal(0));
  const json = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new CommandError(answer.status, refusal(answer.status, json));
  return json;
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Sends; while no answer comes, again after each wait. @param {() => Promise<object>} send @param {number[]} waits */
async function untilAnswered(send, waits) {
  for (const wait of waits) {
    try {
      return await send();
    } catch (error) {
      if (!AWAY.has(error.status)) throw error;
    }
    await pause(wait);
  }
  return send();
}

/** Clicks that nobody has answered, by what they say: their key, and when they were made. */
const unanswered = new Map();

/** The key of a click: a new one, unless the same was asked for and got no answer. */
function keyOf(what) {
  for (const [other, { at }] of unanswered) if (Date.now() - at > SAME_CLICK_MS) unanswered.delete(other);
  const { key } = unanswered.get(what) ?? { key: newKey() };
  unanswered.set(what, { key, at: Date.now() });
  return key;
}

/**
 * Sends one click; while no answer comes it is sent again with the same key, and so is a click that says the same soon
 * after: nothing is done twice.
 * @param {string} path @param {object} body @param {number[]} [waits] ms before each further try
 * @returns {Promise<object>} the answer
 * @throws {CommandError}
 */
export async function command(path, body, waits = AGAIN_MS) {
  const text = JSON.stringify(body);
  const what = `${path} ${text}`;
  const key = keyOf(what);
  try {
    const answer = await untilAnswered(() => post(path, "application/json", text, key), waits);
    unanswered.delete(what);
    return answer;
  } catch (error) {
    if (error.answered) unanswered.delete(what);
    throw error;
  }
}

/** Sends a file as it is. @param {string} path @param {File} file @throws {CommandError} */
export function upload(path, file, waits = AGAIN_MS) {
  const key = newKey();
  return untilAnswered(() => post(path, file.type || "application/octet-stream", file, key), waits);
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
