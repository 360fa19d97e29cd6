/** A static index of points: which of them lie in a rectangle, or nearest to a place. */

/**
 * @param {ArrayLike<number>} x @param {ArrayLike<number>} y same length, any plane
 * @param {number} [perCell] points a cell holds on average
 */
export class GridIndex {
  constructor(x, y, perCell = 8) {
    this.x = x;
    this.y = y;
    this.n = x.length;
    this.#bounds();
    const cells = Math.max(1, Math.ceil(Math.sqrt(this.n / perCell)));
    this.side = cells;
    this.kx = cells / (this.x1 - this.x0 || 1);
    this.ky = cells / (this.y1 - this.y0 || 1);
    this.#fill();
  }

  /** @returns {import("./shapes.mjs").Box|null} what the points fill; null without any */
  get box() {
    return this.n ? [this.x0, this.y0, this.x1, this.y1] : null;
  }

  #bounds() {
    [this.x0, this.y0, this.x1, this.y1] = [Infinity, Infinity, -Infinity, -Infinity];
    for (let i = 0; i < this.n; i++) {
      this.x0 = Math.min(this.x0, this.x[i]);
      this.x1 = Math.max(this.x1, this.x[i]);
      this.y0 = Math.min(this.y0, this.y[i]);
      this.y1 = Math.max(this.y1, this.y[i]);
    }
  }

  #column(x) {
    return Math.max(0, Math.min(this.side - 1, Math.floor((x - this.x0) * this.kx)));
  }

  #row(y) {
    return Math.max(0, Math.min(this.side - 1, Math.floor((y - this.y0) * this.ky)));
  }

  #fill() {
    this.start = new Uint32Array(this.side * this.side + 1);
    const cell = new Uint32Array(this.n);
    for (let i = 0; i < this.n; i++) {
      cell[i] = this.#row(this.y[i]) * this.side + this.#column(this.x[i]);
      this.start[cell[i] + 1]++;
    }
    for (let c = 0; c < this.start.length - 1; c++) this.start[c + 1] += this.start[c];
    const next = this.start.slice();
    this.items = new Uint32Array(this.n);
    for (let i = 0; i < this.n; i++) this.items[next[cell[i]]++] = i;
  }

  /** Calls `fn(index)` for every point in the rectangle. */
  each(x0, y0, x1, y1, fn) {
    if (this.n === 0 || x1 < this.x0 || x0 > this.x1 || y1 < this.y0 || y0 > this.y1) return;
    const [c0, c1] = [this.#column(x0), this.#column(x1)];
    for (let row = this.#row(y0); row <= this.#row(y1); row++) {
      const end = this.start[row * this.side + c1 + 1];
      for (let k = this.start[row * this.side + c0]; k < end; k++) {
        const i = this.items[k];
        if (this.x[i] >= x0 && this.x[i] <= x1 && this.y[i] >= y0 && this.y[i] <= y1) fn(i);
      }
    }
  }

  /** The point nearest to (x, y) within `radius`, or -1; `accept(i)` may refuse points. */
  nearest(x, y, radius, accept = () => true) {
    let best = -1;
    let least = radius * radius;
    this.each(x - radius, y - radius, x + radius, y + radius, (i) => {
      const d = (this.x[i] - x) ** 2 + (this.y[i] - y) ** 2;
      if (d <= least && accept(i)) [best, least] = [i, d];
    });
    return best;
  }
}
