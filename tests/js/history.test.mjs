import assert from "node:assert/strict";
import test from "node:test";

import { fileOf, makeKey, wordOf } from "../../assets/js/lib/export_panel.mjs";
import { meaningless, merged } from "../../assets/js/lib/history_filter.mjs";
import { orderWord, question } from "../../assets/js/lib/history_table.mjs";
import { setMessages } from "../../assets/js/lib/i18n.mjs";

setMessages({});

test("a form changes its own fields of the address alone", () => {
  assert.deepEqual(merged("?tab=incidents&sort=kind&kind=fire", { kind: "", q: " 沙塘 " }), { tab: "incidents", sort: "kind", q: "沙塘" });
});

test("the question does not depend on tab, order or the order of the fields", () => {
  assert.equal(question("?tab=incidents&q=1&kind=fire&sort=kind"), question("?kind=fire&q=1"));
  assert.notEqual(question("?kind=fire"), question("?kind=fault"));
});

test("the newest first needs no word", () => {
  assert.equal(orderWord([{ colId: "time", sort: "desc" }]), null);
  assert.equal(orderWord([{ colId: "time", sort: null }, { colId: "kind", sort: "desc" }]), "-kind");
  assert.equal(orderWord([{ colId: "time", sort: "asc" }]), "time");
  assert.equal(orderWord([]), null);
});

test("a file has the question and a key of its own", () => {
  assert.equal(fileOf({ tab: "alarms", search: "?tab=alarms&kind=fire&sort=kind" }, "csv", "ab"), "/history/export/alarms.csv?kind=fire&key=ab");
  assert.match(makeKey(), /^[0-9a-f]{32}$/);
  assert.notEqual(makeKey(), makeKey());
});

test("the bar says where the file is", () => {
  assert.equal(wordOf(null), "正在准备文件…");
  assert.equal(wordOf({ state: "unknown", rows: 0, total: 0 }), "正在准备文件…");
  assert.equal(wordOf({ state: "running", rows: 12000, total: 1000000 }), "12,000 / 1,000,000 行");
  assert.equal(wordOf({ state: "done", rows: 3, total: 3 }), "已导出 3 行");
  assert.match(wordOf({ state: "failed", rows: 3, total: 9 }), /不完整/);
  assert.match(wordOf({ state: "cancelled", rows: 3, total: 9 }), /取消/);
  assert.match(wordOf({ state: "busy", rows: 0, total: 0 }), /其他导出/);
});

test("what an address says in unknown words is told, not shown as if it were a filter", () => {
  assert.deepEqual(meaningless("?kind=bogus&since=yesterday&until=2026-02-31&q=x&community=9"), ["kind", "since", "until"]);
  assert.deepEqual(meaningless("?kind=fire&verdict=none&since=2026-02-28"), []);
});
