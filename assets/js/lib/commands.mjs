/** What a person does, as HTTP: the answer is the alarm, the change comes to everyone on the stream. */
import { t } from "./i18n.mjs";

/** A command that was refused; `detail` says why in words for a person. */
export class CommandError extends Error {
  /** @param {number} status @param {string} detail */
  constructor(status, detail) {
    super(detail);
    this.name = "CommandError";
    this.status = status;
    this.detail = detail;
  }
}

const refusals = () => ({
  401: t("登录已失效，请重新登录"),
  403: t("您的角色不能处理报警"),
  404: t("这条报警已不存在"),
  409: t("这条报警已被处理"),
});

/** Words for a refusal: the server's own if it gave any. */
export const refusal = (status, detail) => detail || refusals()[status] || t("服务器没有接受（{status}）", { status });

async function post(path, body) {
  const token = document.querySelector('meta[name="xt-csrf"]')?.content ?? "";
  let answer;
  try {
    answer = await fetch(path, {
      method: "POST",
      credentials: "same-origin",
      headers: { "Content-Type": "application/json", "X-CSRF-Token": token },
      body: JSON.stringify(body),
    });
  } catch {
    throw new CommandError(0, t("没有连上服务器，请再试一次"));
  }
  const json = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new CommandError(answer.status, refusal(answer.status, json.detail));
  return json;
}

const path = (id, verb) => `/api/v1/alarms/${encodeURIComponent(id)}/${verb}`;

/** @param {string|number} id @returns {Promise<object>} the alarm @throws {CommandError} */
export const acknowledge = (id) => post(path(id, "acknowledge"), {});

/**
 * @param {string|number} id
 * @param {"real"|"false"|"test"|"drill"} verdict
 * @param {string} note what was found; a false alarm needs its cause
 * @returns {Promise<object>} the alarm
 * @throws {CommandError}
 */
export const closeAlarm = (id, verdict, note) => post(path(id, "close"), { verdict, note });
