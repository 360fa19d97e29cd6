import assert from "node:assert/strict";
import test from "node:test";

import { standing } from "../../assets/js/lib/camera_view.mjs";
import { setMessages } from "../../assets/js/lib/i18n.mjs";

setMessages({});
const T = 1_000_000;
const state = (more) => ({ opened: T, frame: null, taken: null, refused: false, ...more });

test("a picture that has not come yet is waited for, then missed", () => {
  assert.equal(standing(state(), T + 4999).kind, "waiting");
  assert.deepEqual(standing(state(), T + 5000), { kind: "frozen", text: "没有画面" });
});

test("a live picture says when it was taken", () => {
  const live = standing(state({ frame: T + 10_000, taken: T + 6000 }), T + 10_500);
  assert.deepEqual(live, { kind: "live", text: "实时 · 拍摄于 4 秒前" });
});

test("without a new frame for five seconds it is frozen, with the age of what is seen", () => {
  const shown = state({ frame: T, taken: T - 4000 });
  assert.equal(standing(shown, T + 4999).kind, "live");
  assert.deepEqual(standing(shown, T + 5000), { kind: "frozen", text: "画面停滞 · 最后画面 9 秒前" });
});

test("a picture of ten minutes ago is not live, though it moves", () => {
  const shown = state({ frame: T, taken: T - 600_000 });
  assert.deepEqual(standing(shown, T), { kind: "frozen", text: "画面停滞 · 最后画面 10 分钟前" });
});

test("a camera without a stream says so at once", () => {
  assert.equal(standing(state({ refused: true }), T).kind, "refused");
});
