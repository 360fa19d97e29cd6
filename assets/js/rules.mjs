/** The table of rules: the form in which an admin changes one. */
import { command } from "./lib/commands.mjs";
import { byId, el, setText } from "./lib/dom.mjs";
import { time } from "./lib/format.mjs";
import { t } from "./lib/i18n.mjs";
import * as ids from "./lib/ids.mjs";
import { bodyOfRule, missingOfRule } from "./lib/rule_form.mjs";

function field(name, label, value, [low, high], hint) {
  const input = el("input", { class: "input num", name, type: "number", step: "any", min: low, max: high, value, required: true, disabled: low === high });
  return el("label", { class: "rules-field" }, el("span", { text: label }), input, el("span", { class: "quiet num", text: hint }));
}

/** Carries a command out; the page shows what is in force then. */
async function carryOut(dialog, path, body, problem) {
  try {
    await command(path, body);
    location.reload();
  } catch (error) {
    setText(problem, error.message);
    problem.hidden = false;
  }
}

function edit(rule) {
  const { numbers, limits, delays, unit } = rule;
  const range = ([low, high], measure) => (low === high ? t("火警从不延时") : `${low} … ${high} ${measure}`);
  const problem = el("p", { class: "rules-problem", role: "alert", hidden: true });
  const reason = el("textarea", { class: "input", name: "reason", rows: "2", maxlength: "1000", placeholder: t("为什么修改（必填）"), "aria-label": t("为什么修改（必填）") });
  const reset = rule.changed && el("button", { class: "button", type: "button", text: t("恢复程序值") });
  const cancel = el("button", { class: "button", type: "button", text: t("取消") });
  const form = el(
    "form",
    { novalidate: true },
    el("h2", { text: rule.title }),
    field("on", rule.above ? t("报警值（达到或高于）") : t("报警值（达到或低于）"), numbers.on, limits.on, range(limits.on, unit)),
    field("off", rule.above ? t("恢复值（低于）") : t("恢复值（高于）"), numbers.off, limits.off, range(limits.off, unit)),
    field("on_delay_s", t("报警延时"), numbers.on_delay_s, [0, delays.on_delay_s], range([0, delays.on_delay_s], "s")),
    field("off_delay_s", t("恢复延时"), numbers.off_delay_s, [0, delays.off_delay_s], range([0, delays.off_delay_s], "s")),
    reason,
    problem,
    el("div", { class: "rules-actions" }, el("button", { class: "button button-primary", type: "submit", text: t("保存") }), reset, cancel),
  );
  const dialog = el("dialog", { class: "help rules-dialog", "aria-label": rule.title }, form);
  const say = (words) => {
    setText(problem, words);
    problem.hidden = words === "";
    return words === "";
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const body = bodyOfRule(new FormData(form));
    if (say(missingOfRule(body, rule))) carryOut(dialog, rule.path, body, problem);
  });
  if (reset) {
    reset.addEventListener("click", () => {
      if (say(reason.value.trim() ? "" : t("请写明为什么"))) carryOut(dialog, `${rule.path}/reset`, { reason: reason.value.trim() }, problem);
    });
  }
  cancel.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest?.("[data-rule]");
  if (button) edit(JSON.parse(button.dataset.rule));
});
setInterval(() => setText(byId(ids.HEADER_CLOCK), time(Date.now())), 1000);
