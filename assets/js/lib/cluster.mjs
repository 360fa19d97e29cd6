/** Groups marks that would cover each other, so that none is hidden; kept as they come and go; pure. */

/**
 * @typedef {object} Point
 * @property {number} id @property {number} x @property {number} y pixels
 * @property {number} rank how much it matters, smaller first; of equals the smaller id
 * @typedef {object} Group stands on the member that matters most; empty once it is gone
 * @property {Point} lead @property {Set<Point>} members
 */

/** Sorts what matters most first. @param {Point} a @param {Point} b */
export const byRank = (a, b) => a.rank - b.rank || a.id - b.id;

/** A number is found ten times faster than a text. */
const keyOf = (cx, cy) => cy * 67_108_864 + cx;

/** Things by squares of a side, so that neighbours are found. */
class Cells {
  #cells = new Map();

  constructor(side) {
    this.side = side;
  }

  #key({ x, y }) {
    return keyOf(Math.floor(x / this.side), Math.floor(y / this.side));
  }

  clear() {
    this.#cells.clear();
  }

  add(place, thing) {
    const key = this.#key(place);
    const cell = this.#cells.get(key);
    if (cell) cell.add(thing);
    else this.#cells.set(key, new Set([thing]));
  }

  delete(place, thing) {
    const key = this.#key(place);
    const cell = this.#cells.get(key);
    cell.delete(thing);
    if (!cell.size) this.#cells.delete(key);
  }

  /** Calls `fn(thing)` for everything in the nine squares around a place. */
  near({ x, y }, fn) {
    const cx = Math.floor(x / this.side);
    const cy = Math.floor(y / this.side);
    for (let dy = -1; dy <= 1; dy++) {
      for (let dx = -1; dx <= 1; dx++) this.#cells.get(keyOf(cx + dx, cy + dy))?.forEach(fn);
    }
  }
}

/**
 * A point leads a group unless one that matters more leads within `radius` of it; then it belongs to the one of those
 * that matters most. So the groups depend on the points alone, not on the order in which they came, and a point that
 * comes or goes changes its neighbourhood and nothing else.
 */
export class Groups {
  #points = new Map();
  #around; // every point
  #leads; // every group, where its lead stands
  #homes = new Map(); // group of each point
  /** @type {Set<Group>} */
  all = new Set();

  /** @param {number} radius pixels @param {(group: Group) => void} tell of each that changed */
  constructor(radius, tell) {
    Object.assign(this, { radius, tell });
    this.#around = new Cells(radius);
    this.#leads = new Cells(radius);
  }

  /** Takes these in place of everything; tells nothing. @param {Point[]} points */
  reset(points) {
    [this.#points, this.#homes, this.#around, this.#leads, this.all].forEach((known) => known.clear());
    for (const point of points) {
      this.#points.set(point.id, point);
      this.#around.add(point, point);
    }
    for (const point of [...points].sort(byRank)) {
      const home = this.#homeOf(point);
      if (home) this.#join(point, home);
      else this.#lead(point);
    }
  }

  /** Takes a point in, or what is new of it. @param {Point} point */
  put(point) {
    const old = this.#points.get(point.id);
    if (old && old.x === point.x && old.y === point.y && old.rank === point.rank) {
      Object.assign(old, point);
      return;
    }
    if (old) this.drop(point.id);
    this.#points.set(point.id, point);
    this.#around.add(point, point);
    this.#settle([point]);
  }

  /** @param {number} id */
  drop(id) {
    const point = this.#points.get(id);
    if (!point) return;
    this.#points.delete(id);
    this.#around.delete(point, point);
    const left = this.#leave(point);
    this.#homes.delete(point);
    this.#settle(left);
  }

  /** Places points anew, what matters most first: nothing that comes later changes what is settled. */
  #settle(points) {
    const waiting = new Set(points);
    const order = [...waiting].sort(byRank).reverse();
    while (order.length) {
      const point = order.pop();
      waiting.delete(point);
      const more = this.#place(point).filter((other) => !waiting.has(other));
      if (!more.length) continue;
      more.forEach((other) => waiting.add(other));
      order.push(...more);
      order.sort(byRank).reverse();
    }
  }

  /** @returns {Point[]} those whose place depends on what this one did */
  #place(point) {
    const home = this.#homeOf(point);
    const old = this.#homes.get(point);
    if (home ? home === old : old?.lead === point) return [];
    const left = this.#leave(point);
    if (home) {
      this.#join(point, home);
      this.tell(home);
      return left;
    }
    this.tell(this.#lead(point));
    return this.#after(point);
  }

  /** The group that a point belongs to; none if it leads. */
  #homeOf(point) {
    let best = null;
    this.#leads.near(point, (group) => {
      if (byRank(group.lead, point) < 0 && (!best || byRank(group.lead, best.lead) < 0) && this.#reaches(group.lead, point)) best = group;
    });
    return best;
  }

  #reaches(a, b) {
    return (a.x - b.x) ** 2 + (a.y - b.y) ** 2 <= this.radius * this.radius;
  }

  /** Everything within reach that matters less. */
  #after(point) {
    const found = [];
    this.#around.near(point, (other) => byRank(point, other) < 0 && this.#reaches(point, other) && found.push(other));
    return found;
  }

  #lead(point) {
    const group = { lead: point, members: new Set([point]) };
    this.#homes.set(point, group);
    this.#leads.add(point, group);
    this.all.add(group);
    return group;
  }

  #join(point, group) {
    group.members.add(point);
    this.#homes.set(point, group);
  }

  /** Takes a point out of its group; that of a lead ends. @returns {Point[]} members without a group */
  #leave(point) {
    const group = this.#homes.get(point);
    if (!group?.members.delete(point)) return []; // the group has ended already
    if (group.lead !== point) {
      this.tell(group);
      return [];
    }
    const left = [...group.members];
    group.members.clear();
    this.#leads.delete(point, group);
    this.all.delete(group);
    this.tell(group);
    return left;
  }
}
