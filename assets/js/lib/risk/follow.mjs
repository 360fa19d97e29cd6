/** The present's forecast on another page's map: asked for when it is first shown, then followed. */
import { NOW, RiskSource, askNow } from "./ask.mjs";

/** A change that matters is in the forecast within seconds; it is asked for so often. */
const LOOK_MS = 30_000;

export class RiskFollower {
  #timer = 0;

  /** @param {(surface: import("./surface.mjs").Surface, places: object[]) => void} onChange */
  constructor(onChange) {
    this.source = new RiskSource();
    this.onChange = onChange;
    this.version = null;
  }

  /** Whether there has been a forecast to show. */
  get ready() {
    return this.version !== null;
  }

  start() {
    if (this.#timer) return;
    this.#timer = setInterval(() => !document.hidden && this.look(), LOOK_MS);
    this.look();
  }

  stop() {
    clearInterval(this.#timer);
    this.#timer = 0;
  }

  async look() {
    try {
      const { version } = await askNow();
      if (version === this.version) return;
      this.source.versions.set(NOW, version);
      this.source.forget();
      const [surface, { communities }] = await Promise.all([this.source.surface(NOW, {}), this.source.places(NOW)]);
      this.version = version;
      this.onChange(surface, communities);
    } catch {
      // what is shown stays; it is asked for again
    }
  }
}
