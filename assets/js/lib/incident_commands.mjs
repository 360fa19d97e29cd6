/** Commands on incidents, as HTTP: sent once for each click, and a refusal in words with who and when. */
import { newKey } from "./commands.mjs";
import { time } from "./format.mjs";
import { t } from "./i18n.mjs";

/** A command that was not carried out; the message is for a person. */
export class Refused extends Error {
  /** @param {string} message @param {boolean} answered whether the server has decided */
  constructor(message, answered) {
    super(message);
    this.name = "Refused";
    this.answered = answered;
  }
}

const whoAndWhen = ({ by, at }) => (by && at ? { by, at: time(at) } : null);

/** Refusals that the server names, in words. */
const NAMED = {
  IncidentClosed: () => t("这起警情已经结案或并入其他警情"),
  AlarmClosed: () => t("这条报警已经结束"),
  AlreadyConfirmed: () => t("火情已经确认"),
  Stage: () => t("处置已经到了别的阶段，请看上面的时间"),
  ResponseRunning: () => t("处置还在进行：先记录结束，再结案"),
  ReasonMissing: () => t("请写明原因"),
  CauseMissing: () => t("请选择误报原因"),
  FindingMissing: () => t("真警请写明现场情况"),
  Merge: () => t("不能这样合并或拆分：已派出的警情不能并入别的警情，拆分要两边都留有报警"),
  NotAllowed: () => t("您的角色不能这样做"),
  NotFound: () => t("没有找到，可能已被删除"),
  Rule: () => t("这样的阈值不成立：请看单位、方向和返回值"),
  Photo: () => t("这不是能用的照片：JPEG、PNG 或 WebP，不超过 8 MB"),
};

const BY_STATUS = {
  401: () => t("登录已失效，请重新登录"),
  403: () => t("您的角色不能这样做"),
  404: () => t("没有找到，可能已被删除"),
  413: () => t("文件太大"),
};

/**
 * Why a command was refused, for a person.
 * @param {number} status
 * @param {{error?: string, by?: string, at?: number, detail?: string}} problem the server's answer
 */
export function refusalOf(status, problem) {
  const first = whoAndWhen(problem);
  if (first && problem.error === "Stage") return t("{by} 在 {at} 已经记录", first);
  const said = (NAMED[problem.error] ?? BY_STATUS[status])?.() ?? t("服务器没有接受（{status}）", { status });
  return first ? t("{said}：{by}，{at}", { said, ...first }) : said;
}

/** Sends one command. @param {string} path @param {BodyInit} body @param {Record<string, string>} headers */
async function send(path, body, headers) {
  const token = document.querySelector('meta[name="xt-csrf"]')?.content ?? "";
  let answer;
  try {
    answer = await fetch(path, { method: "POST", credentials: "same-origin", headers: { ...headers, "X-CSRF-Token": token }, body });
  } catch {
    throw new Refused(t("没有连上服务器，请再试一次"), false);
  }
  const json = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refused(refusalOf(answer.status, json), answer.status < 500);
  return json;
}

/**
 * A sender that repeats a command under the same key until the server has answered.
 * @returns {(path: string, body: object) => Promise<object>}
 */
export function sender(post = send) {
  const keys = new Map(); // what was not answered yet
  return async (path, body) => {
    const text = JSON.stringify(body);
    const what = `${path} ${text}`;
    const key = keys.get(what) ?? newKey();
    keys.set(what, key);
    try {
      const answer = await post(path, text, { "Content-Type": "application/json", "Idempotency-Key": key });
      keys.delete(what);
      return answer;
    } catch (error) {
      if (error.answered) keys.delete(what);
      throw error;
    }
  };
}

/** Sends a file as it is. @param {string} path @param {File} file */
export const upload = (path, file) =>
  send(path, file, { "Content-Type": file.type || "application/octet-stream", "Idempotency-Key": newKey() });
