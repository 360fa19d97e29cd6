import assert from "node:assert/strict";
import test from "node:test";
import { setMessages } from "../../assets/js/lib/i18n.mjs";
import { Notifier } from "../../assets/js/lib/notify.mjs";
import { MUTE_MS, Siren, severityOf } from "../../assets/js/lib/sound.mjs";
import { makeAlarm } from "./cast.mjs";

setMessages({}, "zh");

/** A sound device that counts tones. */
function makeAudio() {
  const audio = { state: "running", currentTime: 0, tones: [], destination: {} };
  const param = { setValueAtTime() {}, linearRampToValueAtTime() {} };
  audio.createGain = () => ({ gain: param, connect: (next) => next });
  audio.createOscillator = () => ({ frequency: {}, connect: (next) => next, start() {}, stop: () => audio.tones.push(1) });
  return audio;
}

function makeSiren() {
  const audio = makeAudio();
  const clock = { now: 1_000_000 };
  const siren = new Siren(() => audio, () => clock.now);
  const ring = async (severity) => {
    const before = audio.tones.length;
    await siren.ring(severity);
    return audio.tones.length - before;
  };
  return { siren, clock, ring, audio };
}

test("each severity has its own tones", async () => {
  const { clock, ring } = makeSiren();
  assert.equal(await ring("fire"), 3);
  assert.equal(await ring("prealarm"), 2);
  assert.equal(await ring("fault"), 0, "the next one within seconds is silent");
  clock.now += 5000;
  assert.equal(await ring("fault"), 1);
  assert.equal(await ring("fire"), 3);
});

test("muting ends after five minutes", async () => {
  const { siren, clock, ring } = makeSiren();
  siren.mute();
  assert.equal(siren.left, MUTE_MS);
  assert.equal(await ring("prealarm"), 0);
  clock.now += MUTE_MS - 1000;
  assert.equal(siren.left, 1000);
  clock.now += 1000;
  assert.equal(siren.muted, false);
  assert.equal(await ring("prealarm"), 2);
});

test("a new fire ends the silence and sounds", async () => {
  const { siren, ring } = makeSiren();
  siren.mute();
  assert.equal(await ring("fire"), 3);
  assert.equal(siren.muted, false);
});

test("a browser that blocks sound is told, and switching on tries again", async () => {
  const { siren, audio, ring } = makeSiren();
  audio.state = "suspended";
  audio.resume = async () => {};
  assert.equal(await ring("fire"), 0);
  assert.equal(siren.blocked, true);
  audio.resume = async () => (audio.state = "running");
  siren.toggle();
  await new Promise((resolve) => setTimeout(resolve));
  assert.equal(siren.blocked, false);
  assert.equal(siren.muted, false);
});

test("only what is new and waits for a person sounds", () => {
  assert.equal(severityOf(makeAlarm(), null), "fire");
  assert.equal(severityOf(makeAlarm({ kind: "supervisory" }), null), "fault");
  assert.equal(severityOf(makeAlarm(), makeAlarm()), null);
  assert.equal(severityOf(makeAlarm({ closed_at: 5 }), null), null);
  assert.equal(severityOf(makeAlarm({ kind: "prealarm", suppressed_at: 5 }), null), null);
});

function makeNotifier(permission, answer) {
  const shown = [];
  const api = class {
    static permission = permission;
    static requestPermission = async () => (api.permission = answer);
    constructor(title, options) {
      shown.push({ title, ...options });
    }
  };
  const kept = new Map();
  const storage = { getItem: (name) => kept.get(name) ?? null, setItem: (name, value) => kept.set(name, value), removeItem: (name) => kept.delete(name) };
  return { notifier: new Notifier(() => {}, api, storage), shown };
}

test("notifications come only when they were asked for and nobody looks at the page", async () => {
  const { notifier, shown } = makeNotifier("default", "granted");
  notifier.tell(makeAlarm(), false);
  assert.deepEqual([notifier.state, shown.length], ["off", 0]);
  await notifier.toggle();
  assert.equal(notifier.state, "on");
  notifier.tell(makeAlarm(), true);
  assert.equal(shown.length, 0);
  notifier.tell(makeAlarm(), false);
  assert.equal(shown[0].title, "新火警：沙塘 甲楼");
  await notifier.toggle();
  notifier.tell(makeAlarm(), false);
  assert.equal(shown.length, 1);
});

test("a browser that refuses or has no notifications says so", async () => {
  const { notifier } = makeNotifier("default", "denied");
  await notifier.toggle();
  assert.equal(notifier.state, "denied");
  assert.equal(new Notifier(() => {}, null, null).state, "missing");
});
