/** Colours of the built-in basemap: neutral, so that only what is abnormal has colour. */

export const GROUND = {
  sea: "#0c0f11",
  land: "#101316",
  landLine: "#272e35",
  own: "#1b1f23",
  communityLine: "#434d57",
  workPointLine: "#56616c",
  outline: "#66727e",
  water: "#16242c",
  waterLine: "#1f3540",
  runway: "#22282e",
  casing: "#15181b",
  main: "#414b55",
  mainNear: "#38424b",
  lane: "#30373f",
  building: "#343d46",
  buildingLine: "#4a555f",
  chosen: "#e8eaed",
};

export const TEXT = {
  strong: "#d5dade",
  plain: "#aab3bc",
  quiet: "#7d8893",
  halo: "#15181b",
};

/** Fill and line of a building by its worst status; what is normal stays ground. */
export const BUILDING = {
  normal: [GROUND.building, GROUND.buildingLine],
  disabled: [GROUND.building, GROUND.buildingLine],
  stale: ["#343b42", "#868e96"],
  fault: ["#4d4527", "#ffd43b"],
  prealarm: ["#5c4025", "#ff922b"],
  alarm: ["#7a2a2e", "#ff4d4f"],
};

/** The page's own font stack, for text on a canvas. */
export const fontOf = (size, weight = 400) =>
  `${weight} ${size}px "Noto Sans SC", "Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", system-ui, sans-serif`;
