/** What the risk page asks for, and what it keeps; its levels' contrast. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { afterEach, describe, it } from "node:test";
import { RiskSource, query } from "../../assets/js/lib/risk/ask.mjs";
import { LEVELS } from "../../assets/js/lib/risk/ramp.mjs";

const HEAD = { nx: 1, ny: 1, cell_m: 25, corners: [[118.6, 24.77], [118.7, 24.77], [118.6, 24.87]], low: 1e-4, high: 10 };
const body = new TextEncoder().encode(`${JSON.stringify(HEAD)}\n\u0007`).buffer;
const real = globalThis.fetch;
afterEach(() => (globalThis.fetch = real));

/** Answers with what is next in the list; the last one again and again. */
function network(...answers) {
  const asked = [];
  globalThis.fetch = async (url) => {
    asked.push(url);
    return answers.length > 1 ? answers.shift() : answers[0];
  };
  return asked;
}

const surface = { ok: true, arrayBuffer: async () => body };
const away = { ok: false, status: 503, json: async () => ({ title: "away", detail: "there is no forecast of the present" }) };

describe("the source", () => {
  it("asks for a week once, and again with another filter", async () => {
    const asked = network(surface);
    const source = new RiskSource();
    source.versions.set("2026-05-25", "d1");
    for (const some of [{}, {}, { category: "bank", system: "" }]) assert.equal((await source.surface("2026-05-25", some)).cells[0], 7);
    assert.deepEqual(asked, ["/live/risk/surface/2026-05-25?v=d1", "/live/risk/surface/2026-05-25?v=d1&category=bank"]);
    assert.equal(query({ category: "", system: "" }), "");
  });

  it("says what the server said, and asks again after a failure", async () => {
    const asked = network(away, surface);
    const source = new RiskSource();
    await assert.rejects(source.surface("now", {}), (error) => error.status === 503 && /no forecast of the present/.test(error.message));
    assert.equal((await source.surface("now", {})).cells.length, 1);
    assert.equal(asked.length, 2);
  });

  it("drops the present that is over and keeps the weeks", async () => {
    const asked = network(surface);
    const source = new RiskSource();
    source.versions.set("now", "v1").set("2026-05-25", "d1");
    await source.surface("now", {});
    await source.surface("2026-05-25", {});
    source.versions.set("now", "v2");
    source.forget();
    source.versions.set("now", "v1");
    await source.surface("now", {});
    await source.surface("2026-05-25", {});
    assert.equal(asked.filter((url) => url.includes("/now?")).length, 2);
    assert.equal(asked.filter((url) => url.includes("/2026-05-25?")).length, 1);
  });
});

describe("levels", () => {
  const channel = (v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  const luminance = (hex) => [0.2126, 0.7152, 0.0722].reduce((sum, part, k) => sum + part * channel(parseInt(hex.slice(1 + 2 * k, 3 + 2 * k), 16) / 255), 0);
  const contrast = (a, b) => {
    const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
    return (light + 0.05) / (dark + 0.05);
  };

  it("have signs whose words stand out at 4.5 to 1 and frames at 3 to 1", () => {
    const css = readFileSync(new URL("../../assets/css/base.css", import.meta.url), "utf8");
    const signs = [...css.matchAll(/\[data-level="\d"\] \{ border-color: (#\w{6}); background: (#\w{6}); color: (#\w{6});/g)];
    assert.equal(signs.length, LEVELS.length);
    for (const [, frame, ground, text] of signs) {
      assert.ok(contrast(text, ground) >= 4.5, `${text} on ${ground}`);
      assert.ok(contrast(frame, "#1c2024") >= 3, frame);
    }
  });

  it("are told apart on the map by lines that stand out at 3 to 1", () => {
    for (const { fill, line } of LEVELS) assert.ok(contrast(line, fill) >= 3, `${line} on ${fill}: ${contrast(line, fill).toFixed(2)}`);
  });
});
