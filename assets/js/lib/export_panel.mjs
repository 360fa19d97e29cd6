/** Taking the history out as a file: the browser fetches it by itself, the bar tells how far it is. */
import { el, setText } from "./dom.mjs";
import { t } from "./i18n.mjs";

const LOOK_MS = 400;
/** Silence so long at the start means that the server refused. */
const PATIENCE_MS = 8000;

/** A key that nobody guesses. */
export function makeKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Address of a file. @param {{tab: string, search: string}} question */
export function fileOf({ tab, search }, format, key) {
  const fields = new URLSearchParams(search);
  fields.delete("tab");
  fields.delete("sort");
  fields.set("key", key);
  return `/history/export/${tab}.${format}?${fields}`;
}

const whole = (value) => value.toLocaleString("en-US");

/** What the bar says. @param {{state: string, rows: number, total: number}|null} progress */
export function wordOf(progress) {
  if (!progress || progress.state === "unknown") return t("正在准备文件…");
  const { state, rows, total } = progress;
  if (state === "busy") return t("其他导出正在进行，请稍后再试");
  if (state === "done") return t("已导出 {n} 行", { n: whole(rows) });
  if (state === "cancelled") return t("导出已取消（{n} 行）", { n: whole(rows) });
  if (state === "failed") return t("导出失败，文件不完整，请重试");
  return t("{n} / {total} 行", { n: whole(rows), total: whole(total) });
}

async function ask(key) {
  const answer = await fetch(`/history/export/progress/${key}`, { credentials: "same-origin" });
  return { status: answer.status, progress: answer.ok ? await answer.json() : null };
}

/** Starts the download without leaving the page. */
function fetchFile(href) {
  const link = el("a", { href, download: "" });
  document.body.append(link);
  link.click();
  link.remove();
}

/**
 * @param {HTMLElement} place
 * @param {() => {tab: string, search: string}} question what is shown now
 */
export function exportPanel(place, question) {
  const bar = el("progress", { class: "history-progress", max: "1", hidden: true });
  const word = el("span", { class: "quiet num", role: "status" });
  const buttons = ["csv", "xlsx"].map((format) =>
    el("button", { type: "button", class: "button", dataset: { format }, onclick: () => start(format), text: t("导出 {format}", { format: format.toUpperCase() }) }),
  );

  let running = null;
  const cancel = el("button", { type: "button", class: "button button-small", hidden: true, dataset: { action: "cancel" }, onclick: stop, text: t("取消导出") });

  const show = (told) => {
    setText(word, wordOf(told));
    if (told?.total) bar.value = told.rows / told.total;
  };

  const end = (text) => {
    if (text) setText(word, text);
    running = null;
    bar.hidden = cancel.hidden = true;
    buttons.forEach((button) => (button.disabled = false));
  };

  /** The server breaks the file off; the next answer says so. */
  async function stop() {
    cancel.disabled = true;
    const answer = await fetch(`/history/export/cancel/${running}`, { method: "POST", credentials: "same-origin" }).catch(() => null);
    cancel.disabled = Boolean(answer?.ok);
  }

  async function follow(key, since) {
    let answer;
    try {
      answer = await ask(key);
    } catch {
      return end(t("没有连上服务器，请再试一次"));
    }
    const { status, progress } = answer;
    if (status === 503) return end(t("文件正在下载，进度不可用"));
    if (!progress) return end(t("服务器没有应答，请稍后再试"));
    if (progress.state === "unknown" && Date.now() - since > PATIENCE_MS) return end(t("服务器没有开始导出，请稍后再试"));
    show(progress);
    if (!["unknown", "running"].includes(progress.state)) return end();
    setTimeout(() => follow(key, since), LOOK_MS);
  }

  function start(format) {
    const key = makeKey();
    buttons.forEach((button) => (button.disabled = true));
    running = key;
    progress.hidden = false;
    bar.removeAttribute("value");
    bar.hidden = cancel.hidden = cancel.disabled = false;
    show(null);
    fetchFile(fileOf(question(), format, key));
    follow(key, Date.now());
  }

  const progress = el("div", { class: "history-export-progress", hidden: true }, bar, word, cancel);
  place.replaceChildren(el("div", { class: "history-export-buttons" }, ...buttons), progress);
}
