import { describe, expect, test } from "vitest";
import { logLines, memoryBars, modelMap, parameterBars } from "../../../lib/plot/index.js";
import { geometry, read } from "../read.js";

const moe = [
  { component: "embedding", total: 20, active: 20 },
  { component: "attention", total: 30, active: 30 },
  { component: "expert", total: 800, active: 200 },
  { component: "router", total: 1, active: 1 },
];
const dense = [
  { component: "attention", total: 30, active: 30 },
  { component: "feed-forward", total: 100, active: 100 },
];
const widths = (figure: ReturnType<typeof parameterBars>) =>
  read(figure)
    .all('[data-mark="rect"] rect')
    .map((rect) => Number(rect.getAttribute("width")));

describe("parameterBars", () => {
  test("draws two bars on one scale: the pieces of each are as long as the numbers", () => {
    const figure = parameterBars(moe);
    const [total, active] = [851, 251];
    // Embedding, attention, router, experts at work, experts at rest; then the same without those at rest.
    const drawn = widths(figure);
    expect(drawn).toHaveLength(5 + 4);
    const sum = (from: number, to: number) => drawn.slice(from, to).reduce((a, b) => a + b, 0);
    expect(sum(5, 9) / sum(0, 5)).toBeCloseTo(active / total, 2);
    expect(drawn[4] / sum(0, 5)).toBeCloseTo(600 / total, 2);
    expect(read(figure).facts).toEqual({ model: { total, active } });
  });

  test("says the sums at the ends, and the share where not all work", () => {
    const { texts } = read(parameterBars(moe));
    expect(texts).toEqual(expect.arrayContaining(["851", "251 29.5 % of total"]));
    expect(read(parameterBars(dense)).texts.filter((text) => text.includes("of total"))).toEqual([]);
  });

  test("names the models where there are several, each with its colors", () => {
    const both = [...dense.map((row) => ({ by: "A", ...row })), ...moe.map((row) => ({ by: "B", ...row }))];
    const { texts, all } = read(parameterBars(both));
    expect(texts).toEqual(expect.arrayContaining(["A", "B", "feed-forward", "experts"]));
    expect(all(".legend rect")).toHaveLength(5);
  });

  test("puts a component that it does not know with the others, so that the bars stay whole", () => {
    expect(read(parameterBars([{ component: "gizmo", total: 5, active: 5 }])).facts).toEqual({
      model: { total: 5, active: 5 },
    });
  });
});

describe("memoryBars", () => {
  const rows = [
    { by: "all", what: "weights", bytes: 140e9 },
    { by: "all", what: "gradients", bytes: 140e9 },
    { by: "LoRA", what: "weights", bytes: 140e9 },
  ];

  test("adds up the pieces of each bar, in decimal units", () => {
    const { facts, texts } = read(memoryBars(rows));
    expect(facts).toEqual({ all: 280e9, LoRA: 140e9 });
    expect(texts).toEqual(expect.arrayContaining(["all", "LoRA", "280 GB", "140 GB", "weights", "gradients"]));
  });

  test("draws lines to compare with, and needs no legend for a single piece", () => {
    const { texts, all } = read(
      memoryBars([{ by: "float16", bytes: 3e9 }], { references: [{ value: 80e9, label: "one card" }] }),
    );
    expect(texts).toContain("one card");
    expect(all(".legend")).toEqual([]);
  });
});

describe("logLines", () => {
  const rows = [1, 10, 100].flatMap((x) => [
    { by: "copies", x, y: 350e9 * x },
    { by: "adapters", x, y: 350e9 + 4e7 * x },
  ]);

  test("draws a line for each series and writes its name and last value at its end", () => {
    const { texts, all, facts } = read(logLines(rows, { unit: "bytes" }));
    expect(all('[data-mark="line"] path')).toHaveLength(2);
    expect(texts).toEqual(expect.arrayContaining(["copies", "adapters", "35 TB", "354 GB"]));
    expect(facts.copies).toEqual({ by: "copies", x: 100, y: 35e12 });
  });

  test("refuses what a logarithm has no place for", () => {
    expect(() => logLines([{ by: "a", x: 0, y: 1 }])).toThrow(
      "logLines needs numbers above 0, as its axes are logarithmic, got x 0, y 1",
    );
  });
});

describe("modelMap", () => {
  const rows = [
    { by: "dense", total: 7e9, active: 7e9 },
    { by: "mixture", total: 47e9, active: 13e9 },
    { by: "huge", total: 1.6e12, active: 1.7e9 },
  ];

  test("puts dense models on the diagonal and mixtures below, and names them", () => {
    const { all, texts } = read(modelMap(rows));
    const [a, b] = all('[data-mark="dot"] circle').map((dot) => dot.getAttribute("fill"));
    expect(a).not.toBe(b);
    expect(texts).toEqual(expect.arrayContaining(["dense", "mixture", "huge", "dense: all of it", "10 %", "1 %"]));
  });

  test("draws as dense only what uses all of its parameters", () => {
    const fill = (active: number) =>
      read(modelMap([{ by: "a", total: 1000, active }]))
        .all('[data-mark="dot"] circle')[0]
        .getAttribute("fill");
    const [half, most, nearly, all] = [500, 998, 999, 1000].map(fill);
    expect(all).toContain("dense");
    expect([half, most, nearly]).toEqual([expect.stringContaining("moe"), half, all]);
  });

  test("leaves a name out rather than writing it over another", () => {
    const crowd = Array.from({ length: 60 }, (_, i) => ({ by: `model ${i}`, total: 7e9 + i, active: 7e9 + i }));
    const names = read(modelMap(crowd)).all(".names text");
    expect(names.length).toBeGreaterThan(0);
    expect(names.length).toBeLessThan(8);
  });
});

describe.each([
  [
    "parameterBars",
    () => parameterBars([]),
    () => parameterBars(moe),
    () => parameterBars([{ component: "a" }] as never),
  ],
  [
    "memoryBars",
    () => memoryBars([]),
    () => memoryBars([{ by: "a", bytes: 1 }]),
    () => memoryBars([{ by: "a" }] as never),
  ],
  ["logLines", () => logLines([]), () => logLines([{ by: "a", x: 2, y: 3 }]), () => logLines([{ by: "a" }] as never)],
  ["modelMap", () => modelMap([]), () => modelMap([{ by: "a", total: 2, active: 1 }]), () => modelMap([{}] as never)],
])("%s", (name, empty, one, bad) => {
  test("draws no rows, and a single one, without a broken coordinate", () => {
    for (const figure of [empty(), one()]) expect(geometry(figure)).not.toMatch(/NaN|Infinity|undefined/);
  });

  test("says in words what it shows, and which rows it needs", () => {
    expect(one().description).toMatch(/: .+\.$/);
    expect(bad).toThrow(new RegExp(`^${name} needs rows with a number`));
  });
});
