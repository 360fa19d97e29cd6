import assert from "node:assert/strict";
import test from "node:test";
import { setMessages } from "../../assets/js/lib/i18n.mjs";
import { hiddenOf } from "../../assets/js/lib/layers_menu.mjs";
import { communityOf } from "../../assets/js/lib/queue_row.mjs";
import { stepTo } from "../../assets/js/lib/search.mjs";

setMessages({}, "zh");

test("arrows walk through the results and back into the box", () => {
  const walk = (keys) => keys.reduce((at, key) => stepTo(at, key, 3), -1);
  const [down, up] = ["ArrowDown", "ArrowUp"];
  assert.deepEqual([walk([down]), walk([down, down, down, down]), walk([down, up]), walk([up])], [0, 2, -1, 2]);
});

test("a layer counts as hidden only if it is usually shown", () => {
  const usual = { names: true, buildings: true, devices: true, hydrant: true, micro_station: true, camera: false };
  assert.equal(hiddenOf(usual), 0);
  assert.equal(hiddenOf({ ...usual, devices: false, hydrant: false }), 2);
  assert.equal(hiddenOf({ ...usual, camera: true }), 0);
});

test("a row of the queue names its community without the word that all share", () => {
  assert.equal(communityOf({ community_name: "沙塘社区", community_name_en: "Shatang Community" }), "沙塘");
});
