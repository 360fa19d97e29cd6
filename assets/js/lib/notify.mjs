/** Desktop notifications of new fires, for an officer who has asked for them and looks elsewhere. */
import { el, setAttr, setText } from "./dom.mjs";
import { t } from "./i18n.mjs";
import { communityOf, whatOf, whereOf } from "./queue_row.mjs";

const KEPT = "xt-notify";

export class Notifier {
  /**
   * @param {(alarm: object) => void} onOpen a notification was clicked
   * @param {typeof Notification|undefined} [api] browsers have it on https and 127.0.0.1 alone
   * @param {Storage} [storage]
   */
  constructor(onOpen, api = globalThis.Notification, storage = globalThis.localStorage) {
    Object.assign(this, { onOpen, api, storage });
  }

  /** @returns {"on"|"off"|"denied"|"missing"} */
  get state() {
    if (!this.api) return "missing";
    if (this.api.permission === "denied") return "denied";
    return this.api.permission === "granted" && this.storage.getItem(KEPT) === "on" ? "on" : "off";
  }

  /** Asks the browser for permission only here: when a person switches it on. */
  async toggle() {
    if (this.state === "on") this.storage.removeItem(KEPT);
    else if (this.api && (await this.api.requestPermission()) === "granted") this.storage.setItem(KEPT, "on");
  }

  /** @param {object} alarm a new fire @param {boolean} looking whether the person sees the page */
  tell(alarm, looking) {
    if (this.state !== "on" || looking) return;
    const title = t("新火警：{community} {where}", { community: communityOf(alarm), where: whereOf(alarm) });
    const note = new this.api(title, { body: whatOf(alarm), tag: `alarm-${alarm.id}`, requireInteraction: true });
    note.onclick = () => {
      window.focus();
      note.close();
      this.onOpen(alarm);
    };
  }
}

/** @param {HTMLElement} head where the button goes @param {Notifier} notifier */
export function notifyButton(head, notifier) {
  const button = el("button", { type: "button", class: "button button-small notify-button" });
  const paint = () => {
    const { state } = notifier;
    setAttr(button, "data-notify", state);
    setAttr(button, "aria-pressed", String(state === "on"));
    button.disabled = state === "missing" || state === "denied";
    setText(button, state === "on" ? t("通知开") : t("通知关"));
    button.title = {
      on: t("看别处时，新火警在桌面上弹出通知"),
      off: t("打开后，新火警在桌面上弹出通知"),
      denied: t("浏览器设置不允许本页通知"),
      missing: t("浏览器只对 HTTPS 页面提供桌面通知"),
    }[state];
  };
  button.addEventListener("click", () => notifier.toggle().then(paint));
  head.append(button);
  paint();
}
