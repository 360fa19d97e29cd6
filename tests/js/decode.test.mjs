import assert from "node:assert/strict";
import test from "node:test";
import { bytesOf, decodeContext, decodeMap, rowsOf } from "../../assets/js/lib/decode.mjs";
import { unproject } from "../../assets/js/lib/mercator.mjs";
import { CONTEXT, mapBin, makeTown } from "./cast.mjs";

const near = (a, b, tolerance = 1e-6) => assert.ok(Math.abs(a - b) < tolerance, `${a} is not ${b}`);

test("devices come back where they are, to a quarter of a metre", () => {
  const { n, x, y, building, kind } = decodeMap(mapBin()).devices;
  assert.equal(n, 5);
  const [lon, lat] = unproject(x[2], y[2]);
  near(lon, 118.615);
  near(lat, 24.771);
  assert.deepEqual([...building], [0, 0, 1, 2, 65535]);
  assert.deepEqual([...kind], [0, 1, 5, 0, 6]);
});

test("footprints come back as rings", () => {
  const { n, ringStart, ringXY, x, y } = decodeMap(mapBin()).footprints;
  assert.equal(n, 3);
  assert.deepEqual([...ringStart], [0, 8, 16, 24]);
  const [lon, lat] = unproject(ringXY[10], ringXY[11]);
  near(lon, 118.6151);
  near(lat, 24.7709);
  near(unproject(x[1], y[1])[0], 118.615);
});

test("a file that is cut off or of another format is refused", () => {
  assert.throws(() => decodeMap(mapBin().slice(0, -3)), /cut off/);
  assert.throws(() => decodeMap(new ArrayBuffer(80)), /XTG2/);
});

test("buildings are found by id and know their devices and community", () => {
  const town = makeTown();
  const i = town.buildings.index.get("B2");
  assert.deepEqual([...town.devicesOf(0)], [0, 1]);
  assert.deepEqual([...town.devicesOf(i)], [2]);
  assert.equal(town.buildings.community[i], town.codeIndex.get("002"));
  const [lon, lat] = unproject(town.buildings.x[i], town.buildings.y[i]);
  near(lon, 118.615);
  near(lat, 24.771);
});

test("a device in the street belongs to the community it stands in", () => {
  assert.deepEqual([...makeTown().devices.community], [0, 0, 1, 0, 1]);
});

test("the outline leaves out the border that two communities share", () => {
  const { outline, communityBorders } = decodeContext(CONTEXT);
  const edges = (lines) => lines.reduce((sum, line) => sum + line.length / 2 - 1, 0);
  assert.equal(edges(outline[0].lines), 6);
  assert.equal(edges(communityBorders[0].lines), 1);
});

test("context without optional layers still decodes", () => {
  const context = decodeContext({ communities: CONTEXT.communities });
  assert.equal(context.communities.length, 2);
  assert.deepEqual(context.streets, []);
  assert.deepEqual(context.facilities, {});
});

test("groups list their members and leave out what belongs to none", () => {
  const { start, items } = rowsOf([1, 0, 9, 1], 2);
  assert.deepEqual([...start], [0, 1, 3]);
  assert.deepEqual([...items], [1, 0, 3]);
});

test("status bytes come out of base64", () => assert.deepEqual([...bytesOf("AAUD")], [0, 5, 3]));

test("an alarm's place comes from the geometry", () => {
  const town = makeTown();
  const inside = town.about(2);
  assert.deepEqual([inside.building, inside.building_name, inside.community_name], ["B2", "乙楼", "杏田社区"]);
  near(inside.lon, 118.615);
  assert.equal(town.about(4).building, null);
  assert.deepEqual(town.about(99), {});
});
