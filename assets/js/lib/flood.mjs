/** How much the alarms ask of one person, and the banner while they are a flood (ISA-18.2). */
import { el, setText } from "./dom.mjs";
import { time } from "./format.mjs";
import { t } from "./i18n.mjs";
import { FLOOD_ENDS, load } from "./kpis.mjs";

const EVERY_MS = 5000;

export class Load {
  #listeners = new Set();
  /** @type {number|null} alarms of the last ten minutes; null before it is known */
  rate = null;
  /** @type {"normal"|"high"|"flood"} */
  level = "normal";
  /** When the flood began, ms. */
  since = null;

  /** @param {import("./picture.mjs").Picture} picture */
  constructor(picture) {
    this.picture = picture;
    picture.on((change) => (change.full ? this.#begin() : change.alarms.size && this.look()));
    setInterval(() => this.look(), EVERY_MS); // the ten minutes pass without any event
    if (picture.worst) this.#begin();
  }

  /** @param {(load: Load) => void} fn called when rate or level change, and at once if they are known */
  on(fn) {
    this.#listeners.add(fn);
    if (this.rate !== null) fn(this);
  }

  /** A page that opens in the middle of a flood can't know by itself that it runs: the snapshot says it. */
  #begin() {
    this.look();
    const { recent, present } = this.picture.client;
    if (!present.floodSince || recent.length < FLOOD_ENDS) return;
    [this.level, this.since] = ["flood", present.floodSince];
    this.#tell();
  }

  look() {
    const rate = this.picture.client.recent.length;
    const level = load(rate, this.level);
    if (rate === this.rate && level === this.level) return;
    if (level !== "flood") this.since = null;
    else if (this.level !== "flood") this.since = this.picture.client.serverNow();
    [this.rate, this.level] = [rate, level];
    this.#tell();
  }

  #tell() {
    this.#listeners.forEach((fn) => fn(this));
  }
}

/**
 * @param {HTMLElement} box the empty container
 * @param {Load} now
 * @param {import("./queue.mjs").Queue} queue
 */
export function floodBanner(box, now, queue) {
  const title = el("strong");
  const text = el("span");
  box.append(title, text);
  now.on(({ level, rate, since }) => {
    const flood = level === "flood";
    box.hidden = !flood;
    if (flood) {
      setText(title, t("报警洪泛：10 分钟内 {n} 条", { n: rate }));
      setText(text, t("{time} 起。同楼同因的报警收在首条之下，火警在最前；低于 5 条自动结束。", { time: time(since).slice(0, 5) }));
    }
    queue.group(flood);
  });
}
