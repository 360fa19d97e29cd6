/** "A new fire is there: show it?" — when the officer is in the middle of something. */
import { el } from "./dom.mjs";
import { t } from "./i18n.mjs";
import { isUnacknowledged } from "./queue_order.mjs";
import { communityOf, whereOf } from "./queue_row.mjs";

export class FlyOffer {
  #alarm = null;

  /** @param {HTMLElement} bar the empty container @param {(alarm: object) => void} onGo */
  constructor(bar, onGo) {
    this.bar = bar;
    this.onGo = onGo;
  }

  /** @param {object} alarm a new fire */
  show(alarm) {
    this.#alarm = alarm;
    const text = t("新火警：{community} {where}", { community: communityOf(alarm), where: whereOf(alarm) });
    const mark = el("span", { class: "mark", dataset: { status: "alarm" }, "aria-hidden": "true" });
    const go = el("button", { type: "button", class: "button button-primary", text: t("前往查看"), onclick: () => this.go() });
    const later = el("button", { type: "button", class: "button", text: t("稍后"), onclick: () => this.hide() });
    this.bar.replaceChildren(mark, el("span", { class: "fly-text", text }), go, later);
    this.bar.hidden = false;
  }

  go() {
    const alarm = this.#alarm;
    this.hide();
    if (alarm) this.onGo(alarm);
  }

  hide() {
    this.#alarm = null;
    this.bar.hidden = true;
  }

  /** Takes the offer back once its fire has been acknowledged or closed by anyone. */
  settle(alarm) {
    if (this.#alarm?.id === alarm.id && (alarm.closed_at || !isUnacknowledged(alarm))) this.hide();
  }
}
