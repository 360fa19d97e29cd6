import assert from "node:assert/strict";
import test from "node:test";
import { CommandError, acknowledgeMany, command, newKey, refusal, upload } from "../../assets/js/lib/commands.mjs";
import { setMessages } from "../../assets/js/lib/i18n.mjs";

setMessages({}, "zh");
globalThis.document = { querySelector: () => ({ content: "token" }) };

/** A server that gives these answers in turn; an Error is no answer at all. */
function serve(...answers) {
  const requests = [];
  globalThis.fetch = async (path, { headers, body }) => {
    requests.push({ path, key: headers["Idempotency-Key"], body: typeof body === "string" ? JSON.parse(body) : body, headers });
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    const { status = 200, ...json } = answer;
    return { ok: status < 400, status, json: async () => json };
  };
  return requests;
}

test("each click has a key of its own", () => {
  const keys = new Set(Array.from({ length: 100 }, newKey));
  assert.equal(keys.size, 100);
  for (const key of keys) assert.match(key, /^[0-9a-f]{32}$/);
  assert.equal(newKey((bytes) => bytes.fill(10)), "0a".repeat(16));
});

test("while no answer comes the same click is sent again with its key", async () => {
  const requests = serve(new TypeError("network"), { status: 503 }, { id: 7 });
  assert.deepEqual(await command("/x", { a: 1 }, [0, 0]), { id: 7 });
  assert.equal(requests.length, 3);
  assert.equal(new Set(requests.map(({ key }) => key)).size, 1);
  const next = serve({ id: 8 });
  await command("/x", {}, []);
  assert.notEqual(next[0].key, requests[0].key);
});

test("a refusal is not sent again", async () => {
  const requests = serve({ status: 409, error: "NotAFire" });
  await assert.rejects(command("/x", {}, [0, 0]), new CommandError(409, "故障和监管信号不能确认为起火"));
  assert.equal(requests.length, 1);
});

test("a click that got no answer is sent under its key when it is made again, the next has another", async () => {
  const requests = serve(new TypeError("network"), { status: 500 }, {}, {}, {});
  await assert.rejects(command("/x", { text: "a" }, []), { answered: false });
  await assert.rejects(command("/x", { text: "a" }, []), { answered: false, detail: "服务器没有接受（500）" });
  await command("/x", { text: "b" }, []);
  await command("/x", { text: "a" }, []);
  await command("/x", { text: "a" }, []);
  const [first, second, other, answered, next] = requests.map(({ key }) => key);
  assert.ok(first === second && second === answered);
  assert.equal(new Set([first, other, next]).size, 3);
});

test("after some minutes a click is a new one, though it says the same as one without an answer", async (context) => {
  context.mock.timers.enable({ apis: ["Date"] });
  const requests = serve(new TypeError("network"), {});
  await assert.rejects(command("/late", {}, []), CommandError);
  context.mock.timers.tick(11 * 60_000);
  await command("/late", {}, []);
  assert.notEqual(requests[0].key, requests[1].key);
});

test("a refused click is not repeated under its key", async () => {
  const requests = serve({ status: 409 }, { status: 409 });
  await assert.rejects(command("/x", {}, []), { answered: true });
  await assert.rejects(command("/x", {}, []), { answered: true });
  assert.notEqual(requests[0].key, requests[1].key);
});

test("a file is sent as it is, again while no answer comes, each with a key of its own", async () => {
  const requests = serve({ status: 502 }, { id: 3 }, { id: 3 });
  const file = new Blob(["x"], { type: "image/png" });
  assert.deepEqual(await upload("/photos", file, [0]), { id: 3 });
  await upload("/photos", file, []);
  assert.ok(requests.every(({ body, headers }) => body === file && headers["Content-Type"] === "image/png"));
  assert.equal(requests[0].key, requests[1].key);
  assert.notEqual(requests[1].key, requests[2].key);
});

test("an unreachable server is told after the last try", async () => {
  serve(new TypeError("network"), new TypeError("network"));
  await assert.rejects(command("/x", {}, [0]), { status: 0, detail: "没有连上服务器，请再试一次" });
});

test("many are acknowledged a thousand at a time, and summed up", async () => {
  const requests = serve({ acknowledged: [{}, {}], left: [] }, { acknowledged: [{}], left: [{ id: 9 }] });
  const ids = Array.from({ length: 1003 }, (_, i) => i + 1);
  assert.deepEqual(await acknowledgeMany(ids), { acknowledged: 3, left: 1 });
  assert.deepEqual(requests.map(({ body }) => body.ids.length), [1000, 3]);
  assert.notEqual(requests[0].key, requests[1].key);
});

test("who was first, and when, is said in words", () => {
  const at = Date.UTC(2026, 10, 22, 2, 24, 7);
  assert.equal(refusal(409, { error: "AlreadyAcknowledged", by: "admin", at }, at + 5000), "admin 已于 10:24:07 确认这条报警");
  assert.equal(refusal(409, { error: "AlarmClosed", by: "admin", at }, at + 86_400_000), "admin 已于 11-22 10:24 结束这条报警");
  assert.equal(refusal(409, { error: "FireStands" }), "火警不能搁置，只能给出结论");
  assert.equal(refusal(409, { error: "IncidentClosed", by: "duty2", at }, at), "这起警情已经结案或并入其他警情：duty2，10:24:07");
  assert.equal(refusal(409, { error: "Stage", by: "duty2", at }, at), "duty2 已于 10:24:07 记录这一步");
  assert.equal(refusal(409, { error: "AlarmClosed" }), "这条报警已经结束");
  assert.equal(refusal(409, {}), "已被他人处理");
  assert.equal(refusal(403), "您的角色不能这样做");
  assert.equal(refusal(413), "文件太大");
  assert.equal(refusal(418), "服务器没有接受（418）");
});
