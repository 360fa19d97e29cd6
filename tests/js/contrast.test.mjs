import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { BUILDING, GROUND, TEXT } from "../../assets/js/lib/layers/palette.mjs";
import { COLOURS } from "../../assets/js/lib/marks.mjs";

const css = readFileSync(new URL("../../assets/css/base.css", import.meta.url), "utf8");
const tokens = Object.fromEntries([...css.matchAll(/^ {2}--([\w-]+): (#[0-9a-f]{6});/gm)].reverse().map(([, name, value]) => [name, value]));

function luminance(hex) {
  const [r, g, b] = [1, 3, 5]
    .map((i) => parseInt(hex.slice(i, i + 2), 16) / 255)
    .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a, b) {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

const atLeast = (ratio, front, back, what) =>
  assert.ok(contrast(front, back) >= ratio, `${what}: ${contrast(front, back).toFixed(2)} < ${ratio}`);

test("the marks have the colours of the stylesheet", () => {
  for (const [name, colour] of Object.entries(COLOURS)) assert.equal(tokens[name], colour, name);
});

test("text stands out at 4.5 to 1 on every ground that it is written on", () => {
  for (const text of ["text", "quiet", "accent", "alarm", "prealarm", "fault"]) {
    for (const ground of ["ground", "panel", "raised"]) atLeast(4.5, tokens[text], tokens[ground], `${text} on ${ground}`);
  }
  atLeast(4.5, tokens.alarm, tokens["alarm-ground"], "alarm on its row");
  atLeast(4.5, tokens.quiet, tokens["alarm-ground"], "quiet text on an alarm's row");
  atLeast(4.5, tokens.prealarm, tokens["warn-ground"], "warning badge");
  atLeast(4.5, tokens["on-action"], tokens.action, "primary button");
  atLeast(4.5, tokens["on-action"], tokens["action-hover"], "primary button under the pointer");
});

test("marks stand out at 3 to 1 on the page and on the map", () => {
  const grounds = { ground: tokens.ground, panel: tokens.panel, "the sub-district": GROUND.own };
  for (const [name, colour] of Object.entries(COLOURS)) {
    for (const [what, ground] of Object.entries(grounds)) atLeast(3, colour, ground, `${name} on ${what}`);
  }
});

test("names on the map are readable on their halo", () => {
  for (const [name, colour] of Object.entries(TEXT)) if (name !== "halo") atLeast(4.5, colour, TEXT.halo, name);
});

test("a building in alarm is told from a calm one by its line", () => {
  for (const name of ["fault", "prealarm", "alarm"]) atLeast(3, BUILDING[name][1], GROUND.own, name);
});
