/** The window in which an admin says which device an address is: one from the list, or a new one. */
import { command } from "../commands.mjs";
import { el, setText } from "../dom.mjs";
import { t } from "../i18n.mjs";
import { DEVICE_KINDS, deviceKindWord } from "../words.mjs";

const TYPED_MS = 250;

/**
 * What the form says, as the command's body.
 * @param {{how: string, device: string|null, kind: string, name: string, location: string, building: string|null}} said
 */
export function bodyOf({ how, device, kind, name, location, building }) {
  if (how === "device") return { device };
  return { new: { kind, name: name.trim(), location: location.trim(), ...(building ? { building } : {}) } };
}

/** What is missing, or an empty text. @param {object} body @param {boolean} transmitter */
export function missingOf(body, transmitter) {
  if ("device" in body) return body.device ? "" : t("请选择一台设备");
  if (!body.new.name) return t("请写设备名称");
  return transmitter && !body.new.building ? t("请选择所在建筑") : "";
}

/** One line of a choice. @param {object} found */
const deviceLabel = ({ id, name, kind, location, building_name, taken }) =>
  [id, name, deviceKindWord(kind), building_name, location, taken === null ? "" : t("已登记于 {n}", { n: taken })].filter(Boolean).join(" · ");

/** A search box over a list to choose from; the newest answer counts. */
class Choice {
  /** @param {string} label @param {(text: string) => string} pathOf @param {(found: object) => string} wordOf */
  constructor(label, pathOf, wordOf) {
    Object.assign(this, { pathOf, wordOf });
    this.name = `choice-${Math.random().toString(36).slice(2)}`;
    this.input = el("input", { class: "input", type: "search", placeholder: label, "aria-label": label, autocomplete: "off", maxlength: "60" });
    this.list = el("div", { class: "feeds-choices", role: "radiogroup", "aria-label": label });
    this.element = el("div", { class: "feeds-choice" }, this.input, this.list);
    let typing = 0;
    this.input.addEventListener("input", () => {
      clearTimeout(typing);
      typing = setTimeout(() => this.look(), TYPED_MS);
    });
  }

  get value() {
    return this.list.querySelector(":checked")?.value ?? null;
  }

  async look() {
    const asked = (this.asked = this.input.value);
    let found = null;
    try {
      const answer = await fetch(this.pathOf(asked), { credentials: "same-origin", cache: "no-store" });
      found = answer.ok ? await answer.json() : null;
    } catch {
      found = null; // said below
    }
    if (asked !== this.asked) return;
    if (!found) this.list.replaceChildren(el("p", { class: "feeds-problem", role: "alert", text: t("暂时无法读取数据") }));
    else if (!found.length) this.list.replaceChildren(el("p", { class: "empty", text: t("没有找到") }));
    else this.list.replaceChildren(...found.map((one) => el("label", { class: "act-option" }, el("input", { type: "radio", name: this.name, value: one.id }), el("span", { text: this.wordOf(one) }))));
  }
}

const labelled = (label, input) => el("label", { class: "feeds-field" }, el("span", { class: "quiet", text: label }), input);

export class Register {
  /**
   * @param {{title: string, path: string, transmitter: boolean, near?: string|null, kind: string, name: string, location: string}} what
   * @param {(answer: object) => void} onDone
   */
  constructor(what, onDone) {
    Object.assign(this, { what, onDone });
    const query = (text) => new URLSearchParams({ q: text, near: what.near ?? "", transmitters: String(what.transmitter) });
    this.devices = new Choice(t("编号、名称、位置、建筑"), (text) => `/api/v1/feeds/devices?${query(text)}`, deviceLabel);
    this.buildings = what.transmitter ? new Choice(t("所在建筑的名称、地址"), (text) => `/api/v1/feeds/buildings?${new URLSearchParams({ q: text })}`, ({ name, address }) => `${name} · ${address}`) : null;
    this.problem = el("p", { class: "feeds-problem", role: "alert", hidden: true });
    this.form = this.#makeForm();
    this.dialog = el("dialog", { class: "help feeds-dialog", "aria-label": what.title }, this.form);
    this.dialog.addEventListener("close", () => this.dialog.remove());
    document.body.append(this.dialog);
    this.dialog.showModal();
    this.#show();
    this.devices.look();
    this.buildings?.look();
  }

  #makeForm() {
    const { title, kind, name, location, transmitter } = this.what;
    const way = (value, label, checked) => el("label", { class: "chip" }, el("input", { type: "radio", name: "how", value, checked }), label);
    const kinds = DEVICE_KINDS.filter((one) => one !== "transmitter" && one !== "camera");
    const select = el("select", { class: "input", name: "kind" }, ...kinds.map((one) => el("option", { value: one, selected: one === kind, text: deviceKindWord(one) })));
    this.fresh = el(
      "div",
      { class: "feeds-new" },
      labelled(t("名称"), el("input", { class: "input", name: "name", maxlength: "120", value: name, autocomplete: "off" })),
      transmitter ? null : labelled(t("设备类型"), select),
      labelled(t("位置"), el("input", { class: "input", name: "location", maxlength: "120", value: location, autocomplete: "off" })),
      this.buildings?.element ?? el("p", { class: "quiet", text: t("新设备放在其传输装置所在的建筑。") }),
    );
    const form = el(
      "form",
      { novalidate: true },
      el("h2", { text: title }),
      el("div", { class: "chips", role: "radiogroup", "aria-label": t("登记方式") }, way("device", t("选择已有设备"), true), way("new", t("新建设备"), false)),
      this.devices.element,
      this.fresh,
      this.problem,
      el("div", { class: "feeds-actions" }, el("button", { class: "button button-primary", type: "submit", text: t("登记") }), el("button", { class: "button", type: "button", text: t("取消"), onclick: () => this.dialog.close() })),
    );
    form.addEventListener("change", () => this.#show());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    return form;
  }

  #show() {
    const fresh = this.form.elements.how.value === "new";
    this.devices.element.hidden = fresh;
    this.fresh.hidden = !fresh;
    this.#say("");
  }

  #say(words) {
    setText(this.problem, words);
    this.problem.hidden = words === "";
    return words === "";
  }

  async #send() {
    const { how, kind, name, location } = this.form.elements;
    const body = bodyOf({ how: how.value, device: this.devices.value, kind: kind?.value ?? "transmitter", name: name.value, location: location.value, building: this.buildings?.value ?? null });
    if (!this.#say(missingOf(body, this.what.transmitter))) return;
    const buttons = this.form.querySelectorAll("button");
    buttons.forEach((button) => (button.disabled = true));
    try {
      const answer = await command(this.what.path, body);
      this.dialog.close();
      this.onDone(answer);
    } catch (error) {
      this.#say(error.message);
    }
    buttons.forEach((button) => (button.disabled = false));
  }
}
