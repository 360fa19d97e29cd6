/** Groups marks that would cover each other, so that none is hidden: pure. */

/**
 * @typedef {{x: number, y: number, rank: number}} Point pixels, and how much it matters (larger first)
 * @typedef {{x: number, y: number, members: number[]}} Group the first member is the one that matters most
 */

/**
 * Every group sits on its most important member; a member lies within `radius` of that.
 * @param {Point[]} points
 * @param {number} radius pixels
 * @returns {Group[]} the most important last, as they should be painted
 */
export function cluster(points, radius) {
  const order = points.map((_, i) => i).sort((a, b) => points[b].rank - points[a].rank || a - b);
  const cells = new Map();
  const cellOf = (v) => Math.floor(v / radius);
  const groups = [];
  for (const i of order) {
    const { x, y } = points[i];
    const home = nearby(cells, cellOf(x), cellOf(y)).find((g) => (g.x - x) ** 2 + (g.y - y) ** 2 <= radius * radius);
    if (home) {
      home.members.push(i);
      continue;
    }
    const group = { x, y, members: [i] };
    groups.push(group);
    const key = `${cellOf(x)}:${cellOf(y)}`;
    if (!cells.has(key)) cells.set(key, []);
    cells.get(key).push(group);
  }
  return groups.reverse();
}

function nearby(cells, cx, cy) {
  const found = [];
  for (let dy = -1; dy <= 1; dy++) {
    for (let dx = -1; dx <= 1; dx++) found.push(...(cells.get(`${cx + dx}:${cy + dy}`) ?? []));
  }
  return found;
}
