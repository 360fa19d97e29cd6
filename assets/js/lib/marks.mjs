/**
 * Status as shape and colour, the same on map, list and legend.
 * Order and names follow the wire (`docs/live-protocol.md`): the index is the status byte, larger
 * is worse. `assets/css/base.css` has the same colours as variables; a test holds them equal.
 */

export const STATUS = ["normal", "disabled", "stale", "fault", "prealarm", "alarm"];
export const NORMAL = 0;
export const DISABLED = 1;
export const STALE = 2;
export const FAULT = 3;
export const PREALARM = 4;
export const ALARM = 5;

export const COLOURS = {
  normal: "#3d8b7a",
  disabled: "#5d6c7a",
  stale: "#868e96",
  fault: "#ffd43b",
  prealarm: "#ff922b",
  alarm: "#ff4d4f",
};

export const GLYPHS = { normal: "●", disabled: "✕", stale: "○", fault: "■", prealarm: "▲", alarm: "◆" };

const OF_ALARM = { fire: ALARM, prealarm: PREALARM, fault: FAULT, supervisory: FAULT };

/** Name of a status byte; unknown bytes are the worst that is known, never a calm one. */
export const statusName = (code) => STATUS[code] ?? "alarm";

/** Status byte that an alarm of this kind shows. @param {string} kind */
export const statusOfAlarm = (kind) => OF_ALARM[kind] ?? ALARM;

/** Size of a mark against the largest: what is normal stays small and calm. */
export const SIZE = [0.62, 0.8, 0.8, 0.86, 1, 1.1];

const SHAPES = {
  alarm: (path, x, y, r) => polygon(path, x, y, r, [0, -1.1, 1.1, 0, 0, 1.1, -1.1, 0]),
  prealarm: (path, x, y, r) => polygon(path, x, y, r, [0, -1.05, 1.05, 0.8, -1.05, 0.8]),
  fault: (path, x, y, r) => polygon(path, x, y, r, [-0.85, -0.85, 0.85, -0.85, 0.85, 0.85, -0.85, 0.85]),
  normal: (path, x, y, r) => path.arc(x, y, r, 0, 2 * Math.PI),
};

function polygon(path, x, y, r, points) {
  for (let i = 0; i < points.length; i += 2) {
    const px = x + r * points[i];
    const py = y + r * points[i + 1];
    if (i === 0) path.moveTo(px, py);
    else path.lineTo(px, py);
  }
  path.closePath();
}

function drawOpen(ctx, name, x, y, r) {
  ctx.lineWidth = Math.max(1.5, r * 0.42);
  ctx.strokeStyle = COLOURS[name];
  ctx.beginPath();
  if (name === "stale") {
    ctx.arc(x, y, r * 0.85, 0, 2 * Math.PI);
  } else {
    const d = r * 0.72;
    ctx.moveTo(x - d, y - d);
    ctx.lineTo(x + d, y + d);
    ctx.moveTo(x + d, y - d);
    ctx.lineTo(x - d, y + d);
  }
  ctx.stroke();
}

/**
 * Draws one mark with a dark edge that separates it from whatever lies below.
 * @param {CanvasRenderingContext2D} ctx
 * @param {number} code status byte
 * @param {number} x centre @param {number} y centre @param {number} r radius
 */
export function drawMark(ctx, code, x, y, r) {
  const name = statusName(code);
  const size = r * SIZE[STATUS.indexOf(name)];
  if (name === "stale" || name === "disabled") {
    drawOpen(ctx, name, x, y, size);
    return;
  }
  ctx.beginPath();
  SHAPES[name](ctx, x, y, size);
  ctx.lineWidth = Math.max(1.5, r * 0.3);
  ctx.lineJoin = "round";
  ctx.strokeStyle = "#14171a";
  ctx.stroke();
  ctx.fillStyle = COLOURS[name];
  ctx.fill();
}

/** An element that css paints by `data-status`. @param {string} status */
export function markElement(status) {
  const mark = document.createElement("span");
  mark.className = "mark";
  mark.dataset.status = status;
  mark.setAttribute("aria-hidden", "true");
  return mark;
}
