/** Asks for everything that the feeds page shows, every few seconds while somebody looks at it. */
import { age } from "../format.mjs";
import { t } from "../i18n.mjs";

export const PATH = "/api/v1/feeds";
export const EVERY_MS = 3000;
/** An answer older than this is told to be old. */
export const STALE_MS = 10_000;
const PATIENCE_MS = 8000;

const browser = () => ({
  fetch: () => fetch(PATH, { credentials: "same-origin", cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) }),
  now: () => Date.now(),
  later: (fn, ms) => setTimeout(fn, ms),
  cancel: (id) => clearTimeout(id),
  hidden: () => document.hidden,
  onVisible: (fn) => document.addEventListener("visibilitychange", fn),
});

export class Poll {
  #listeners = new Set();
  #timer = null;
  #asking = false;
  #again = false;
  /** The newest answer; null before the first. */
  data = null;
  /** When it came, by the browser's clock. */
  at = null;
  /** Status of the last question if it was refused, 0 if no answer came, null if all is well. */
  failed = null;

  constructor(outside = browser()) {
    this.outside = outside;
    outside.onVisible(() => outside.hidden() || this.ask());
  }

  /** The server's clock, ms. */
  now() {
    return this.data ? this.data.now + (this.outside.now() - this.at) : this.outside.now();
  }

  /** @param {() => void} fn called after each answer, also after none */
  on(fn) {
    this.#listeners.add(fn);
  }

  /** Asks at once, or again after the answer that is on its way: it may not know of what was done since. */
  async ask() {
    if (this.#asking) {
      this.#again = true;
      return;
    }
    this.outside.cancel(this.#timer);
    this.#asking = true;
    this.#again = false;
    try {
      const answer = await this.outside.fetch();
      if (answer.ok) {
        this.data = await answer.json();
        this.at = this.outside.now();
      }
      this.failed = answer.ok ? null : answer.status;
    } catch {
      this.failed = 0; // said in the page's head; asked again
    }
    this.#asking = false;
    this.#listeners.forEach((fn) => fn());
    if (this.#again) return this.ask();
    if (!this.outside.hidden()) this.#timer = this.outside.later(() => this.ask(), EVERY_MS);
  }
}

/**
 * How far what is shown can be believed.
 * @param {{data: object|null, at: number|null, failed: number|null}} poll @param {number} now by the browser's clock
 * @returns {{state: "waiting"|"fresh"|"stale"|"failed", text: string}}
 */
export function describe({ data, at, failed }, now) {
  if (failed === 401) return { state: "failed", text: t("登录已失效，请重新登录") };
  if (failed === 403) return { state: "failed", text: t("您的角色不能看本页") };
  if (!data) return failed === null ? { state: "waiting", text: t("正在载入…") } : { state: "failed", text: t("暂时无法读取数据") };
  const old = now - at;
  if (old > STALE_MS) return { state: "stale", text: t("数据停在 {age}，正在重试", { age: age(old) }) };
  return { state: "fresh", text: t("{age}更新", { age: age(old) }) };
}
