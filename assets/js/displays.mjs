/** The page of the displays: lets a screen in by its code, lists the screens, shuts one out. */
import { CommandError, command } from "./lib/commands.mjs";
import { byId, el, setText, whenElement } from "./lib/dom.mjs";
import { day, time } from "./lib/format.mjs";
import { t } from "./lib/i18n.mjs";
import * as ids from "./lib/ids.mjs";

const PATH = "/api/v1/displays";
const SECOND_MS = 1000;
const EVERY_MS = 5000;
/** A second press within this time means it. */
const SURE_MS = 5000;
const PATIENCE_MS = 8000;

const field = (label, props) => el("label", { class: "displays-field" }, el("span", { class: "quiet", text: label }), el("input", { class: "displays-input", required: true, autocomplete: "off", spellcheck: "false", ...props }));

/** The system of a browser's name, as far as it says one. @param {string} browser */
const systemOf = (browser) => /Windows|Android|Linux|Mac OS X|CrOS/.exec(browser)?.[0] ?? browser.slice(0, 40);

function makeForm(say, again) {
  const form = el(
    "form",
    { class: "displays-form" },
    field(t("配对码"), { name: "code", maxlength: 20, placeholder: "ABCD-2345", autocapitalize: "characters" }),
    field(t("安装位置"), { name: "place", maxlength: 60, placeholder: t("例如：二楼指挥大厅") }),
    el("button", { type: "submit", class: "button button-primary", text: t("配对") }),
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const { code, place } = Object.fromEntries(new FormData(form));
    await doing(form, say, async () => {
      const display = await command(`${PATH}/pair`, { code, place });
      form.reset();
      return t("{place} 的大屏已配对，几秒后显示画面", { place: display.place });
    });
    again();
  });
  return form;
}

/** Does something once; its end is said. */
async function doing(box, say, act) {
  const buttons = [...box.querySelectorAll("button")];
  for (const button of buttons) button.disabled = true;
  try {
    setText(say, await act());
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    setText(say, error.detail);
  }
  for (const button of buttons) button.disabled = false;
}

function revokeButton(display, row, say, again) {
  let sure = 0;
  const button = el("button", { type: "button", class: "button", text: t("撤销") });
  button.addEventListener("click", async () => {
    if (performance.now() > sure) {
      sure = performance.now() + SURE_MS;
      setText(button, t("确定撤销？"));
      setTimeout(() => setText(button, t("撤销")), SURE_MS);
      return;
    }
    await doing(row, say, async () => {
      await command(`${PATH}/${display.id}/revoke`, {});
      return t("{place} 的大屏已撤销", { place: display.place });
    });
    again();
  });
  return button;
}

function rowOf(display, say, again) {
  const row = el(
    "tr",
    {},
    el("td", { text: display.place }),
    el("td", { class: "num", text: `${day(display.paired_at)} ${time(display.paired_at)}` }),
    el("td", { class: "num", text: display.address || "—" }),
    el("td", { text: display.browser ? systemOf(display.browser) : t("等待屏幕取用"), title: display.browser }),
    el("td", { class: "quiet", text: display.name }),
  );
  row.append(el("td", { class: "displays-act" }, revokeButton(display, row, say, again)));
  return row;
}

async function main() {
  await whenElement(ids.DISPLAYS_PLACE);
  const place = byId(ids.DISPLAYS_PLACE);
  const say = el("p", { class: "displays-said", role: "status" });
  const problem = el("p", { class: "displays-problem", role: "alert", hidden: true });
  const titles = [t("安装位置"), t("配对时间"), t("来源地址"), t("系统"), t("编号"), ""];
  const body = el("tbody");
  const table = el("table", { class: "displays-table" }, el("thead", {}, el("tr", {}, ...titles.map((title) => (title ? el("th", { scope: "col", text: title }) : el("td"))))), body);
  const empty = el("p", { class: "empty", text: t("还没有配对的大屏"), hidden: true });
  place.replaceChildren(problem, table, empty);
  let shown = "";
  const show = async () => {
    try {
      const answer = await fetch(PATH, { credentials: "same-origin", cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) });
      problem.hidden = answer.ok;
      if (!answer.ok) return setText(problem, answer.status === 401 ? t("登录已失效，请重新登录") : t("暂时无法读取数据"));
      const text = await answer.text();
      if (text === shown) return; // nobody loses the focus for nothing
      shown = text;
      const displays = JSON.parse(text);
      body.replaceChildren(...displays.map((display) => rowOf(display, say, show)));
      table.hidden = !displays.length;
      empty.hidden = displays.length > 0;
    } catch {
      problem.hidden = false; // asked again
      setText(problem, t("暂时无法读取数据"));
    }
  };
  byId(ids.DISPLAYS_PAIR).append(makeForm(say, show), say);
  setInterval(() => setText(byId(ids.HEADER_CLOCK), time(Date.now())), SECOND_MS);
  setInterval(() => document.hidden || show(), EVERY_MS);
  await show();
  document.documentElement.dataset.ready = "";
}

main();
