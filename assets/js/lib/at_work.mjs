/** Incidents that are not over though all their alarms are: no row of the queue stands for them any more. */

const PATH = "/api/v1/incidents?without_alarms=true";
/** What comes together is asked for once. */
const TOGETHER_MS = 250;
/** Answers are at least so far apart. */
const APART_MS = 1000;
const AGAIN_MS = 3000;

async function fetchThem() {
  const answer = await fetch(PATH, { credentials: "same-origin", cache: "no-store" });
  if (!answer.ok) throw new Error(`incidents: ${answer.status}`);
  return answer.json();
}

const world = () => ({ ask: fetchThem, later: (fn, ms) => setTimeout(fn, ms) });

export class AtWork {
  #listeners = new Set();
  #timer = null;
  #asking = false;
  #stale = false;
  /** @type {object[]} oldest first */
  incidents = [];
  /** Whether the last question got no answer: what is here may be old. */
  failed = false;

  /**
   * The stream says when to ask: an alarm of an incident ended, or people worked on one.
   * @param {import("./picture.mjs").Picture} picture
   * @param {{ask: () => Promise<object[]>, later: Function}} [outside]
   */
  constructor(picture, outside = world()) {
    this.outside = outside;
    picture.on(({ full }) => full && this.#soon(0));
    picture.onIncident(() => this.#soon());
    picture.onAlarm((alarm, previous) => this.#concerns(alarm, previous) && this.#soon());
    if (picture.worst) this.#soon(0);
  }

  /** @param {() => void} fn called after each answer */
  on(fn) {
    this.#listeners.add(fn);
  }

  #concerns(alarm, previous) {
    if (alarm.closed_at) return Boolean(alarm.incident ?? previous?.incident);
    return !previous && this.incidents.some(({ id }) => id === alarm.incident);
  }

  #soon(ms = TOGETHER_MS) {
    this.#stale = true;
    if (this.#asking || this.#timer !== null) return;
    this.#wait(ms);
  }

  #wait(ms) {
    this.#timer = this.outside.later(() => this.#ask(), ms);
  }

  async #ask() {
    this.#timer = null;
    this.#asking = true;
    this.#stale = false;
    try {
      this.incidents = await this.outside.ask();
      this.failed = false;
    } catch {
      this.failed = this.#stale = true; // said by whoever listens; asked again
    }
    this.#asking = false;
    this.#listeners.forEach((fn) => fn());
    if (this.#stale) this.#wait(this.failed ? AGAIN_MS : APART_MS);
  }
}
