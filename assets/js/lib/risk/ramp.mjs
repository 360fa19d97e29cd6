/** Colours of the risk: one ramp from dark to light for values, two for more and less, four levels. */
import { t } from "../i18n.mjs";

/**
 * From the ground to a pale yellow, lighter with every step, so that it reads without colour too.
 * After the idea of "inferno" (van der Walt & Smith 2015), with other stops for our ground.
 */
const VALUE = [
  [40, 36, 74, 0],
  [74, 44, 116, 120],
  [140, 52, 122, 185],
  [205, 76, 96, 215],
  [241, 130, 62, 230],
  [250, 194, 92, 240],
  [253, 246, 190, 245],
];
/** Less: blue; as many: nothing; more: orange. */
const LESS = [[94, 164, 230, 235], [60, 104, 156, 170], [60, 80, 100, 0]];
const MORE = [[100, 80, 60, 0], [190, 110, 40, 170], [255, 190, 90, 240]];
/** At so many times as many, or as few, the colour is strongest. */
export const STRONGEST = 3;

/** @param {number[][]} stops @param {number} share 0 … 1 @returns {number[]} red, green, blue, alpha */
export function mixed(stops, share) {
  const at = Math.min(1, Math.max(0, share)) * (stops.length - 1);
  const k = Math.min(stops.length - 2, Math.floor(at));
  return stops[k].map((one, c) => Math.round(one + (stops[k + 1][c] - one) * (at - k)));
}

/** A pixel of each step as `Uint32Array` of an ImageData wants it; step 0 is nothing. */
function table(colourOf) {
  const bytes = new Uint8ClampedArray(4 * 256);
  for (let step = 1; step < 256; step++) bytes.set(colourOf(step), 4 * step);
  return new Uint32Array(bytes.buffer);
}

/** Colours of values between two steps. @param {[number, number]} between */
export const valueTable = ([low, high]) => table((step) => mixed(VALUE, (step - low) / (high - low)));

/** Colours of differences. @param {(step: number) => number} timesOf how many times as many a step is */
export const differenceTable = (timesOf) =>
  table((step) => {
    const strength = Math.log(timesOf(step)) / Math.log(STRONGEST);
    return strength < 0 ? mixed(LESS, 1 + Math.max(-1, strength)) : mixed(MORE, strength);
  });

const css = ([r, g, b, a]) => `rgb(${r} ${g} ${b} / ${(a / 255).toFixed(2)})`;

/** The ramp as css, from left to right. @param {"value"|"difference"} which */
export function gradient(which) {
  const stops = which === "value" ? VALUE : [...LESS, ...MORE.slice(1)];
  return `linear-gradient(to right, ${stops.map(css).join(", ")})`;
}

/** By level, from blue to red: fill, and the line and letters on it. */
export const LEVELS = [
  { fill: "#2c4a73", line: "#7fb0ec", word: () => t("蓝"), about: () => t("其余") },
  { fill: "#6b5c1c", line: "#f2d24b", word: () => t("黄"), about: () => t("前 20%") },
  { fill: "#7c4716", line: "#ffa048", word: () => t("橙"), about: () => t("前 5%") },
  { fill: "#7f2630", line: "#ff7a7c", word: () => t("红"), about: () => t("前 1%") },
];
