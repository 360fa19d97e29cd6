import assert from "node:assert/strict";
import test from "node:test";
import { setMessages } from "../../assets/js/lib/i18n.mjs";
import { bodyOf, missing, pathOf } from "../../assets/js/lib/incident_forms.mjs";
import { rewrite, written } from "../../assets/js/lib/incident_kept.mjs";
import { concerns, tells, tellsOf } from "../../assets/js/lib/incident_panel.mjs";

setMessages({}, "zh");

const form = (entries) => {
  const data = new FormData();
  entries.forEach(([name, value]) => data.append(name, value));
  return data;
};

test("a form becomes the body of its command", () => {
  assert.deepEqual(bodyOf("dispatched", form([["to", " 微型消防站 "]])), { to: "微型消防站" });
  assert.deepEqual(bodyOf("split", form([["alarms", "3"], ["alarms", "5"], ["reason", "两处"]])), { alarms: [3, 5], reason: "两处" });
  assert.deepEqual(bodyOf("merge", form([["other", "7"], ["reason", ""]])), { other: 7, reason: "" });
  assert.deepEqual(bodyOf("close", form([["verdict", "false"], ["cause", "cooking"], ["note", ""]])), { verdict: "false", cause: "cooking", note: "" });
  assert.deepEqual(bodyOf("arrived", form([["note", ""]])), { note: "" });
});

test("the cause of a false alarm does not stay with another verdict", () => {
  assert.equal(bodyOf("close", form([["verdict", "real"], ["cause", "cooking"], ["note", "起火"]])).cause, null);
});

test("what is missing is said before anything is sent", () => {
  const close = (verdict, cause, note) => missing("close", { verdict, cause, note });
  assert.equal(close("", null, ""), "请选择结论");
  assert.equal(close("false", null, ""), "请选择误报原因");
  assert.equal(close("false", null, "油烟"), "请选择误报原因");
  assert.equal(close("real", null, " "), "真警请写明现场情况");
  assert.deepEqual([close("false", "steam", ""), close("test", null, ""), missing("arrived", { note: "" })], ["", "", ""]);
  assert.ok(missing("dispatched", { to: "" }) && missing("note", { text: "" }) && missing("merge", { other: 0 }) && missing("split", { alarms: [] }));
});

test("a fire is confirmed at its alarm, all else at the incident", () => {
  assert.equal(pathOf({ act: "confirm", incident: "4", alarm: "9" }), "/api/v1/alarms/9/confirm");
  assert.equal(pathOf({ act: "ended", incident: "4" }), "/api/v1/incidents/4/ended");
});

test("a panel is asked for again by what changed in its incident, not by a repeat", () => {
  const alarm = { id: 1, version: 2, count: 1, last_at: 5, acked_at: null, response: "none", incident: 4, building: "B1" };
  assert.equal(tells(alarm, null), true);
  assert.equal(tells({ ...alarm, version: 3, count: 2, last_at: 9 }, alarm), false);
  assert.equal(tells({ ...alarm, version: 3, acked_at: 9 }, alarm), true);
  assert.equal(tells({ ...alarm, version: 3 }, alarm), true);
  assert.equal(tells(alarm, alarm), false);
});

test("an alarm concerns its incident, also one that it left, and its building", () => {
  const alarm = { incident: 4, building: "B1" };
  assert.equal(concerns({ view: "incident", id: "4" }, alarm, null), true);
  assert.equal(concerns({ view: "incident", id: "3" }, alarm, { incident: 3 }), true);
  assert.equal(concerns({ view: "incident", id: "5" }, alarm, null), false);
  assert.equal(concerns({ view: "building", id: "B1" }, alarm, null), true);
  assert.equal(concerns({ view: "community", id: "B1" }, alarm, null), false);
  assert.equal(concerns(undefined, alarm, null), false);
});

test("work on an incident concerns its panel and those of its buildings", () => {
  const incident = { id: 4, buildings: ["B1", "B2"] };
  assert.equal(tellsOf({ view: "incident", id: "4" }, incident), true);
  assert.equal(tellsOf({ view: "incident", id: "44" }, incident), false);
  assert.equal(tellsOf({ view: "building", id: "B2" }, incident), true);
  assert.equal(tellsOf({ view: "building", id: "B3" }, incident), false);
  assert.equal(tellsOf({ view: "device", id: "4" }, incident), false);
  assert.equal(tellsOf(undefined, incident), false);
});

test("half a sentence and choices are put back into a form made anew", () => {
  const fields = () => [
    { name: "verdict", type: "radio", value: "real", checked: false },
    { name: "verdict", type: "radio", value: "false", checked: false },
    { name: "note", type: "textarea", value: "" },
  ];
  const [before, after] = [fields(), fields()];
  before[1].checked = true;
  before[2].value = "半句";
  rewrite(after, written(before));
  assert.deepEqual(after, before);
});

test("photos that are too large, or none, are not sent", () => {
  assert.equal(missing("photo", { files: [] }), "请选择照片");
  assert.equal(missing("photo", { files: [{ size: 8_000_001 }] }), "照片不能超过 8 MB");
  assert.equal(missing("photo", { files: [{ size: 8_000_000 }] }), "");
  assert.equal(pathOf({ act: "photo", incident: "4" }), "/api/v1/incidents/4/photos");
});

test("a chosen file can not be put back and is not tried", () => {
  assert.deepEqual(written([{ name: "files", type: "file", value: "C:\\fakepath\\a.jpg" }]), []);
});
