/** The small form with which a person ends a fire alarm. */
import { el } from "./dom.mjs";
import { t } from "./i18n.mjs";
import { verdictWord } from "./words.mjs";

const VERDICTS = ["real", "false", "test", "drill"];
const LONGEST_NOTE = 500;

/**
 * Why a verdict can't be sent yet, or an empty text.
 * @param {string|null} verdict @param {string} note
 */
export function missing(verdict, note) {
  if (!VERDICTS.includes(verdict)) return t("请选择结论");
  if (verdict === "false" && !note.trim()) return t("误报请写明原因");
  return "";
}

function choice(verdict, group) {
  return el("label", { class: "chip" }, el("input", { type: "radio", name: group, value: verdict }), verdictWord(verdict));
}

/**
 * @param {(verdict: string, note: string) => void} onSend
 * @param {() => void} onCancel
 * @returns {HTMLFormElement}
 */
export function verdictForm(onSend, onCancel) {
  const group = `verdict-${Math.random().toString(36).slice(2)}`;
  const note = el("textarea", { class: "input", rows: "2", maxlength: String(LONGEST_NOTE), placeholder: t("现场情况、原因"), "aria-label": t("说明") });
  const problem = el("p", { class: "queue-error", role: "alert", hidden: true });
  const form = el(
    "form",
    { class: "verdict", "aria-label": t("结论") },
    el("div", { class: "chips", role: "radiogroup", "aria-label": t("结论") }, ...VERDICTS.map((verdict) => choice(verdict, group))),
    note,
    problem,
    el(
      "div",
      { class: "verdict-actions" },
      el("button", { class: "button button-small button-primary", type: "submit", text: t("结束报警") }),
      el("button", { class: "button button-small", type: "button", text: t("取消"), onclick: onCancel }),
    ),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const verdict = new FormData(form).get(group);
    problem.textContent = missing(verdict, note.value);
    problem.hidden = problem.textContent === "";
    if (problem.hidden) onSend(verdict, note.value);
  });
  return form;
}
