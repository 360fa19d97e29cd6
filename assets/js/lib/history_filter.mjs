/** The filters of the history: a form that the address fills and that changes the address. */
import { el } from "./dom.mjs";
import { t } from "./i18n.mjs";
import { ALARM_KINDS, CATEGORIES, DEVICE_KINDS, alarmKindWord, categoryWord, deviceKindWord, verdictWord } from "./words.mjs";

export const FIELDS = ["kind", "community", "category", "device_kind", "verdict", "since", "until", "q"];
/** Typing is over after so long. */
const TYPED_MS = 400;

/**
 * The fields of an address after a form was filled in; what is empty is left out.
 * @param {string} search the address as it is
 * @param {Record<string, string>} values of the form
 * @returns {Record<string, string>}
 */
export function merged(search, values) {
  const fields = Object.fromEntries(new URLSearchParams(search));
  for (const name of FIELDS) {
    const value = (values[name] ?? "").trim();
    if (value) fields[name] = value;
    else delete fields[name];
  }
  return fields;
}

const JUDGED = ["real", "false", "test", "drill", "recovered", "merged", "none"];
const WORDS = { kind: ALARM_KINDS, category: CATEGORIES, device_kind: DEVICE_KINDS, verdict: JUDGED };
const LABELS = { kind: () => t("报警类别"), category: () => t("单位类别"), device_kind: () => t("设备类型"), verdict: () => t("核实"), since: () => t("从"), until: () => t("到") };

function isDay(text) {
  const day = new Date(`${text}T00:00:00Z`);
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

/** The fields of an address that mean nothing: the server leaves them out. @param {string} search */
export function meaningless(search) {
  const fields = new URLSearchParams(search);
  const wrong = (name, value) => value && (WORDS[name] ? !WORDS[name].includes(value) : !isDay(value));
  return Object.keys(LABELS).filter((name) => wrong(name, fields.get(name)));
}

const option = (value, text) => el("option", { value, text });

function choice(name, label, values, word) {
  const select = el("select", { name, class: "history-input" }, option("", t("全部")), ...values.map((value) => option(value, word(value))));
  return el("label", { class: "history-field" }, el("span", { class: "quiet", text: label }), select);
}

const input = (name, label, props) =>
  el("label", { class: "history-field" }, el("span", { class: "quiet", text: label }), el("input", { name, class: "history-input", ...props }));

/** Verdicts, and how what has none stands: a person has still to judge only what is open. */
const judged = (value) => ({ recovered: t("自行恢复"), merged: t("已合并（警情）"), none: t("未核实（处置中）") })[value] ?? verdictWord(value);

export class HistoryFilter {
  /**
   * @param {HTMLElement} place
   * @param {(fields: Record<string, string>) => void} go changes the address
   */
  constructor(place, go) {
    const communities = JSON.parse(place.dataset.communities);
    const named = Object.fromEntries(communities.map(({ id, name }) => [id, name]));
    this.form = el(
      "form",
      {},
      input("q", t("文字"), { type: "search", maxlength: "60", placeholder: t("建筑、设备、地址、编号"), autocomplete: "off" }),
      choice("kind", t("报警类别"), ALARM_KINDS, alarmKindWord),
      choice("community", t("社区"), Object.keys(named), (code) => named[code]),
      choice("category", t("单位类别"), CATEGORIES, categoryWord),
      choice("device_kind", t("设备类型"), DEVICE_KINDS, deviceKindWord),
      choice("verdict", t("核实"), JUDGED, judged),
      input("since", t("从"), { type: "date" }),
      input("until", t("到"), { type: "date" }),
      el("button", { type: "button", class: "button", dataset: { action: "clear" }, text: t("清除") }),
    );
    this.ignored = el("p", { class: "history-ignored", role: "status", hidden: true });
    this.#listen(go);
    place.replaceChildren(this.form, this.ignored);
  }

  /** A community that is not there finds nothing: it can be seen and taken back. */
  #offer(code) {
    const { options } = this.form.elements.community;
    if (code && ![...options].some(({ value }) => value === code)) options.add(option(code, code));
  }

  #listen(go) {
    let typing = 0;
    const apply = () => {
      clearTimeout(typing);
      go(merged(location.search, Object.fromEntries(new FormData(this.form))));
    };
    this.form.addEventListener("change", apply);
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      apply();
    });
    this.form.elements.q.addEventListener("input", () => {
      clearTimeout(typing);
      typing = setTimeout(apply, TYPED_MS);
    });
    this.form.querySelector('[data-action="clear"]').addEventListener("click", () => go(merged(location.search, {})));
  }

  /** Shows what an address asks for; the field in which somebody writes stays as it is. */
  show(search) {
    const fields = new URLSearchParams(search);
    const ignored = meaningless(search);
    const names = ignored.map((name) => LABELS[name]()).join(" · ");
    this.ignored.hidden = !names;
    this.ignored.textContent = t("网址中的这些条件无法识别，未采用：{names}", { names });
    this.#offer(fields.get("community"));
    for (const name of FIELDS) {
      const field = this.form.elements[name];
      const value = ignored.includes(name) ? "" : (fields.get(name) ?? "");
      if (field.value.trim() !== value && !(name === "q" && field === document.activeElement && value !== "")) field.value = value;
    }
  }
}
