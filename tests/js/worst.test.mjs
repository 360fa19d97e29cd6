import assert from "node:assert/strict";
import test from "node:test";
import { Worst } from "../../assets/js/lib/worst.mjs";
import { makeTown } from "./cast.mjs";

const changes = () => ({ buildings: new Set(), communities: new Set() });

test("the worst device decides, for building and community", () => {
  const worst = new Worst(makeTown(), Uint8Array.of(0, 3, 5, 0, 2));
  assert.deepEqual([...worst.building], [3, 5, 0]);
  assert.deepEqual([...worst.community], [3, 5]);
  assert.deepEqual([...worst.counts], [2, 0, 1, 1, 0, 1]);
  assert.deepEqual([...worst.communityCounts(1)], [0, 0, 1, 0, 0, 1]);
});

test("it gets better as well as worse, and says what looks different", () => {
  const worst = new Worst(makeTown(), Uint8Array.of(0, 0, 0, 0, 0));
  const up = changes();
  assert.equal(worst.set(1, 5, up), true);
  assert.deepEqual([[...up.buildings], [...up.communities]], [[0], [0]]);
  const same = changes();
  worst.set(0, 3, same);
  assert.deepEqual([...same.buildings], [], "a fault beside a fire changes no colour");
  const down = changes();
  worst.set(1, 0, down);
  assert.equal(worst.building[0], 3);
  assert.equal(worst.community[0], 3);
});

test("a device in the street counts for its community, not for a building", () => {
  const worst = new Worst(makeTown(), Uint8Array.of(0, 0, 0, 0, 0));
  const changed = changes();
  worst.set(4, 4, changed);
  assert.equal(changed.buildings.size, 0);
  assert.equal(worst.community[1], 4);
});

test("a status that is known, or of no known device, changes nothing", () => {
  const worst = new Worst(makeTown(), Uint8Array.of(0, 0, 0, 0, 0));
  assert.equal(worst.set(0, 0, changes()), false);
  assert.equal(worst.set(99, 5, changes()), false);
});

test("many random changes leave the same as counting anew", () => {
  const town = makeTown();
  const status = Uint8Array.of(0, 1, 2, 3, 4);
  const worst = new Worst(town, status);
  let seed = 7;
  const next = (n) => (seed = (seed * 1103515245 + 12345) & 0x7fffffff) % n;
  for (let i = 0; i < 500; i++) {
    const [slot, code] = [next(5), next(6)];
    status[slot] = code;
    worst.set(slot, code, changes());
  }
  const anew = new Worst(town, status);
  for (const part of ["building", "community", "counts", "perBuilding", "perCommunity"]) assert.deepEqual(worst[part], anew[part], part);
});
