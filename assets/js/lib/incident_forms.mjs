/** The forms of an incident, made in the places that the panel leaves for them (`data-act`). */
import { el } from "./dom.mjs";
import { t } from "./i18n.mjs";
import { missingVerdict } from "./verdict.mjs";
import { verdictWord } from "./words.mjs";

const LONGEST = "1000";
const LARGEST = 8_000_000;
const CAUSES = () => ({
  cooking: t("做饭油烟"), steam: t("水汽"), smoking: t("吸烟"), incense: t("燃香祭祀"), fireworks: t("燃放烟花爆竹"), dust: t("粉尘"),
  insects: t("昆虫"), works: t("施工"), weather: t("天气"), device: t("设备故障"), misuse: t("误操作"), other: t("其他"),
});

const text = (name, label, props = {}) => el("input", { class: "input", name, type: "text", maxlength: LONGEST, placeholder: label, "aria-label": label, autocomplete: "off", ...props });
const area = (name, label) => el("textarea", { class: "input", name, rows: "2", maxlength: LONGEST, placeholder: label, "aria-label": label });
const send = (label, kind = "") => el("button", { class: `button ${kind}`.trim(), type: "submit", text: label });

const choices = (name, type, options) =>
  el(
    "div",
    { class: "act-options" },
    ...options.map(({ id, label }) => el("label", { class: "act-option" }, el("input", { type, name, value: String(id) }), el("span", { text: label }))),
  );

function suggestions(options) {
  const id = `act-${Math.random().toString(36).slice(2)}`;
  const list = el("datalist", { id }, ...options.map((value) => el("option", { value })));
  return [text("to", t("派谁去（必填）"), { list: id, required: true }), list];
}

function closing() {
  const verdicts = ["real", "false", "test", "drill"];
  const cause = el("select", { class: "input", name: "cause", "aria-label": t("误报原因") }, el("option", { value: "", text: t("误报原因") }));
  cause.append(...Object.entries(CAUSES()).map(([value, word]) => el("option", { value, text: word })));
  cause.hidden = true;
  const chips = verdicts.map((verdict) => el("label", { class: "chip" }, el("input", { type: "radio", name: "verdict", value: verdict, required: true }), verdictWord(verdict)));
  const group = el("div", { class: "chips", role: "radiogroup", "aria-label": t("结论") }, ...chips);
  group.addEventListener("change", ({ target }) => (cause.hidden = target.value !== "false"));
  return [group, cause, area("note", t("现场情况、说明")), send(t("结案"))];
}

/** The browser's own button for files speaks the browser's language: ours stands for it. */
function picking() {
  const count = el("span", { class: "quiet" });
  const files = el("input", { class: "visually-hidden", type: "file", name: "files", accept: "image/jpeg,image/png,image/webp", multiple: true });
  files.addEventListener("change", () => (count.textContent = files.files.length ? t("已选 {n} 张", { n: files.files.length }) : ""));
  return [el("label", { class: "button act-files" }, t("选择照片"), files), count, send(t("上传照片"))];
}

/** What stands in the form of each act. */
const BODIES = {
  confirm: () => [send(t("确认火情"), "button-alarm")],
  dispatched: (options) => [...suggestions(options), send(t("记录派出"), "button-primary")],
  arrived: () => [text("note", t("说明（可不填）")), send(t("记录到场"), "button-primary")],
  controlled: () => [text("note", t("说明（可不填）")), send(t("记录控制"), "button-primary")],
  ended: () => [text("note", t("说明（可不填）")), send(t("记录结束"), "button-primary")],
  note: () => [area("text", t("写下看到、听到、做了什么")), send(t("添加备注"))],
  photo: picking,
  close: closing,
  merge: (options) => [choices("other", "radio", options), text("reason", t("为什么合并")), send(t("并入本警情"))],
  split: (options) => [choices("alarms", "checkbox", options), text("reason", t("为什么拆分")), send(t("拆成新警情"))],
};

/** Where an act is sent. @param {DOMStringMap|object} place */
export function pathOf({ act, incident, alarm }) {
  if (act === "confirm") return `/api/v1/alarms/${alarm}/confirm`;
  return `/api/v1/incidents/${incident}/${act === "photo" ? "photos" : act}`;
}

/**
 * What a form says, as the command's body.
 * @param {string} act @param {FormData} form
 */
export function bodyOf(act, form) {
  const said = (name) => (form.get(name) ?? "").trim();
  switch (act) {
    case "confirm":
      return { note: "" };
    case "dispatched":
      return { to: said("to") };
    case "photo":
      return { files: form.getAll("files").filter((file) => file.size > 0) };
    case "note":
      return { text: said("text") };
    case "close":
      return { verdict: said("verdict"), cause: said("verdict") === "false" ? said("cause") || null : null, note: said("note") };
    case "merge":
      return { other: Number(said("other")), reason: said("reason") };
    case "split":
      return { alarms: form.getAll("alarms").map(Number), reason: said("reason") };
    default:
      return { note: said("note") };
  }
}

/** @param {{size: number}[]} files */
function missingOfPhotos(files) {
  if (!files.length) return t("请选择照片");
  return files.some(({ size }) => size > LARGEST) ? t("照片不能超过 8 MB") : "";
}

/** What is still missing, or an empty text. @param {string} act @param {object} body */
export function missing(act, body) {
  if (act === "dispatched" && !body.to) return t("请写明派谁去");
  if (act === "note" && !body.text) return t("请写下备注");
  if (act === "photo") return missingOfPhotos(body.files);
  if (act === "merge" && !body.other) return t("请选择一起警情");
  if (act === "split" && !body.alarms.length) return t("请选择要拆出的报警");
  return act === "close" ? missingVerdict(body, body.note) : "";
}

/**
 * @param {HTMLElement} place with data-act, and data-options where there is a choice
 * @param {(body: object) => Promise<boolean>} onSend whether it was carried out
 * @returns {HTMLFormElement|null} null for an act that is not known
 */
export function formFor(place, onSend) {
  const { act, options } = place.dataset;
  if (!BODIES[act]) return null;
  const problem = el("p", { class: "act-problem", role: "alert", hidden: true });
  const form = el("form", { class: `act-form act-${act}`, novalidate: true }, ...BODIES[act](options ? JSON.parse(options) : []), problem);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const body = bodyOf(act, new FormData(form));
    problem.textContent = missing(act, body);
    problem.hidden = problem.textContent === "";
    if (!problem.hidden) return;
    const buttons = form.querySelectorAll("button");
    buttons.forEach((button) => (button.disabled = true));
    if (await onSend(body)) form.reset();
    buttons.forEach((button) => (button.disabled = false));
  });
  return form;
}
