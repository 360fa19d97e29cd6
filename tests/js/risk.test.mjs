/** The risk surface in the browser: what travels, what is counted, what is said. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { project } from "../../assets/js/lib/mercator.mjs";
import { rowsOf } from "../../assets/js/lib/risk/building.mjs";
import { LEVELS, differenceTable, mixed, valueTable } from "../../assets/js/lib/risk/ramp.mjs";
import { SAME, blocks, decodeSurface, difference, finer, levelOf, placeOf, span, stepAt, stepOf, timesOf, valueOf } from "../../assets/js/lib/risk/surface.mjs";
import { sentence } from "../../assets/js/lib/risk/verdict.mjs";
import { WeekSlider } from "../../assets/js/lib/risk/weeks.mjs";
import { events, factor, signed } from "../../assets/js/lib/risk/words.mjs";

const HEAD = { nx: 3, ny: 2, cell_m: 25, corners: [[118.6, 24.77], [118.603, 24.77], [118.6, 24.772]], low: 1e-4, high: 10 };

function surface(cells, head = HEAD) {
  const line = new TextEncoder().encode(`${JSON.stringify(head)}\n`);
  return decodeSurface(new Uint8Array([...line, ...cells]).buffer);
}

describe("the surface", () => {
  const one = surface([1, 128, 255, 0, 100, 200]);

  it("is refused when it is cut off", () => {
    assert.throws(() => surface([1, 2]), /2 cells, not 3 × 2/);
    assert.throws(() => decodeSurface(new Uint8Array([1, 2]).buffer), /no header/);
  });

  it("has a scale of logarithms with its ends", () => {
    assert.equal(valueOf(1, HEAD), 1e-4);
    assert.ok(Math.abs(valueOf(255, HEAD) - 10) < 1e-9);
    for (const step of [1, 77, 128, 255]) assert.equal(stepOf(valueOf(step, HEAD), HEAD), step);
  });

  it("knows where its cells are", () => {
    const [x, y] = placeOf(one, 1.5, 0.5);
    assert.equal(stepAt(one, x, y), 128);
    assert.equal(stepAt(one, ...placeOf(one, 0.5, 1.5)), 0);
    assert.equal(stepAt(one, ...project(118.59, 24.77)), 0);
  });

  it("is smooth between its cells and ends where it ends", () => {
    const { width, height, steps } = finer(one, 2);
    assert.deepEqual([width, height], [6, 4]);
    assert.deepEqual([...steps.subarray(0, 2)], [0, 0]); // north-west is outside
    const south = [...steps.subarray(18, 24)];
    assert.equal(south[0], 1);
    assert.ok(south[1] > 1 && south[2] < 128 + 20 && south[5] === 255, String(south));
  });

  it("tells cells apart by what is there", () => {
    const [low, high] = span(Uint8Array.from({ length: 1000 }, (_, k) => (k < 500 ? 0 : k - 400)));
    assert.ok(high > 200 && high <= 255 && valueOf(high, HEAD) / valueOf(low, HEAD) > 100);
    assert.deepEqual(span(new Uint8Array(5)), [1, 255]);
    assert.deepEqual(span(new Uint8Array(50).fill(90)), [1, 90]);
  });

  it("is compared cell by cell", () => {
    const now = surface([10, 138, 255, 0, 100, 200]);
    const before = surface([1, 128, 255, 0, 0, 210]);
    assert.deepEqual([...difference(now, before).cells], [SAME + 18, SAME + 20, SAME, 0, 0, SAME - 20]);
    assert.equal(timesOf(SAME, HEAD), 1);
    assert.ok(Math.abs(timesOf(SAME + 20, HEAD) - valueOf(138, HEAD) / valueOf(128, HEAD)) < 1e-9);
    assert.throws(() => difference(now, surface([1, 2], { ...HEAD, nx: 2, ny: 1 })), /different maps/);
  });

  it("adds up in larger cells", () => {
    const sums = blocks(one, 2);
    const total = [1, 128, 255, 100, 200].reduce((sum, step) => sum + valueOf(step, HEAD) / 16, 0);
    assert.ok(Math.abs(sums.reduce((sum, { expected }) => sum + expected, 0) - total) < 1e-9);
    assert.deepEqual(sums.map(({ i }) => i), [1, 0]);
  });
});

describe("levels", () => {
  it("are fixed shares of the places", () => {
    const count = (level) => Array.from({ length: 1000 }, (_, rank) => levelOf(rank, 1000)).filter((one) => one === level).length;
    assert.deepEqual([3, 2, 1, 0].map(count), [10, 40, 150, 800]);
    assert.deepEqual([0, 1, 2].map((rank) => levelOf(rank, 3)), [3, 0, 0]);
  });

  it("are words as well as colours", () => {
    assert.deepEqual(LEVELS.map(({ word }) => word()), ["蓝", "黄", "橙", "红"]);
  });
});

describe("colours", () => {
  const luminance = (pixel) => 0.2126 * (pixel & 255) + 0.7152 * ((pixel >> 8) & 255) + 0.0722 * ((pixel >> 16) & 255);

  it("grow lighter with every step, so that they can be read without colour", () => {
    const table = valueTable([50, 200]);
    for (let step = 51; step <= 200; step++) assert.ok(luminance(table[step]) >= luminance(table[step - 1]) - 1, String(step));
    assert.equal(table[0], 0);
  });

  it("of a difference show nothing where nothing changed", () => {
    const table = differenceTable((step) => timesOf(step, HEAD));
    assert.equal(table[SAME] >>> 24, 0);
    assert.ok(table[SAME + 60] >>> 24 > 200 && table[SAME - 60] >>> 24 > 200);
  });

  it("are mixed between stops and not beyond", () => {
    assert.deepEqual(mixed([[0, 0, 0, 0], [10, 20, 30, 40]], 0.5), [5, 10, 15, 20]);
    assert.deepEqual(mixed([[0, 0, 0, 0], [10, 20, 30, 40]], 7), [10, 20, 30, 40]);
  });
});

describe("words", () => {
  it("say numbers with what they are worth", () => {
    assert.deepEqual([123.4, 12.34, 1.234, 0.01234, 0.001234].map(events), ["123", "12.3", "1.23", "0.012", "0.0012"]);
    assert.equal(factor(Math.log(2.2)), "×2.20");
    assert.deepEqual([signed(0.5), signed(-0.3)], ["+0.50", "−0.30"]);
  });

  it("put the small contributions together", () => {
    const parts = Array.from({ length: 12 }, (_, k) => ({ key: `k${k}`, points: 1 - k / 20 }));
    const rows = rowsOf({ parts, rest: 0.1 });
    assert.equal(rows.length, 11);
    const sum = (some) => some.reduce((total, { points }) => total + points, 0);
    assert.ok(Math.abs(sum(rows) - sum(parts) - 0.1) < 1e-9);
    assert.equal(rowsOf({ parts: [], rest: 0.001 }).length, 0);
  });

  it("say when a baseline was better", () => {
    const verdict = { weeks: 3, events: 20, hit: { model: { 10: { value: 0.5 } } }, ahead: {}, beaten_by: [] };
    assert.ok(!sentence(verdict).includes("准"));
    const beaten = { ...verdict, beaten_by: ["raw_counts"], ahead: { raw_counts: { value: -0.1, low: -0.2, high: -0.05 } } };
    assert.ok(sentence(beaten).includes("历史次数 比本模型更准"));
    beaten.ahead.raw_counts.high = 0.01;
    assert.ok(sentence(beaten).endsWith("历史次数 略准于本模型，差别在误差范围内。"));
  });
});

describe("the slider", () => {
  const slider = Object.assign(Object.create(WeekSlider.prototype), { weeks: ["2026-05-25", "now"], at: 0, told: new Map([["2026-05-25", { frozen: true, sufficient: false, score: { expected: 2.34, events: 3 } }]]) });

  it("says what a week is", () => {
    assert.equal(slider.describe(), "05-25 至 05-31 · 周前封存 · 数据不足 · 预计 2.3 件，实际 3 件");
    assert.equal(Object.assign(slider, { at: 1 }).describe(), "现在");
  });
});
