/** A tone for every new alarm, by severity; muting ends by itself, and a browser that blocks sound is told. */

export const MUTE_MS = 5 * 60_000;
/** Hertz and seconds: a fire is three tones high, the rest is lower and shorter. */
const TONES = {
  fire: [[880, 0], [660, 0.18], [880, 0.36]],
  prealarm: [[587, 0], [494, 0.2]],
  fault: [[392, 0]],
};
const TONE_S = 0.15;
const LOUDNESS = { fire: 0.25, prealarm: 0.16, fault: 0.09 };
/** What is no fire sounds at most so often: in a flood it would be one noise. */
const REST_MS = 4000;

function beep(audio, frequency, at, loudness) {
  const tone = audio.createOscillator();
  const volume = audio.createGain();
  tone.type = "triangle";
  tone.frequency.value = frequency;
  volume.gain.setValueAtTime(0, at);
  volume.gain.linearRampToValueAtTime(loudness, at + 0.01);
  volume.gain.setValueAtTime(loudness, at + TONE_S - 0.03);
  volume.gain.linearRampToValueAtTime(0, at + TONE_S);
  tone.connect(volume).connect(audio.destination);
  tone.start(at);
  tone.stop(at + TONE_S);
}

export class Siren {
  #audio = null;
  #mutedUntil = 0;
  #quietUntil = 0;
  #listeners = new Set();

  /** @param {() => AudioContext} [make] @param {() => number} [now] ms */
  constructor(make = () => new AudioContext(), now = () => Date.now()) {
    this.make = make;
    this.now = now;
  }

  /** How long it stays silent yet, ms. */
  get left() {
    return Math.max(0, this.#mutedUntil - this.now());
  }

  get muted() {
    return this.left > 0;
  }

  /** Whether the browser waits for a click before it lets a page sound. */
  get blocked() {
    return this.#audio !== null && this.#audio.state === "suspended";
  }

  /** @param {() => void} fn called when muted or blocked changes */
  on(fn) {
    this.#listeners.add(fn);
  }

  #tell() {
    this.#listeners.forEach((fn) => fn());
  }

  /** Opens the sound device; browsers allow it after a click or key. */
  async arm() {
    try {
      this.#audio ??= this.make();
      if (this.#audio.state === "suspended") await Promise.race([this.#audio.resume(), pause(300)]);
    } catch {
      this.#audio = { state: "suspended", resume: () => Promise.resolve() }; // no sound device at all
    }
    this.#tell();
  }

  /** @param {"fire"|"prealarm"|"fault"} severity a fire is never muted: it ends the silence */
  async ring(severity) {
    if (severity === "fire") this.#mutedUntil = 0;
    else if (this.muted || this.now() < this.#quietUntil) return;
    else this.#quietUntil = this.now() + REST_MS;
    await this.arm();
    if (this.blocked) return;
    const start = this.#audio.currentTime + 0.02;
    TONES[severity].forEach(([frequency, after]) => beep(this.#audio, frequency, start + after, LOUDNESS[severity]));
  }

  mute() {
    this.#mutedUntil = this.now() + MUTE_MS;
    this.#tell();
  }

  unmute() {
    this.#mutedUntil = 0;
    this.arm();
    this.#tell();
  }

  toggle() {
    if (this.muted || this.blocked) this.unmute();
    else this.mute();
  }
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** What an alarm sounds like when it is new; null when nobody has to look up. @param {object} alarm @param {object|null} previous */
export function severityOf(alarm, previous) {
  if (previous || alarm.closed_at || alarm.acked_at || alarm.suppressed_at || alarm.out_of_service_at) return null;
  return alarm.kind === "fire" || alarm.kind === "prealarm" ? alarm.kind : "fault";
}
