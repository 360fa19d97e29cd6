/** Transmitters and parts that speak and that nobody registered. */
import { el, setAttr, setText } from "../dom.mjs";
import { t } from "../i18n.mjs";
import { Register } from "./register.mjs";
import { KeyedTable, setAge } from "./table.mjs";

const STATES = () => [t("正常"), t("火警"), t("故障"), t("屏蔽"), t("监管"), t("启动"), t("反馈"), t("延时")];

/** The bits of a part's last state in words; bit 0 is missing in a test. @param {number|null} bits */
export function stateWord(bits) {
  if (bits === null) return "—";
  const words = STATES().filter((_word, bit) => bit > 0 && bits & (1 << bit));
  if (!(bits & 1)) words.push(t("测试"));
  return words.join(" · ") || STATES()[0];
}

/** The six bytes of an address as a panel's menu shows them. @param {number} address */
export const bytesOf = (address) => address.toString(16).toUpperCase().padStart(12, "0").replace(/(..)(?=.)/g, "$1 ");

const cell = (css = "") => el("td", { class: css });

export class Strangers {
  /** @param {HTMLElement} place @param {import("./poll.mjs").Poll} poll @param {import("../rights.mjs").Rights} rights */
  constructor(place, poll, rights) {
    Object.assign(this, { poll, rights });
    this.said = el("p", { class: "feeds-said", role: "status", hidden: true });
    const [transmitters, parts] = [el("div"), el("div")];
    place.replaceChildren(this.said, transmitters, parts);
    this.transmitters = new KeyedTable(transmitters, {
      titles: [t("传输装置地址"), t("六字节地址"), t("首次收到"), ""],
      make: (row) => [el("td", { class: "num", text: String(row.address) }), el("td", { class: "num quiet", text: bytesOf(row.address) }), cell("num"), el("td", { class: "feeds-act" }, this.#button(() => this.#transmitter(row)))],
      patch: ([, , first], row) => setAge(first, row.first_at),
      empty: t("没有未登记的传输装置。未登记的传输装置发来的消息会被拒绝，其地址列在这里。"),
    });
    this.parts = new KeyedTable(parts, {
      titles: [t("传输装置"), t("部件"), t("说明"), t("所在建筑"), t("最近状态"), t("未结报警"), t("最近消息"), ""],
      make: (row) => [el("td", { class: "num", text: String(row.transmitter) }), el("td", { class: "num", text: row.number }), cell(), el("td", { text: row.building_name ?? "" }), cell(), cell("num"), cell("num"), el("td", { class: "feeds-act" }, this.#button(() => this.#part(row)))],
      patch: ([, , text, , state, alarms, last], row) => {
        setText(text, [row.description, row.part_type === null ? "" : t("类型 {n}", { n: row.part_type })].filter(Boolean).join(" · ") || "—");
        setText(state, stateWord(row.state));
        setText(alarms, String(row.alarms));
        setAttr(alarms, "data-late", row.alarms ? "" : null);
        setAge(last, row.last_at);
      },
      empty: t("没有未登记的部件。未登记的部件照常报警，报在其传输装置所在的建筑。"),
    });
  }

  show() {
    const { strangers, points } = this.poll.data;
    this.transmitters.show(strangers.rows, ({ address }) => address, strangers.count);
    this.parts.show(points.rows, ({ id }) => id, points.count);
  }

  #button(onclick) {
    return this.rights.may("register_devices") ? el("button", { type: "button", class: "button button-small", onclick }, t("登记")) : "";
  }

  #transmitter({ address }) {
    const what = { title: t("登记传输装置 {n}", { n: address }), path: `/api/v1/feeds/transmitters/${address}/register`, transmitter: true, kind: "transmitter", name: t("用传 {n}", { n: address }), location: "" };
    new Register(what, ({ device }) => this.#say(t("传输装置 {n} 已登记为 {device}", { n: address, device })));
  }

  #part({ id, transmitter, number, kind, description, building }) {
    const what = { title: t("登记部件 {n}（传输装置 {address}）", { n: number, address: transmitter }), path: `/api/v1/feeds/points/${id}/register`, transmitter: false, near: building, kind, name: description || t("部件 {n}", { n: number }), location: description };
    new Register(what, ({ device, standing }) => {
      const left = standing ? t("；它名下还有 {n} 条未结报警，仍列在传输装置处，请在值班台处理", { n: standing }) : "";
      this.#say(t("部件 {n} 已登记为 {device}", { n: number, device }) + left);
    });
  }

  #say(words) {
    setText(this.said, words);
    this.said.hidden = false;
    this.poll.ask();
  }
}
