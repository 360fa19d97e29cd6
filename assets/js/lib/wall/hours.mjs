/** Alarms by hour, today against the usual: the geometry is pure, the drawing small. */

const SVG = "http://www.w3.org/2000/svg";
const HOURS = 24;
/** Hours that are written under the axis. */
const TICKS = [0, 6, 12, 18];

/** Smallest of 1, 2, 5, 10, 20 … that is at least the value. */
export function niceTop(value) {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, value)));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= value) ?? 10 * power;
}

/**
 * Where everything stands, in pixels.
 * @param {{hours: number[], usual: number[], width: number, height: number, text: number}} facts
 *   hours: today's that have begun; text: font size
 */
export function hourGeometry({ hours, usual, width, height, text }) {
  const left = text * 2.2;
  const top = text * 0.7;
  const bottom = height - text * 1.6;
  const step = (width - left) / HOURS;
  const most = niceTop(Math.max(1, ...hours, ...usual));
  const y = (value) => bottom - ((bottom - top) * value) / most;
  const bars = hours.map((count, i) => ({
    x: left + i * step + step * 0.14,
    y: y(count),
    width: step * 0.72,
    height: bottom - y(count),
    count,
    running: i === hours.length - 1,
  }));
  const line = usual.flatMap((count, i) => [
    [left + i * step, y(count)],
    [left + (i + 1) * step, y(count)],
  ]);
  const ticks = TICKS.map((hour) => ({ x: left + hour * step, text: String(hour).padStart(2, "0") }));
  return { bars, line, ticks, left, top, bottom, width, height, text, grid: [0, most / 2, most].map((value) => ({ value, y: y(value) })) };
}

function make(tag, attributes, text) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  if (text !== undefined) node.textContent = text;
  return node;
}

/**
 * Draws the chart.
 * @param {ReturnType<typeof hourGeometry>} g
 * @param {string} label what it says, for those who can't see it
 * @returns {SVGElement}
 */
export function drawHours(g, label) {
  const svg = make("svg", { viewBox: `0 0 ${g.width} ${g.height}`, width: g.width, height: g.height, role: "img", "aria-label": label, class: "hours" });
  for (const { value, y } of g.grid) {
    svg.append(make("line", { x1: g.left, x2: g.width, y1: y, y2: y, class: "hours-grid" }));
    if (Number.isInteger(value)) svg.append(make("text", { x: g.left - g.text * 0.4, y: y + g.text * 0.36, class: "hours-label hours-label-y", "font-size": g.text }, String(value)));
  }
  for (const bar of g.bars) {
    const { x, y, width, height } = bar;
    svg.append(make("rect", { x, y, width, height, class: bar.running ? "hours-bar hours-bar-running" : "hours-bar" }));
  }
  svg.append(make("polyline", { points: g.line.map((point) => point.map((n) => n.toFixed(1)).join(",")).join(" "), class: "hours-usual" }));
  for (const { x, text } of g.ticks) svg.append(make("text", { x, y: g.height - g.text * 0.4, class: "hours-label", "font-size": g.text }, text));
  return svg;
}
