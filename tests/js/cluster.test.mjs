import assert from "node:assert/strict";
import test from "node:test";
import { Groups, byRank } from "../../assets/js/lib/cluster.mjs";

const RADIUS = 15;

/** Numbers that look like chance, the same ones each time. */
function chance(seed) {
  let state = seed;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
}

const some = (n, draw, size = 300) => Array.from({ length: n }, (_, id) => ({ id, x: draw(size), y: draw(size), rank: draw(6) }));

/** Groups as ids: the lead, then its members. */
const told = (all) =>
  [...all].map(({ lead, members }) => [lead.id, ...[...members].map(({ id }) => id).sort((a, b) => a - b)]).sort(([a], [b]) => a - b);

function made(points) {
  const groups = new Groups(RADIUS, () => assert.fail("nothing is told"));
  groups.reset(points);
  return groups;
}

test("no alarm is hidden: every one is in one group, what matters most leads", () => {
  const points = some(400, chance(1));
  const { all } = made(points);
  const members = [...all].flatMap((group) => [...group.members]);
  assert.deepEqual(members.map(({ id }) => id).sort((a, b) => a - b), points.map(({ id }) => id));
  for (const { lead, members: own } of all) {
    for (const point of own) {
      assert.ok(byRank(lead, point) <= 0);
      assert.ok(Math.hypot(point.x - lead.x, point.y - lead.y) <= RADIUS);
    }
  }
  const leads = [...all].map(({ lead }) => lead);
  for (const a of leads) for (const b of leads) assert.ok(a === b || Math.hypot(a.x - b.x, a.y - b.y) > RADIUS);
});

test("whatever comes, changes and goes, the groups are those of a fresh start, and each that changed is told", () => {
  const draw = chance(2);
  for (const size of [12, 60, 300]) {
    const points = new Map(some(150, draw, size).map((point) => [point.id, point]));
    const picture = new Map(); // what a listener knows
    const groups = new Groups(RADIUS, ({ lead, members }) => {
      if (members.size) picture.set(lead.id, [...members].map(({ id }) => id).sort((a, b) => a - b));
      else picture.delete(lead.id);
    });
    groups.reset([...points.values()].map((point) => ({ ...point })));
    for (const [lead, ...members] of told(groups.all)) picture.set(lead, members);
    for (let step = 0; step < 400; step++) {
      const id = draw(220);
      if (points.has(id) && draw(3) === 0) {
        points.delete(id);
        groups.drop(id);
      } else {
        const old = points.get(id);
        const point = old && draw(2) ? { ...old, rank: draw(6) } : { id, x: draw(size), y: draw(size), rank: draw(6) };
        points.set(id, point);
        groups.put({ ...point });
      }
      const fresh = told(made([...points.values()]).all);
      assert.deepEqual(told(groups.all), fresh);
      assert.deepEqual([...picture].map(([lead, members]) => [lead, ...members]).sort(([a], [b]) => a - b), fresh);
    }
  }
});

test("one that comes changes its neighbourhood and nothing else", () => {
  const heard = [];
  const groups = new Groups(RADIUS, ({ lead }) => heard.push(lead.id));
  groups.reset([{ id: 1, x: 0, y: 0, rank: 2 }, { id: 2, x: 100, y: 0, rank: 2 }, { id: 3, x: 110, y: 0, rank: 4 }]);
  groups.put({ id: 4, x: 104, y: 0, rank: 0 });
  assert.deepEqual([...new Set(heard)].sort(), [2, 4]);
  assert.deepEqual(told(groups.all), [[1, 1], [4, 2, 3, 4]]);
  heard.length = 0;
  groups.put({ id: 4, x: 104, y: 0, rank: 0, news: "repeated" });
  groups.drop(77);
  assert.deepEqual(heard, [], "nothing that a group shows has changed");
});
