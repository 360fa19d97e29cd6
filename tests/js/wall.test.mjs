import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setMessages } from "../../assets/js/lib/i18n.mjs";
import { Camera, FADE_MS } from "../../assets/js/lib/wall/camera.mjs";
import { alarmLine, factsOf } from "../../assets/js/lib/wall/card.mjs";
import { dayFeed } from "../../assets/js/lib/wall/day.mjs";
import { DWELL_MS, MIN_MS, begin, step } from "../../assets/js/lib/wall/director.mjs";
import { Facts } from "../../assets/js/lib/wall/facts.mjs";
import { hourGeometry, niceTop } from "../../assets/js/lib/wall/hours.mjs";
import { detailsOf, footOf } from "../../assets/js/lib/wall/list.mjs";
import { firesOf, pageOf, rankCommunities, rowsOf } from "../../assets/js/lib/wall/rows.mjs";
import { SHIFTS, shiftAt, upgraded } from "../../assets/js/lib/wall/upkeep.mjs";
import { nearestOf } from "../../assets/js/lib/wall/ways.mjs";
import { changeWords, weekFigures } from "../../assets/js/lib/wall/week.mjs";

setMessages({}, "zh");

let number = 0;
const alarm = (more) => ({
  id: ++number,
  device: `D${number}`,
  device_name: `D${number}`,
  device_kind: "smoke",
  location: "3层",
  building: null,
  building_name: null,
  community: "001",
  kind: "fire",
  cause: "smoke_fire",
  value: 17.34,
  raised_at: 1000,
  acked_at: null,
  incident: null,
  ...more,
});

describe("director", () => {
  const views = ["whole", "point:A", "week"];
  const run = (direction, now, fires = []) => step(direction, { views, fires, now });

  test("rotates after the dwell and comes back to the first view", () => {
    let direction = begin(views, 0);
    assert.equal(run(direction, DWELL_MS - 1), direction);
    const seen = [1, 2, 3].map((turn) => (direction = run(direction, turn * DWELL_MS)).scene.key);
    assert.deepEqual(seen, ["point:A", "week", "whole"]);
  });

  test("a fire takes over at once and gives the same view back", () => {
    const view = run(begin(views, 0), DWELL_MS);
    const burning = run(view, DWELL_MS + 10, ["B1"]);
    assert.deepEqual(burning.scene, { kind: "fire", key: "B1" });
    assert.equal(run(burning, DWELL_MS + 10 + MIN_MS - 1), burning, "never less than three seconds");
    const after = run(burning, DWELL_MS + 10 + MIN_MS);
    assert.deepEqual(after.scene, { kind: "view", key: "point:A" });
  });

  test("a single fire keeps the wall", () => {
    const burning = run(begin(views, 0), 1, ["B1"]);
    assert.equal(run(burning, 10 * DWELL_MS, ["B1"]), burning);
  });

  test("several fires alternate", () => {
    let direction = run(begin(views, 0), 0, ["B1", "B2"]);
    const seen = [direction.scene.key];
    for (const now of [MIN_MS, MIN_MS + DWELL_MS, MIN_MS + 2 * DWELL_MS]) {
      direction = run(direction, now, ["B1", "B2"]);
      seen.push(direction.scene.key);
    }
    assert.deepEqual(seen, ["B1", "B2", "B1", "B2"]);
  });

  test("a new fire is shown soon, not after the whole dwell", () => {
    let direction = run(begin(views, 0), 0, ["B1"]);
    assert.equal(run(direction, MIN_MS - 1, ["B1", "B2"]).scene.key, "B1");
    direction = run(direction, MIN_MS, ["B1", "B2"]);
    assert.equal(direction.scene.key, "B2");
  });

  test("when one of several is acknowledged the others go on", () => {
    const direction = run(begin(views, 0), 0, ["B1", "B2"]);
    assert.equal(run(direction, MIN_MS, ["B2"]).scene.key, "B2");
  });

  test("a fire that comes again takes over again", () => {
    let direction = run(begin(views, 0), 0, ["B1"]);
    direction = run(direction, MIN_MS);
    assert.equal(direction.scene.kind, "view");
    assert.equal(run(direction, MIN_MS + 1, ["B1"]).scene.key, "B1");
  });

  test("views that disappear don't break the rotation", () => {
    const last = run(run(begin(views, 0), DWELL_MS), 2 * DWELL_MS);
    assert.equal(step(last, { views: ["whole"], fires: [], now: 3 * DWELL_MS }).scene.key, "whole");
  });
});

describe("rows", () => {
  test("alarms of one incident are one row that speaks of the worst", () => {
    const rows = rowsOf([
      alarm({ incident: 7, kind: "prealarm", raised_at: 1 }),
      alarm({ incident: 7, kind: "fire", raised_at: 5 }),
      alarm({ incident: 8, kind: "prealarm", raised_at: 3 }),
    ]);
    assert.deepEqual(rows.map((row) => [row.key, row.lead.kind, row.since]), [["incident-7", "fire", 5], ["incident-8", "prealarm", 3]]);
  });

  test("fires that wait, fires that somebody has, then what waits, pre-alarms first", () => {
    const rows = rowsOf([
      alarm({ id: "acked-fault", kind: "fault", acked_at: 9, raised_at: 0 }),
      alarm({ id: "acked-fire", acked_at: 9, raised_at: 1 }),
      alarm({ id: "prealarm", kind: "prealarm", raised_at: 9 }),
      alarm({ id: "old-fault", kind: "fault", raised_at: 2 }),
      alarm({ id: "new-fault", kind: "fault", raised_at: 8 }),
      alarm({ id: "late-fire", raised_at: 7 }),
      alarm({ id: "early-fire", raised_at: 6 }),
    ]);
    assert.deepEqual(rows.map((row) => row.lead.id), ["early-fire", "late-fire", "acked-fire", "prealarm", "old-fault", "new-fault", "acked-fault"]);
  });

  test("an acknowledged fire speaks for its incident though a pre-alarm waits", () => {
    const [row] = rowsOf([alarm({ incident: 1, acked_at: 5, raised_at: 3 }), alarm({ incident: 1, kind: "prealarm", raised_at: 1 })]);
    assert.deepEqual([row.lead.kind, row.waiting, row.since], ["fire", true, 3]);
  });

  test("list and card run the same clock for one fire", () => {
    const alarms = [alarm({ incident: 1, building: "B1", kind: "prealarm", raised_at: 1 }), alarm({ incident: 1, building: "B1", raised_at: 40 })];
    assert.equal(rowsOf(alarms)[0].since, firesOf(alarms)[0].lead.raised_at);
  });

  test("a row waits while one of its alarms does", () => {
    const [row] = rowsOf([alarm({ incident: 1, acked_at: 5, raised_at: 1 }), alarm({ incident: 1, raised_at: 4 })]);
    assert.equal(row.waiting, true);
    assert.equal(row.since, 4, "the clock runs from the one that waits");
  });

  test("fires take over by building, only while unacknowledged", () => {
    const fires = firesOf([
      alarm({ building: "B1", raised_at: 9 }),
      alarm({ building: "B1", raised_at: 4 }),
      alarm({ building: "B2", raised_at: 2, acked_at: 3 }),
      alarm({ building: null, device: "street", raised_at: 3 }),
      alarm({ building: "B3", kind: "prealarm", raised_at: 1 }),
    ]);
    assert.deepEqual(fires.map(({ key, lead, alarms }) => [key, lead.raised_at, alarms.length]), [["device-street", 3, 1], ["B1", 4, 2]]);
  });

  test("pages show every row in turn and keep fires on each", () => {
    const rows = rowsOf([alarm({ id: "fire", raised_at: 0 }), ...[1, 2, 3, 4, 5].map((n) => alarm({ id: n, kind: "fault", raised_at: n }))]);
    const pages = [0, 1, 2, 3].map((turn) => pageOf(rows, 3, turn));
    assert.deepEqual(pages.map(({ rows: shown }) => shown.map((row) => row.lead.id)), [["fire", 1, 2], ["fire", 3, 4], ["fire", 5], ["fire", 1, 2]]);
    assert.deepEqual(pages.map(({ page, pages: all }) => `${page}/${all}`), ["0/3", "1/3", "2/3", "0/3"]);
  });

  test("an acknowledged fire stays on every page until it is ended", () => {
    const faults = Array.from({ length: 30 }, (_, n) => alarm({ kind: "fault", raised_at: n }));
    const rows = rowsOf([...faults, alarm({ id: "open-fire", acked_at: 99, raised_at: 90 })]);
    for (let turn = 0; turn < 8; turn++) assert.equal(pageOf(rows, 6, turn).rows[0].lead.id, "open-fire");
  });

  test("fires take half of the rows at most, and the foot tells of the others", () => {
    const rows = rowsOf([...[1, 2, 3, 4, 5].map((n) => alarm({ id: n, raised_at: n })), ...[6, 7, 8].map((n) => alarm({ id: n, kind: "fault", raised_at: n }))]);
    const pages = [0, 1, 2].map((turn) => pageOf(rows, 4, turn));
    assert.deepEqual(pages.map(({ rows: shown }) => shown.map((row) => row.lead.id)), [[1, 2, 3, 4], [1, 2, 5, 6], [1, 2, 7, 8]]);
    assert.deepEqual(pages.map(({ fires }) => fires), [1, 2, 3]);
    assert.equal(footOf(1, 3, 2), "另有火警 2 起 · 第 2 / 3 页");
    assert.equal(footOf(0, 1, 0), "");
  });

  test("more fires than room still take turns", () => {
    const rows = rowsOf([1, 2, 3, 4].map((n) => alarm({ id: n, raised_at: n })));
    const seen = new Set([0, 1, 2].flatMap((turn) => pageOf(rows, 2, turn).rows.map((row) => row.lead.id)));
    assert.deepEqual([...seen].sort(), [1, 2, 3, 4]);
  });

  test("what fits stands on one page", () => {
    const rows = rowsOf([alarm({})]);
    assert.deepEqual(pageOf(rows, 5, 9), { rows, page: 0, pages: 1, fires: 0 });
    assert.equal(pageOf([], 0, 0).pages, 1);
  });

  test("communities by open alarms, then by the week's", () => {
    const ranked = rankCommunities([{ code: "a" }, { code: "b" }, { code: "c" }], [{ community: "c" }], { a: 1, b: 4 });
    assert.deepEqual(ranked.map((row) => [row.community.code, row.open, row.week]), [["c", 1, 0], ["b", 0, 4], ["a", 0, 1]]);
  });
});

test("an acknowledged fire says so before anything else", () => {
  const [row] = rowsOf([alarm({ acked_at: 5 })]);
  assert.equal(detailsOf(row)[0], "已确认");
  assert.notEqual(detailsOf(rowsOf([alarm({})])[0])[0], "已确认");
});

describe("camera", () => {
  function means(still = false) {
    const state = { frame: { dataset: {} }, waiting: [], jumps: [] };
    const later = (fn, ms) => state.waiting.push({ fn, ms });
    const drop = (timer) => (state.waiting[timer - 1].fn = () => {});
    state.camera = new Camera(state.frame, { still: () => still, later, drop });
    state.turn = (name, how) => state.camera.turn(() => state.jumps.push(name), how);
    return state;
  }

  test("a view changes behind a fade of at most 300 ms", () => {
    const state = means();
    state.turn("point");
    assert.deepEqual([state.jumps, "turning" in state.frame.dataset], [[], true]);
    assert.ok(2 * state.waiting[0].ms <= 300 && state.waiting[0].ms === FADE_MS);
    state.waiting[0].fn();
    assert.deepEqual([state.jumps, "turning" in state.frame.dataset], [["point"], false]);
  });

  test("a fire is there at once, also in the middle of a fade, and the view does not come after it", () => {
    const state = means();
    state.turn("point");
    state.turn("fire", { fade: false });
    assert.deepEqual([state.jumps, "turning" in state.frame.dataset], [["fire"], false]);
    state.waiting[0].fn();
    assert.deepEqual(state.jumps, ["fire"]);
  });

  test("who wants no motion sees none", () => {
    const state = means(true);
    state.turn("point");
    assert.deepEqual([state.jumps, state.waiting.length], [["point"], 0]);
  });
});

describe("ways", () => {
  const town = { facilities: { hydrant: [{ id: "H1", x: 0.5, y: 0.5 }, { id: "H2", x: 0.75, y: 0.5 }], micro_station: [{ id: "M1", x: 0.25, y: 0.5 }] } };

  test("lead to the first hydrant and station that the card names", () => {
    const building = { hydrants: [{ id: "H2" }, { id: "H1" }], micro_stations: [{ id: "M1" }] };
    assert.deepEqual(nearestOf(building, town).map(([lat, lon]) => [Math.round(lat), lon]), [[0, 90], [0, -90]]);
  });

  test("lead nowhere before the building is known, or to what the map does not have", () => {
    assert.deepEqual(nearestOf(null, town), []);
    assert.deepEqual(nearestOf({ hydrants: [{ id: "new" }], micro_stations: [] }, town), []);
  });
});

describe("hours", () => {
  const facts = { hours: [0, 4, 2], usual: Array(24).fill(1), width: 522, height: 200, text: 10 };

  test("every mark lies inside, and the highest bar below the top", () => {
    const g = hourGeometry(facts);
    assert.equal(g.bars.length, 3);
    for (const bar of g.bars) assert.ok(bar.x >= g.left && bar.x + bar.width <= g.width && bar.y >= g.top && bar.y + bar.height <= g.bottom + 1e-9);
    assert.ok(g.bars[1].height > g.bars[2].height);
    assert.equal(g.bars[0].height, 0);
    assert.deepEqual(g.bars.map((bar) => bar.running), [false, false, true]);
    assert.equal(g.line.length, 48);
  });

  test("a day without alarms has an axis all the same", () => {
    const g = hourGeometry({ ...facts, hours: [0], usual: Array(24).fill(0) });
    assert.ok(g.grid.every(({ y }) => Number.isFinite(y)));
  });

  test("the axis ends at a round number", () => {
    assert.deepEqual([0, 1, 3, 7, 11, 30, 99, 101].map(niceTop), [1, 1, 5, 10, 20, 50, 100, 200]);
  });
});

describe("week", () => {
  const of = (alarms, share, response) => ({ alarms, fires: 1, false_share: share, response_s: response });

  test("figures tell value and change, and mark what got worse", () => {
    const [fires, alarms, share, response] = weekFigures({ this: of(276, 0.982, 78), last: of(231, 0.99, null), year_ago: of(276, 0.5, 30) });
    assert.deepEqual(fires.changes.map((change) => change.text), ["持平", "持平"]);
    assert.deepEqual([alarms.value, alarms.changes[0].text, alarms.changes[0].worse], ["276", "+45", true]);
    assert.deepEqual([share.value, share.changes[0].text, share.changes[0].worse], ["98.2%", "−0.8 个百分点", false]);
    assert.deepEqual([response.value, response.unit, response.changes[0].text, response.changes[1].text], ["1.3", "分钟", "—", "+0.8"]);
  });

  test("an unknown figure is a dash", () => {
    assert.equal(weekFigures({ this: of(0, null, null), last: of(0, null, null), year_ago: of(0, null, null) })[2].value, "—");
    assert.equal(changeWords(null, 3, String), "—");
  });
});

describe("card", () => {
  const building = { category: "rental", storeys: 4, residents: 0, built_year: null, device_count: 12, ebike: { required: true, present: false }, hazards_open: 2 };

  test("facts leave out what is unknown and name what is missing", () => {
    const facts = Object.fromEntries(factsOf(building).map(([label, value]) => [label, value]));
    assert.deepEqual(facts, { 类别: "出租屋", 层数: "4 层", 设备: "12 台", 电动自行车: "缺充电设施", 未结隐患: "2 处" });
  });

  test("an alarm says device, place, cause and value", () => {
    assert.equal(alarmLine(alarm({})), "独立感烟 · 3层 · 烟雾达到火警值 17.3%");
    assert.equal(alarmLine(alarm({ value: null, location: "", device_name: "烟感 01" })), "独立感烟 · 烟感 01 · 烟雾达到火警值");
  });
});

describe("upkeep", () => {
  test("the page shifts by at most three pixels, and each minute", () => {
    for (const [x, y] of SHIFTS) assert.ok(Math.abs(x) <= 3 && Math.abs(y) <= 3);
    for (let minute = 0; minute < 2 * SHIFTS.length; minute++) assert.notDeepEqual(shiftAt(minute), shiftAt(minute + 1));
  });

  const answers = (body, ok = true) => async () => ({ ok, json: async () => body });

  test("only another build asks for a reload", async () => {
    assert.equal(await upgraded("a", answers({ build: "b" })), true);
    assert.equal(await upgraded("a", answers({ build: "a" })), false);
    assert.equal(await upgraded("a", answers({})), false);
    assert.equal(await upgraded("", answers({ build: "b" })), false);
    assert.equal(await upgraded("a", answers({}, false)), false);
    assert.equal(await upgraded("a", () => Promise.reject(new Error("away"))), false);
  });
});

describe("day", () => {
  function means() {
    const later = [];
    const state = { at: 0, later, shown: [], asked: 0 };
    state.get = async () => {
      state.asked += 1;
      return { ok: true, json: async () => ({ asked: state.asked }) };
    };
    state.feed = dayFeed((day) => state.shown.push(day), { get: state.get, later: (fn, ms) => later.push({ fn, ms }), now: () => state.at });
    return state;
  }

  test("is fetched at the start and again in five minutes", async () => {
    const state = means();
    await state.feed.start();
    assert.deepEqual(state.shown, [{ asked: 1 }]);
    assert.deepEqual(state.later.map(({ ms }) => ms), [300_000]);
  });

  test("many alarms ask once, thirty seconds after the last time", async () => {
    const state = means();
    await state.feed.start();
    state.at = 10_000;
    for (let i = 0; i < 50; i++) state.feed.touch();
    assert.deepEqual(state.later.map(({ ms }) => ms), [300_000, 20_000]);
    await state.later[1].fn();
    state.at = 300_000;
    state.feed.touch();
    assert.equal(state.later[2].ms, 1_000);
  });

  test("a server that is away is asked again later", async () => {
    const state = means();
    state.get = () => Promise.reject(new Error("away"));
    const feed = dayFeed(() => assert.fail("nothing to show"), { get: state.get, later: () => {}, now: () => 0 });
    await feed.start();
  });
});

describe("facts", () => {
  const answers = (...facts) => {
    const asked = [];
    const get = (url) => {
      asked.push(url);
      return Promise.resolve(facts.shift() ?? { ok: false });
    };
    return { asked, facts: new Facts(get) };
  };
  const says = (value) => ({ ok: true, json: () => Promise.resolve(value) });

  test("asks once for the building that is expected, and anew every time after", async () => {
    const { asked, facts } = answers(says(1), says(2));
    facts.expect("B 1");
    assert.equal(await facts.of("B 1"), 1);
    assert.equal(await facts.of("B 1"), 2);
    assert.deepEqual(asked, ["/live/building/B%201", "/live/building/B%201"]);
  });

  test("does not take what was expected for another building", async () => {
    const { facts } = answers(says(1), says(2));
    facts.expect("B1");
    assert.equal(await facts.of("B2"), 2);
  });

  test("knows nothing while the server can't say", async () => {
    assert.equal(await answers().facts.of("B1"), null);
    assert.equal(await new Facts(() => Promise.reject(new TypeError("away"))).of("B1"), null);
  });
});
