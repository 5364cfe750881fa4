import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { mobyDick } from "../../lib/data/index.js";
import { loadCVByChance } from "../../lib/moe/index.js";
import { collapse, type CollapseOptions, type CollapseRow, type CollapseSummary } from "../../lib/train/index.js";
import { executed } from "./executed.js";

const notebook = executed("06-imbalance");
const text = await mobyDick();
const recorded = JSON.parse(
  readFileSync(path.resolve(import.meta.dirname, "../../assets/labs/collapse.json"), "utf8"),
) as {
  rows: CollapseSummary[];
};
const runs = (start: string, remedy: string): CollapseSummary[] =>
  recorded.rows.filter((row) => row.start === start && row.remedy === remedy);

async function rowsOf(options: CollapseOptions): Promise<CollapseRow[]> {
  const rows: CollapseRow[] = [];
  for await (const row of collapse(text, { evalBlocks: 1, ...options })) rows.push(row);
  return rows;
}
const mean = (values: number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

describe("D1, collapse from the start of training", () => {
  it("the run's first load is what the lab computes again, and it lies far above its lowest one", async () => {
    const { atStart, steps } = notebook.claimed<{ atStart: number; atEnd: number; steps: number }>("D1");
    const [first] = await rowsOf({ steps: 1 });
    expect(steps).toBeGreaterThan(5);
    expect(atStart).toBeCloseTo(first.effective, 6);
    expect(atStart).toBeGreaterThan(5);
  });

  it("the recorded fraction is counted by the stated criterion", () => {
    const even = runs("even", "none");
    expect(even.length).toBe(20);
    for (const run of even) expect(run.collapsed).toBe(run.effective <= 2);
  });
});

describe("D2 and D3, noise against a mask", () => {
  it("with the same start noise brings tokens to others at once; the mask changes nothing", () => {
    const { none, mask, noiseAtOnce } = notebook.claimed<Record<string, number>>("D2");
    expect(none).toBeLessThan(1.2);
    expect(mask).toBeLessThan(1.2);
    expect(noiseAtOnce).toBeGreaterThan(4);
  });

  it("would not hold for noise of no size", async () => {
    const [silent] = await rowsOf({ start: "biased", remedy: "none", steps: 1 });
    expect(silent.effective).toBeLessThan(1.2);
  });
});

describe("D4, imbalance in numbers", () => {
  it("the numbers of the first step are those of a run of the lab, above what chance gives", async () => {
    const { measured, chance } = notebook.claimed<{
      measured: { cv: number; gini: number; maxViolation: number; flipRate: number }[];
      chance: number;
    }>("D4");
    const [first] = await rowsOf({ steps: 1 });
    expect(measured[0].cv).toBeCloseTo(first.routing![0].cv, 6);
    expect(measured[0].maxViolation).toBeCloseTo(first.routing![0].maxViolation, 6);
    expect(measured[0].gini).toBeCloseTo(first.routing![0].gini, 6);
    for (const { flipRate } of measured) expect(flipRate >= 0 && flipRate < 1).toBe(true);
    expect(Math.max(...measured.map(({ flipRate }) => flipRate))).toBeGreaterThan(0);
    expect(chance).toBeCloseTo(loadCVByChance(512, 1, 8), 9);
    expect(measured[0].cv).toBeGreaterThan(2 * chance); // a linear router on characters is uneven from the first step
  });
});

describe("D7, each remedy and its price", () => {
  const { remedies } = notebook.claimed<{
    remedies: { remedy: string; effective: number; collapsed: number; price: number; recovered: number[] }[];
  }>("D7");
  it("sums up the recorded runs", () => {
    const baseline = mean(runs("even", "switch").map((run) => run.valLoss!));
    for (const { remedy, effective, collapsed, price } of remedies) {
      const mine = runs("biased", remedy);
      expect(mine.length, remedy).toBe(3);
      expect(effective).toBeCloseTo(mean(mine.map((run) => run.effective)), 9);
      expect(collapsed).toBe(mine.filter((run) => run.collapsed).length);
      expect(price).toBeCloseTo(mean(mine.map((run) => run.valLoss!)) - baseline, 9);
    }
  });

  it("the balance loss leads every run out, most to an even load; nothing, a mask, the z-loss and dropping lead out none", () => {
    const of = (name: string): { collapsed: number; recovered: number[] } => remedies.find((r) => r.remedy === name)!;
    expect(of("switch").collapsed).toBe(0);
    expect(of("switch").recovered.length).toBeGreaterThanOrEqual(2);
    for (const name of ["none", "mask", "z", "drop"]) expect(of(name).collapsed, name).toBe(3);
    for (const name of ["noise", "bias", "nextBest"]) expect(of(name).collapsed, name).toBe(0);
  });
});

describe("D8, harder to train", () => {
  it("counts the failures of the recorded runs", () => {
    const { without, withLoss, dense, moe } =
      notebook.claimed<Record<string, { runs: number; failures: number; lowest: number; highest: number }>>("D8");
    for (const spread of [dense, moe]) {
      expect(spread.runs).toBe(5);
      expect(spread.highest).toBeGreaterThan(spread.lowest);
    }
    expect(without.failures / without.runs).toBeGreaterThan(withLoss.failures / withLoss.runs);
    expect(without).toMatchObject({ runs: 20, failures: runs("even", "none").filter((run) => run.collapsed).length });
    expect(withLoss.failures).toBe(runs("even", "switch").filter((run) => run.collapsed).length);
    expect(without.highest).toBeGreaterThan(without.lowest);
  });
});

describe("D11, what guarantees what", () => {
  it("drop leaves experts dead and next-best none, while both routers ask for one", async () => {
    const { drop, nextBest } = notebook.claimed<Record<string, Record<string, number>>>("D11");
    expect(drop.dead).toBeGreaterThanOrEqual(12);
    expect(drop.dropped).toBeGreaterThan(0.7);
    expect(nextBest).toMatchObject({ dead: 0, dropped: 0 });
    expect(nextBest.wantedExperts).toBeLessThan(1.2);
    const [again] = await rowsOf({ start: "biased", remedy: "nextBest", steps: 1 });
    expect(again.routing![0].rerouted).toBeCloseTo(nextBest.rerouted, 6);
  });
});

it("the charts are there", () => {
  expect(notebook.figures("collapse").length).toBeGreaterThanOrEqual(3);
  expect(notebook.figures("load").length).toBeGreaterThanOrEqual(1);
});
