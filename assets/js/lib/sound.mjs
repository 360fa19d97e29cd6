/** A short tone for every new fire; muting ends by itself, and a browser that blocks sound is told. */

const MUTE_MINUTES = 10;
const TONES = [
  [880, 0],
  [660, 0.18],
  [880, 0.36],
];
const TONE_S = 0.15;
const LOUDNESS = 0.25;

function beep(audio, frequency, at) {
  const tone = audio.createOscillator();
  const volume = audio.createGain();
  tone.type = "triangle";
  tone.frequency.value = frequency;
  volume.gain.setValueAtTime(0, at);
  volume.gain.linearRampToValueAtTime(LOUDNESS, at + 0.01);
  volume.gain.setValueAtTime(LOUDNESS, at + TONE_S - 0.03);
  volume.gain.linearRampToValueAtTime(0, at + TONE_S);
  tone.connect(volume).connect(audio.destination);
  tone.start(at);
  tone.stop(at + TONE_S);
}

export class Siren {
  #audio = null;
  #mutedUntil = 0;
  #timer = null;
  #listeners = new Set();

  /** @param {() => AudioContext} [make] @param {() => number} [now] ms */
  constructor(make = () => new AudioContext(), now = () => Date.now()) {
    this.make = make;
    this.now = now;
  }

  get muted() {
    return this.now() < this.#mutedUntil;
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

  async ring() {
    if (this.muted) return;
    await this.arm();
    if (this.blocked) return;
    const start = this.#audio.currentTime + 0.02;
    TONES.forEach(([frequency, after]) => beep(this.#audio, frequency, start + after));
  }

  mute(minutes = MUTE_MINUTES) {
    this.#mutedUntil = this.now() + minutes * 60_000;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#tell(), minutes * 60_000);
    this.#tell();
  }

  unmute() {
    this.#mutedUntil = 0;
    clearTimeout(this.#timer);
    this.arm();
    this.#tell();
  }
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
