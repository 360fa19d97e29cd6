import assert from "node:assert/strict";
import test from "node:test";
import { LiveClient, backOff } from "../../assets/js/lib/live.mjs";
import { makeAlarm } from "./cast.mjs";

const settle = () => new Promise((resolve) => setImmediate(resolve));
const snapshot = (own = {}) => ({ id: "5-0", now: 1000, data: 900, geometry: "v1", status: "AAAA", alarms: [], recent: [], ...own });

/** A world without network or clock: the test says what happens and when. */
function makeWorld(answers = [{ status: 200, json: snapshot() }]) {
  const world = { tick: 0, hidden: false, sources: [], timers: [], frames: [], everys: [], signedOut: 0, asked: 0 };
  const source = (url) => {
    const listeners = {};
    const own = {
      url,
      closed: false,
      close: () => (own.closed = true),
      addEventListener: (type, fn) => (listeners[type] = fn),
      send: (type, data, id = "") => listeners[type]({ data: JSON.stringify(data), lastEventId: id }),
    };
    world.sources.push(own);
    return own;
  };
  world.api = {
    fetch: async () => {
      world.asked += 1;
      const { status, json } = answers.length > 1 ? answers.shift() : answers[0];
      if (status === 0) throw new TypeError("no network");
      return { status, ok: status === 200, json: async () => json };
    },
    open: source,
    now: () => 1000 + world.tick,
    tick: () => world.tick,
    later: (fn) => world.timers.push(fn),
    cancel: () => (world.timers = []),
    every: (fn) => world.everys.push(fn),
    frame: (fn) => world.frames.push(fn),
    hidden: () => world.hidden,
    onVisible: (fn) => (world.seen = fn),
    signIn: () => (world.signedOut += 1),
  };
  world.last = () => world.sources.at(-1);
  world.paint = () => world.frames.splice(0).forEach((fn) => fn());
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
  assert.equal(world.last().url, "/live/events?after=5-0&building=B1");
  assert.equal(changes.length, 1);
  assert.equal(changes[0].full, true);
});

test("many events in one frame are one change; only what differs is in it", async () => {
  const { world, client, changes } = await started();
  world.last().send("status", { at: 1, c: [[0, 5], [1, 0]] }, "6-0");
  world.last().send("status", { at: 2, c: [[2, 3]] }, "7-0");
  world.paint();
  assert.deepEqual([...changes[1].slots], [0, 2]);
  assert.deepEqual([...client.status], [5, 0, 3]);
  assert.equal(client.present.id, "7-0");
});

test("an alarm is told at once, also in a hidden tab, and painted when the tab is seen again", async () => {
  const { world, client, changes } = await started();
  const heard = [];
  client.on("alarm", (alarm, previous) => heard.push([alarm.id, previous]));
  world.hidden = true;
  world.last().send("alarm", makeAlarm({ id: 9 }), "6-0");
  world.paint();
  assert.deepEqual(heard, [[9, null]]);
  assert.equal(changes.length, 1);
  world.hidden = false;
  world.seen();
  assert.deepEqual([...changes[1].alarms], [9]);
});

test("a closed alarm leaves the list; the same event twice does no harm", async () => {
  const { world, client } = await started();
  world.last().send("alarm", makeAlarm({ id: 9 }), "6-0");
  world.last().send("alarm", makeAlarm({ id: 9 }), "6-0");
  assert.equal(client.alarms.size, 1);
  assert.equal(client.present.raised.size, 1);
  world.last().send("alarm", makeAlarm({ id: 9, closed_at: 5 }), "7-0");
  assert.equal(client.alarms.size, 0);
});

test("a dropped stream resumes where it stopped; if that fails too, a snapshot", async () => {
  const { world } = await started();
  world.last().send("status", { at: 1, c: [[0, 5]] }, "6-0");
  world.last().onerror();
  await world.wait();
  assert.equal(world.last().url, "/live/events?after=6-0&building=B1");
  assert.equal(world.asked, 1);
  world.last().onerror();
  await world.wait();
  assert.equal(world.asked, 2);
});

test("silence is told within five seconds, and a dead connection is opened again", async () => {
  const { world, client } = await started();
  world.last().send("beat", { now: 1000, data: 1000 });
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
  world.last().onerror();
  await world.wait();
  world.last().onerror();
  await world.wait();
  assert.equal(world.asked, 2);
  assert.equal(client.health().live, false);
  world.last().send("beat", { now: 7000, data: 7000 });
  assert.equal(client.health().live, true);
});

test("reset and geometry fetch a snapshot and go on from its id", async () => {
  for (const event of ["reset", "geometry"]) {
    const { world } = await started([{ status: 200, json: snapshot() }, { status: 200, json: snapshot({ id: "99-0" }) }]);
    world.last().send(event, {}, "6-0");
    await settle();
    assert.match(world.last().url, /after=99-0/);
  }
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
  assert.equal(client.present.id, "5-0");
});

test("another building is watched from where the stream is", async () => {
  const { world, client } = await started();
  world.last().send("status", { at: 1, c: [[0, 5]] }, "6-0");
  client.watch("B2");
  assert.equal(world.last().url, "/live/events?after=6-0&building=B2");
  const opened = world.sources.length;
  client.watch("B2");
  assert.equal(world.sources.length, opened);
});

test("of many values of one device only the newest waits to be painted", async () => {
  const { world, changes } = await started();
  for (let i = 0; i < 1000; i++) world.last().send("values", { device: "XT-1", slot: 0, measured_at: i, values: { smoke_pct: i } });
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
