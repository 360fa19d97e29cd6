/** The audit page: filters that the address keeps, rows a page at a time, and whether the audit is whole. */
import { PATH, FIELDS, questionOf, wholeness } from "./lib/audit/query.mjs";
import { CODES, actionWord, changesOf, resultWord } from "./lib/audit/words.mjs";
import { byId, el, setAttr, setText, whenElement } from "./lib/dom.mjs";
import { day, time } from "./lib/format.mjs";
import { t } from "./lib/i18n.mjs";
import * as ids from "./lib/ids.mjs";

const SECOND_MS = 1000;
const PATIENCE_MS = 15_000;
/** Typing is over after so long. */
const TYPED_MS = 400;

const option = (value, text) => el("option", { value, text });
const field = (label, node) => el("label", { class: "audit-field" }, el("span", { class: "quiet", text: label }), node);
const input = (name, label, props = {}) => field(label, el("input", { name, class: "audit-input", ...props }));

function makeForm() {
  const codes = CODES.map((code) => [actionWord(code), code]).sort(([a], [b]) => a.localeCompare(b));
  const actions = el("select", { name: "action", class: "audit-input" }, option("", t("全部")), ...codes.map(([word, code]) => option(code, word)));
  const results = el("select", { name: "result", class: "audit-input" }, option("", t("全部")), ...["done", "refused"].map((one) => option(one, resultWord(one))));
  const clear = el("button", { type: "reset", class: "button", text: t("清除筛选") });
  return el(
    "form",
    { class: "audit-form" },
    input("since", t("从"), { type: "date" }),
    input("until", t("到"), { type: "date" }),
    input("actor", t("人员"), { maxlength: 80, autocomplete: "off", spellcheck: "false" }),
    field(t("操作"), actions),
    input("subject", t("对象"), { maxlength: 80, autocomplete: "off", spellcheck: "false", placeholder: "alarm:12" }),
    input("address", t("来源地址"), { maxlength: 64, autocomplete: "off", spellcheck: "false" }),
    field(t("结果"), results),
    clear,
    el("span", { class: "audit-files" }, el("a", { class: "button", "data-format": "csv", text: t("导出 CSV") }), el("a", { class: "button", "data-format": "xlsx", text: t("导出 XLSX") })),
  );
}

const valuesOf = (form) => Object.fromEntries(new FormData(form));

function changes(row) {
  const lines = changesOf(row).map(({ name, before, after }) =>
    el("div", {}, el("dt", { text: name }), el("dd", {}, before === null ? after : el("span", {}, el("del", { text: before }), " → ", el("ins", { text: after })))),
  );
  if (!lines.length) return "";
  return el("details", {}, el("summary", { text: t("详情 {n}", { n: lines.length }) }), el("dl", {}, ...lines));
}

function rowOf(row) {
  return el(
    "tr",
    { "data-result": row.result },
    el("td", { class: "num quiet", text: String(row.id) }),
    el("td", { class: "num", text: `${day(row.at)} ${time(row.at)}` }),
    el("td", { text: row.actor }),
    el("td", { text: actionWord(row.action), title: row.action }),
    el("td", { class: "audit-subject", text: row.subject }),
    el("td", { class: "num", text: row.address || "—" }),
    el("td", { class: "audit-result", text: resultWord(row.result) }),
    el("td", { class: "audit-reason", text: row.reason || row.detail.error || "" }),
    el("td", {}, changes(row)),
  );
}

class Rows {
  #asked = 0;

  constructor(place) {
    const titles = [t("序号"), t("时间"), t("人员"), t("操作"), t("对象"), t("来源地址"), t("结果"), t("理由"), t("详情")];
    this.body = el("tbody");
    this.table = el("table", { class: "rows-table audit-table" }, el("thead", {}, el("tr", {}, ...titles.map((title) => el("th", { scope: "col", text: title })))), this.body);
    this.empty = el("p", { class: "empty", text: t("没有符合条件的记录"), hidden: true });
    this.problem = el("p", { class: "audit-problem", role: "alert", hidden: true });
    this.older = el("button", { type: "button", class: "button", text: t("更早的记录"), hidden: true, onclick: () => this.ask(this.question, this.last) });
    place.replaceChildren(this.problem, this.table, this.empty, this.older);
    this.place = place;
  }

  /** @param {URLSearchParams} question @param {number|null} before id of the last row that is shown */
  async ask(question, before = null) {
    const mine = ++this.#asked;
    this.question = question;
    setAttr(this.place, "aria-busy", "true");
    const answer = await this.#fetch(question, before);
    if (mine !== this.#asked) return null; // another question has been asked since
    setAttr(this.place, "aria-busy", null);
    setText(this.problem, typeof answer === "string" ? answer : "");
    this.problem.hidden = typeof answer !== "string";
    if (typeof answer === "string") return null;
    if (before === null) this.body.replaceChildren();
    this.body.append(...answer.rows.map(rowOf));
    this.last = answer.rows.at(-1)?.id ?? this.last;
    this.older.hidden = !answer.more;
    this.table.hidden = !this.body.children.length;
    this.empty.hidden = this.body.children.length > 0;
    return answer;
  }

  async #fetch(question, before) {
    const asked = new URLSearchParams(question);
    if (before !== null) asked.set("before", before);
    try {
      const answer = await fetch(`${PATH}?${asked}`, { credentials: "same-origin", cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) });
      if (answer.ok) return await answer.json();
      if (answer.status === 401) return t("登录已失效，请重新登录");
      if (answer.status === 403) return t("只有管理员能看本页");
    } catch {
      // said below, like every other failure
    }
    return t("暂时无法读取数据");
  }
}

function paintState(node, answer) {
  const { state, text } = wholeness(answer.verification, answer.now);
  setAttr(node, "data-state", state);
  const lines = (answer.verification?.findings ?? []).map((one) => el("li", { text: `${one.fault} · ${one.text}` }));
  node.replaceChildren(el("p", { role: "status", text }), ...(lines.length ? [el("ul", {}, ...lines)] : []));
}

async function main() {
  const state = await whenElement(ids.AUDIT_STATE);
  const form = makeForm();
  const given = new URLSearchParams(location.search);
  byId(ids.AUDIT_FILTER).append(form);
  for (const name of FIELDS) form.elements[name].value = given.get(name) ?? "";
  const rows = new Rows(byId(ids.AUDIT_PLACE));
  const show = async () => {
    const values = valuesOf(form);
    const kept = new URLSearchParams(Object.entries(values).filter(([, value]) => value.trim()));
    history.replaceState(null, "", kept.size ? `?${kept}` : location.pathname);
    const question = questionOf(values);
    for (const link of form.querySelectorAll("[data-format]")) link.href = `/audit/export/audit.${link.dataset.format}?${question}`;
    const answer = await rows.ask(question);
    if (answer) paintState(state, answer);
  };
  let typing = 0;
  form.addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(show, TYPED_MS);
  });
  form.addEventListener("reset", () => setTimeout(show));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    show();
  });
  setInterval(() => setText(byId(ids.HEADER_CLOCK), time(Date.now())), SECOND_MS);
  await show();
  document.documentElement.dataset.ready = "";
}

main();
