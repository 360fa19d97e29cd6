import assert from "node:assert/strict";
import test from "node:test";
import { LiveClient, backOff } from "../../assets/js/lib/live.mjs";
import { makeAlarm } from "./cast.mjs";
import { beat, changes as changed, hello, reset, values } from "./frames_cast.mjs";

const settle = () => new Promise((resolve) => setImmediate(resolve));
const snapshot = (own = {}) => ({ id: "5-1", now: 1000, data: 900, geometry: "v1", status: "AAAA", alarms: [], recent: [], ...own });

/** A world without network or clock: the test says what happens and when. */
function makeWorld(answers = [{ status: 200, json: snapshot() }]) {
  const world = { tick: 0, hidden: false, sockets: [], timers: [], frames: [], everys: [], paces: [], signedOut: 0, asked: 0 };
  const socket = (url) => {
    const own = {
      url,
      closed: false,
      readyState: 1,
      told: [],
      close: () => (own.closed = true),
      send: (text) => own.told.push(text),
      receive: (frame) => own.onmessage({ data: frame }),
    };
    world.sockets.push(own);
    return own;
  };
  world.api = {
    fetch: async () => {
      world.asked += 1;
      const { status, json } = answers.length > 1 ? answers.shift() : answers[0];
      if (status === 0) throw new TypeError("no network");
      return { status, ok: status === 200, json: async () => json };
    },
    open: socket,
    now: () => 1000 + world.tick,
    tick: () => world.tick,
    later: (fn) => world.timers.push(fn),
    cancel: () => (world.timers = []),
    every: (fn) => world.everys.push(fn),
    pace: (fn) => world.paces.push(fn),
    frame: (fn) => world.frames.push(fn),
    hidden: () => world.hidden,
    onVisible: (fn) => (world.seen = fn),
    signIn: () => (world.signedOut += 1),
  };
  world.last = () => world.sockets.at(-1);
  world.greet = (id) => world.last().receive(hello(id));
  /** Within two ticks of the page's clock everything that came is painted. */
  world.paint = () => {
    world.frames.splice(0).forEach((fn) => fn());
    for (let i = 0; i < 2; i++) world.paces.forEach((fn) => fn());
  };
  world.frame = () => world.frames.splice(0).forEach((fn) => fn());
  world.pass = (ms) => {
    world.tick += ms;
    world.everys.forEach((fn) => fn());
  };
  world.wait = async () => {
    world.timers.splice(0).forEach((fn) => fn());
    await settle();
  };
  return world;
}

async function started(answers) {
  const world = makeWorld(answers);
  const client = new LiveClient(world.api);
  const changes = [];
  client.on("change", (change) => changes.push(change));
  await client.start("B1");
  world.paint();
  return { world, client, changes };
}

test("one snapshot, then the stream from its id, with the watched building", async () => {
  const { world, changes } = await started();
  assert.equal(world.last().url, "/live/ws?after=5-1&building=B1");
  assert.equal(changes.length, 1);
  assert.equal(changes[0].full, true);
});

test("many frames within one of the screen are one change; only what differs is in it", async () => {
  const { world, client, changes } = await started();
  world.greet("5-1");
  world.last().receive(changed({ events: 1, number: 2, statuses: [[0, 5], [1, 0]] }));
  world.last().receive(changed({ events: 3, number: 5, statuses: [[2, 3]] }));
  world.paint();
  assert.deepEqual([...changes[1].slots], [0, 2]);
  assert.deepEqual([...client.status], [5, 0, 3]);
  assert.equal(client.present.id, "5-5");
});

test("alarms are told at once where they are seen, once a frame; everything else waits for the screen", async () => {
  const { world, client, changes } = await started();
  let told = 0;
  client.on("alarms", () => (told += 1));
  world.greet("5-1");
  world.last().receive(changed({ number: 2, alarms: [makeAlarm({ id: 9 }), makeAlarm({ id: 10 })] }));
  assert.equal(told, 1);
  assert.equal(client.alarms.size, 2);
  assert.equal(changes.length, 1);
  world.last().receive(changed({ number: 3, statuses: [[0, 3]] }));
  world.frame();
  assert.deepEqual([...changes[1].alarms], [9, 10]);
  assert.equal(changes[1].slots.size, 0, "statuses wait for their turn");
  world.paint();
  assert.deepEqual([...changes[2].slots], [0]);
  world.hidden = true;
  world.last().receive(changed({ number: 4, alarms: [makeAlarm({ id: 11 })] }));
  assert.equal(told, 1);
});

test("an alarm is told at once, also in a hidden tab, and painted when the tab is seen again", async () => {
  const { world, client, changes } = await started();
  const heard = [];
  client.on("alarm", (alarm, previous) => heard.push([alarm.id, previous]));
  world.hidden = true;
  world.greet("5-1");
  world.last().receive(changed({ number: 2, alarms: [makeAlarm({ id: 9 })] }));
  world.paint();
  assert.deepEqual(heard, [[9, null]]);
  assert.equal(changes.length, 1);
  world.hidden = false;
  world.seen();
  assert.deepEqual([...changes[1].alarms], [9]);
});

test("an alarm comes whole: times from its raise, the place from the geometry", async () => {
  const { world, client } = await started();
  client.present.complete = (alarm) => ({ ...alarm, building: "B7" });
  world.greet("5-1");
  world.last().receive(changed({ number: 2, alarms: [makeAlarm({ id: 9, raised_at: 1000, acked_at: 1500, acked_by: "duty" })] }));
  const { raised_at, acked_at, acked_by, building, closed_at, response } = client.alarms.get(9);
  assert.equal(response, "none");
  assert.deepEqual({ raised_at, acked_at, acked_by, building, closed_at }, { raised_at: 1000, acked_at: 1500, acked_by: "duty", building: "B7", closed_at: null });
});

test("work on an incident is told at once and counts as an event", async () => {
  const { world, client } = await started();
  const told = [];
  client.on("incident", (incident) => told.push(incident));
  world.greet("5-1");
  world.last().receive(changed({ events: 2, number: 3, statuses: [[1, 5]], alarms: [makeAlarm({ id: 7 })], incidents: [[4, "B1", "B2"], [5]] }));
  assert.deepEqual(told, [{ id: 4, buildings: ["B1", "B2"] }, { id: 5, buildings: [] }]);
  assert.deepEqual([client.alarms.has(7), client.status[1], client.present.id], [true, 5, "5-3"]);
  world.last().receive(changed({ number: 4, incidents: [[4]] }));
  assert.deepEqual([told.length, client.present.id, world.asked], [3, "5-4", 1]);
});

test("of a lost frame nothing is told, the snapshot stands for it", async () => {
  const { world, client } = await started();
  const told = [];
  client.on("incident", (incident) => told.push(incident));
  world.greet("5-1");
  world.last().receive(changed({ number: 3, incidents: [[4]] }));
  await settle();
  assert.deepEqual([told, world.asked], [[], 2]);
});

test("the snapshot says since when a flood runs", async () => {
  const { client } = await started([{ status: 200, json: snapshot({ flood_since: 700 }) }]);
  assert.equal(client.present.floodSince, 700);
});

test("a closed alarm leaves the list; the same frame twice does no harm, an unknown end none either", async () => {
  const { world, client } = await started();
  const heard = [];
  client.on("alarm", (alarm) => heard.push([alarm.id, alarm.kind, alarm.closed_at]));
  world.greet("5-1");
  world.last().receive(changed({ number: 2, alarms: [makeAlarm({ id: 9 })] }));
  world.last().receive(changed({ number: 3, alarms: [makeAlarm({ id: 9 })] }));
  assert.equal(client.alarms.size, 1);
  assert.equal(client.present.raised.size, 1);
  const end = makeAlarm({ id: 9, closed_at: 5 });
  world.last().receive(changed({ number: 4, alarms: [end, makeAlarm({ id: 77, closed_at: 5 })] }));
  assert.equal(client.alarms.size, 0);
  assert.deepEqual(heard.at(-1), [9, "fire", 5]);
});

test("a lost frame is noticed and healed by a snapshot", async () => {
  const { world, client } = await started([{ status: 200, json: snapshot() }, { status: 200, json: snapshot({ id: "5-40" }) }]);
  world.greet("5-1");
  world.last().receive(changed({ events: 1, number: 3, statuses: [[0, 5]] }));
  await settle();
  assert.equal(client.present.id, "5-40");
  assert.match(world.last().url, /after=5-40/);
});

test("a frame that can't be read is told and healed by a snapshot", async (t) => {
  const told = t.mock.method(console, "error", () => {});
  const { world, client } = await started([{ status: 200, json: snapshot() }, { status: 200, json: snapshot({ id: "5-40" }) }]);
  world.last().receive(Uint8Array.of(99).buffer);
  assert.equal(told.mock.callCount(), 1);
  await world.wait();
  assert.equal(client.present.id, "5-40");
});

test("a dropped stream resumes where it stopped; if that fails too, a snapshot", async () => {
  const { world } = await started();
  world.greet("5-1");
  world.last().receive(changed({ number: 2, statuses: [[0, 5]] }));
  world.last().onclose();
  await world.wait();
  assert.equal(world.last().url, "/live/ws?after=5-2&building=B1");
  assert.equal(world.asked, 1);
  world.last().onclose();
  await world.wait();
  assert.equal(world.asked, 2);
});

test("silence is told within five seconds, and a dead connection is opened again", async () => {
  const { world, client } = await started();
  world.last().receive(beat(1000, 1000));
  world.pass(4000);
  assert.equal(client.health().live, true);
  world.pass(900);
  assert.equal(client.health().live, false);
  const first = world.last();
  await world.wait();
  assert.equal(first.closed, true);
  assert.notEqual(world.last(), first);
});

test("a snapshot alone does not make a silent stream look alive", async () => {
  const { world, client } = await started();
  world.pass(6000);
  world.last().onclose();
  await world.wait();
  world.last().onclose();
  await world.wait();
  assert.equal(world.asked, 2);
  assert.equal(client.health().live, false);
  world.last().receive(beat(7000, 7000));
  assert.equal(client.health().live, true);
});

test("a server that only says hello does not make a silent stream look alive", async () => {
  const { world, client } = await started();
  world.last().receive(beat(1000, 1000));
  world.pass(5000);
  await world.wait();
  world.greet("5-1");
  assert.equal(client.health().live, false);
  world.pass(5000);
  await world.wait();
  assert.equal(world.asked, 2, "a snapshot is asked for, which also says 401");
});

test("reset fetches a snapshot and goes on from its id", async () => {
  const { world } = await started([{ status: 200, json: snapshot() }, { status: 200, json: snapshot({ id: "99-1" }) }]);
  world.last().receive(reset());
  await settle();
  assert.match(world.last().url, /after=99-1/);
});

test("401 leads to the sign-in page, 503 and no network are tried again", async () => {
  const out = makeWorld([{ status: 401 }]);
  new LiveClient(out.api).start();
  await settle();
  assert.equal(out.signedOut, 1);
  const busy = makeWorld([{ status: 503 }, { status: 0 }, { status: 200, json: snapshot() }]);
  const client = new LiveClient(busy.api);
  client.start();
  await settle();
  await busy.wait();
  await busy.wait();
  assert.equal(client.present.id, "5-1");
});

test("another building is watched on the open stream, or on the one that is being opened", async () => {
  const { world, client } = await started();
  client.watch("B2");
  client.watch("B2");
  client.watch(null);
  assert.deepEqual(world.last().told, ["B2", ""]);
  world.last().readyState = 0;
  client.watch("B3");
  assert.equal(world.last().url, "/live/ws?after=5-1&building=B3");
});

test("of many values of one device only the newest waits to be painted", async () => {
  const { world, changes } = await started();
  for (let i = 0; i < 1000; i++) world.last().receive(values({ device: "XT-1", slot: 0, measured_at: i, values: { smoke_pct: i } }));
  world.paint();
  assert.equal(changes[1].values.size, 1);
  assert.equal(changes[1].values.get("XT-1").values.smoke_pct, 999);
});

test("alarms older than ten minutes are forgotten", async () => {
  const { world, client } = await started([{ status: 200, json: snapshot({ recent: [1000] }) }]);
  assert.deepEqual(client.recent, [1000]);
  world.tick = 600_000;
  assert.deepEqual(client.recent, []);
  assert.equal(client.present.raised.size, 0);
});

test("waits grow, differ, and stay below three seconds", () => {
  assert.ok(backOff(0, 0) < backOff(3, 0));
  assert.notEqual(backOff(2, 0.1), backOff(2, 0.9));
  assert.ok(backOff(50, 1) <= 3000);
});
