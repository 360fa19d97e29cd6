/**
 * The live client: one snapshot, then only changes (`docs/live-protocol.md`).
 *
 * The state always goes on, also in a hidden tab; only the painting subscribers pause there and
 * catch up at once. Everything that touches the world is given in, so that tests need no network.
 */
import { readFrame } from "./frames.mjs";
import { Present, isEmpty, noChange } from "./present.mjs";
import { onTick } from "./ticker.mjs";

/** A beat comes every second; so much silence is told, well within the five seconds that are allowed. */
export const SILENCE_MS = 4400;
const HEALTH_MS = 500;
const FIRST_WAIT_MS = 400;
const OPEN = 1; // WebSocket.OPEN
/** Frames that come only while the picture lives: a server without Redis still says hello. */
const PROOFS = new Set(["changes", "work", "beat"]);
const LONGEST_WAIT_MS = 3000; // the present heals within five seconds, and screens must not lag behind it

/** How long to wait before attempt `n` (0, 1, …), with jitter so that a hundred screens don't return together. */
export const backOff = (n, random = Math.random()) =>
  Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** n) * (0.5 + random / 2);

const browser = () => ({
  fetch: (url) => fetch(url, { credentials: "same-origin", cache: "no-store" }),
  open: (path) => openSocket(path),
  now: () => Date.now(),
  tick: () => performance.now(),
  later: (fn, ms) => setTimeout(fn, ms),
  cancel: (id) => clearTimeout(id),
  every: (fn, ms) => setInterval(fn, ms),
  pace: (fn) => onTick(fn),
  frame: (fn) => nextFrame(fn),
  hidden: () => document.hidden,
  onVisible: (fn) => document.addEventListener("visibilitychange", fn),
  signIn: () => location.reload(), // the server leads to the sign-in page, a wall to its pairing
});

function openSocket(path) {
  const url = new URL(path, location.href);
  url.protocol = url.protocol.replace("http", "ws");
  const socket = new WebSocket(url);
  socket.binaryType = "arraybuffer";
  return socket;
}

/** Next animation frame; background windows get none, so a timer stands behind it. */
function nextFrame(fn) {
  let done = false;
  const once = () => {
    if (done) return;
    done = true;
    fn();
  };
  requestAnimationFrame(once);
  setTimeout(once, 250);
}

export class LiveClient {
  #world;
  #socket = null;
  #change = noChange();
  #asked = false;
  #odd = false;
  #attempt = 0;
  #timer = null;
  #heard = -Infinity;
  #opened = -Infinity;
  #wasLive = null;
  #building = null;
  #stopped = false;
  #listeners = { change: new Set(), alarm: new Set(), alarms: new Set(), incident: new Set(), health: new Set(), snapshot: new Set() };

  constructor(world = browser()) {
    this.#world = world;
    this.present = new Present();
  }

  get alarms() {
    return this.present.alarms;
  }

  get status() {
    return this.present.status;
  }

  get recent() {
    return this.present.recent(this.serverNow());
  }

  /** The server's clock, in ms. */
  serverNow() {
    return this.#world.now() + this.present.offset;
  }

  /** @returns {{live: boolean, known: boolean, silentMs: number, dataAgeMs: number|null}} */
  health() {
    const silentMs = this.#world.tick() - this.#heard;
    const { data, id } = this.present;
    return {
      live: id !== null && silentMs < SILENCE_MS,
      known: id !== null,
      silentMs,
      dataAgeMs: data === null ? null : this.serverNow() - data,
    };
  }

  /**
   * @param {"change"|"alarm"|"alarms"|"incident"|"health"|"snapshot"} what `change` comes with the next frame; `alarm` at once
   *   for each, also in a hidden tab; `alarms` at once when some came, in a tab that is seen;
   *   `incident` for each that people worked on
   * @param {Function} fn
   * @returns {() => void} stops it
   */
  on(what, fn) {
    this.#listeners[what].add(fn);
    return () => this.#listeners[what].delete(fn);
  }

  #tell(what, ...args) {
    for (const fn of this.#listeners[what]) {
      try {
        fn(...args);
      } catch (error) {
        console.error(error); // one broken panel must not stop the alarms of the others
      }
    }
  }

  /** Begins; resolves with the first snapshot. @param {string|null} building whose values to stream too */
  start(building = null) {
    this.#building = building;
    this.#world.onVisible(() => this.#flushIfSeen({ all: true }));
    this.#world.every(() => this.#watchSilence(), HEALTH_MS);
    this.#world.pace(() => this.#pace());
    return new Promise((resolve) => {
      const off = this.on("snapshot", () => {
        off();
        resolve(this.present);
      });
      this.#snapshot();
    });
  }

  stop() {
    this.#stopped = true;
    this.#close();
  }

  /** Streams the values of another building (or none). @param {string|null} building */
  watch(building) {
    if (building === this.#building) return;
    this.#building = building;
    if (this.#socket?.readyState === OPEN) this.#socket.send(building ?? "");
    else if (this.#socket) this.#open();
  }

  async #snapshot() {
    this.#close();
    try {
      const answer = await this.#world.fetch("/live/snapshot");
      if (answer.status === 401) return void this.#world.signIn();
      if (!answer.ok) throw new Error(`snapshot: ${answer.status}`);
      this.#take(await answer.json());
    } catch {
      this.#retry(() => this.#snapshot());
    }
  }

  #take(snapshot) {
    if (this.#stopped) return;
    const first = this.present.id === null;
    this.present.load(snapshot, this.#world.now());
    this.#change = { ...noChange(), full: true };
    if (first) this.#hear(); // later only the stream itself proves that the picture lives
    this.#tell("snapshot", this.present);
    this.#ask();
    this.#open();
  }

  #open() {
    this.#close();
    const query = new URLSearchParams({ after: this.present.id });
    if (this.#building) query.set("building", this.#building);
    const socket = this.#world.open(`/live/ws?${query}`);
    this.#socket = socket;
    this.#opened = this.#world.tick();
    socket.onmessage = ({ data }) => socket === this.#socket && this.#receive(data);
    socket.onclose = () => socket === this.#socket && this.#lost();
  }

  #receive(data) {
    let frame;
    try {
      frame = readFrame(data);
    } catch (error) {
      console.error(error); // not ours, or of a newer server: start again, ever more slowly
      this.#close();
      this.#retry(() => this.#snapshot());
      return;
    }
    if (PROOFS.has(frame.kind)) {
      this.#attempt = 0;
      this.#hear();
    }
    this.#takeFrame(frame);
    this.#ask();
  }

  #takeFrame({ kind, content }) {
    if (kind === "changes" || kind === "work") this.#takeChanges(content);
    else if (kind === "beat") this.present.beat(content, this.#world.now());
    else if (kind === "hello") this.present.greet(content);
    else if (kind === "values") this.present.applyValues(content, this.#change);
    else this.#snapshot(); // reset
  }

  #takeChanges(frame) {
    const whole = this.present.applyChanges(frame, this.#change, (...alarm) => this.#tell("alarm", ...alarm));
    if (!whole) return void this.#snapshot();
    for (const incident of frame.incidents) this.#tell("incident", incident);
    if (frame.rows.length && !this.#world.hidden()) this.#tell("alarms");
  }

  /** The first time the stream resumes where it stopped; after that a snapshot also says 401. */
  #lost() {
    this.#close();
    this.#retry(this.#attempt === 0 ? () => this.#open() : () => this.#snapshot());
  }

  #retry(fn) {
    if (this.#stopped) return;
    this.#world.cancel(this.#timer);
    this.#timer = this.#world.later(fn, backOff(this.#attempt));
    this.#attempt += 1;
  }

  #close() {
    this.#world.cancel(this.#timer);
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }

  #hear() {
    this.#heard = this.#world.tick();
    this.#watchHealth();
  }

  #watchHealth() {
    const health = this.health();
    if (health.live !== this.#wasLive) {
      this.#wasLive = health.live;
      this.#tell("health", health);
    }
  }

  #watchSilence() {
    this.#watchHealth();
    const silent = this.#world.tick() - Math.max(this.#heard, this.#opened) > SILENCE_MS;
    if (silent && this.#socket) this.#lost(); // a dead connection says nothing by itself
  }

  /** What needs a person waits for the next frame of the screen at most. */
  #ask() {
    if (this.#asked || !(this.#change.full || this.#change.alarms.size)) return;
    this.#asked = true;
    this.#world.frame(() => {
      this.#asked = false;
      this.#flushIfSeen({ all: this.#change.full });
    });
  }

  /**
   * Health, statuses and values are painted with the page's clock, the latter at every second tick, each page at
   * its own time: many screens on one machine that paint a frame of the stream together would keep an alarm waiting.
   */
  #pace() {
    this.#tell("health", this.health());
    this.#odd = !this.#odd;
    if (this.#odd) this.#flushIfSeen({ all: true });
  }

  #flushIfSeen({ all }) {
    if (this.#world.hidden() || isEmpty(this.#change)) return;
    const change = this.#change;
    this.#change = noChange();
    if (!all) {
      Object.assign(this.#change, { slots: change.slots, values: change.values });
      Object.assign(change, { slots: new Set(), values: new Map() });
    }
    this.#tell("change", change);
  }
}
