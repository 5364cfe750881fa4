import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { mobyDick } from "../../lib/data/index.js";
import { effectiveExperts, loadCVByChance } from "../../lib/moe/index.js";
import { modelColors } from "../../lib/plot/palette.js";
import { collapse, type CollapseOptions, type CollapseRow, type CollapseSummary } from "../../lib/train/index.js";
import { executed } from "./executed.js";

const notebook = executed("06-imbalance");
const text = await mobyDick();
const recorded = JSON.parse(
  readFileSync(path.resolve(import.meta.dirname, "../../assets/labs/collapse.json"), "utf8"),
) as {
  rows: Recorded[];
};
type Recorded = CollapseSummary & { readonly curve: readonly (readonly [step: number, effective: number])[] };
const runs = (start: string, remedy: string): Recorded[] =>
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

  it("the first dead expert comes early, and the router does not come back", async () => {
    const { firstDead, mostDead, atEnd, steps } = notebook.claimed<Record<string, number>>("D1");
    const rows = await rowsOf({ steps }); // all of them: the learning rate follows the number of steps
    expect(rows.find(({ dead }) => dead > 0)!.step).toBe(firstDead);
    expect(mostDead).toBeGreaterThan(7);
    expect(rows.at(-1)!.loss).toBeLessThan(rows[firstDead].loss); // the loss goes on falling while the experts die
    expect(atEnd).toBeLessThan(2);
    expect(notebook.printed).toMatch(/at step \d+: it has not come back/);
    const [first, last] = [rows[0], rows.at(-1)!].map(({ loss }) => loss.toFixed(2));
    expect(notebook.printed).toContain(`loss: ${first} in the first step, ${last} in the last`);
  });

  it("the recorded fraction is counted by the stated criterion", () => {
    const even = runs("even", "none");
    expect(even.length).toBe(20);
    for (const run of even) expect(run.collapsed).toBe(run.effective <= 2);
    const { length } = even.filter(({ collapsed }) => collapsed);
    expect(notebook.html).toContain(`Without balancing ${length} of 20 runs collapse`);
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

describe("chart and table say the same", () => {
  type Layers = Record<string, { layers: { idle: number }[] }>;
  const label = "plain MoE";

  it("idle is one number in both, and never less than dead", () => {
    const { measured } = notebook.claimed<{ measured: { idle: number; dead: number }[] }>("D4");
    const [chart] = notebook.figures("load") as Layers[];
    expect(chart[label].layers[0].idle).toBe(measured.at(-1)!.idle);
    for (const { idle, dead } of measured) expect(idle).toBeGreaterThanOrEqual(dead);
  });

  it("the chart of the remedies ends where the table's column of the last step says", () => {
    const chart = (notebook.figures("collapse") as Record<string, { effective: number }>[]).at(-1)!;
    const { remedies } = notebook.claimed<{ remedies: { remedy: string; last: number; effective: number }[] }>("D7");
    expect(Object.keys(chart).sort()).toEqual(["bias", "nextBest", "noise", "switch"]);
    for (const { remedy, last } of remedies) {
      const ends = runs("biased", remedy).map((run) => run.curve.at(-1)!);
      expect(last).toBeCloseTo(mean(ends.map(([, effective]) => effective)), 9);
      for (const [step] of ends) expect(step).toBe(200);
    }
    expect(remedies.some(({ last, effective }) => Math.abs(last - effective) > 0.1)).toBe(true);
  });

  it("a remedy has one color in all charts", () => {
    const colorsOf = (title: string) => {
      const chart = notebook.pictures.find((html) => html.includes(title))!;
      return [...chart.matchAll(/stroke="var\(--twin-(\w+), [^>]*data-mark="line"/g)].map(([, tint]) => tint);
    };
    const names = [label, "mask", "noise", "switch", "bias", "nextBest"];
    const tints = modelColors(names);
    expect(tints.get(label)).toBe("moe");
    for (const [title, shown] of [
      ["The same bad start", [label, "mask", "noise"]],
      ["From the same bad start", ["noise", "switch", "bias", "nextBest"]],
    ] as const)
      expect(new Set(colorsOf(title)), title).toEqual(new Set(shown.map((name) => tints.get(name))));
  });
});

describe("the balance loss", () => {
  const rows = (notebook.figures("table") as Record<string, unknown>[][]).find((table) => "by hand" in table[0])!;

  it("is 1 for an even load, 2 for one sure expert, 0.922 below both, and 1 while all tokens go to one", () => {
    const expected = [
      [[0.5, 0.5], 1],
      [[1, 0], 2],
      [[0.6, 0.4], 2 * (0.6 * 0.306 + 0.4 * 0.694)],
      [[1, 0], 1],
    ] as const;
    expected.forEach(([f, loss], i) => {
      expect(rows[i].f).toEqual(f);
      expect(rows[i].loss).toBeCloseTo(loss, 5);
      expect(rows[i]["by hand"]).toBeCloseTo(loss, 5);
    });
    expect(notebook.printed).toContain("smallest here: 0.922");
  });

  it("has its gradient through P alone", () => {
    const [first, second] = notebook.printed.match(/(?<=logits: |fixed number:   )[-\d., ]+/g)!;
    expect(first).toBe(second);
    // E/N · p (f − Σ f p) for p (0.51, 0.49) and f (0.6, 0.4)
    expect(first).toBe("0.01000, -0.01000");
  });
});

describe("the bias", () => {
  it("evens the load out, moves the choice and leaves the weights", () => {
    const steps = (notebook.figures("table") as { step: number; load: number[]; bias: number[] }[][]).find(
      ([row]) => "bias" in row,
    )!;
    expect(effectiveExperts(steps[0].load)).toBeLessThan(2.5);
    expect(effectiveExperts(steps.at(-1)!.load)).toBeGreaterThan(3.8);
    for (const [e, bias] of steps[1].bias.entries()) expect(Math.sign(bias)).toBe(e === 0 ? -1 : 1);
    expect(Number(/(\d+) of 64 tokens changed/.exec(notebook.printed)![1])).toBeGreaterThan(10);
    expect(notebook.printed).toContain("largest change of a weight among the others: 0\n");
    const even = Number(/at most 1.25 fair shares: first at step (\d+)/.exec(notebook.printed)![1]);
    for (const { step, load } of steps) if (step >= even) expect(4 * Math.max(...load)).toBeLessThanOrEqual(1.25);
    expect(even).toBeGreaterThan(1);
  });
});

describe("other numbers", () => {
  it("85 % of the entropy hides an expert with 13.4 fair shares: 21 % of 64", () => {
    expect(notebook.printed).toContain("entropy 5.1 of 6 bits: 85 %");
    expect(notebook.printed).toContain(`busiest: ${(0.21 * 64).toFixed(1)} fair shares`);
  });

  it("a stronger balance loss makes the load more even", () => {
    const swept = (notebook.figures("table") as { strength: number; effective: number }[][]).find(
      ([row]) => "strength" in row,
    )!;
    expect(swept.map(({ strength }) => strength)).toEqual([0, 0.001, 0.01, 0.1, 1]);
    expect(swept[0].effective).toBeLessThan(5);
    expect(swept.at(-1)!.effective).toBeGreaterThan(7);
  });

  it("no capacity wakes an expert; it only says how many tokens are sent away", () => {
    const limits = (notebook.figures("table") as Record<string, number>[][]).find(([row]) => "capacityFactor" in row)!;
    for (const { capacityFactor, dead, dropped } of limits) {
      expect(dead).toBe(7);
      expect(dropped).toBeCloseTo(1 - Math.min(1, capacityFactor / 8), 9);
    }
    expect(notebook.printed).toContain("trained with drop at factor 1.25: 3 of 3 collapsed");
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

  it("run again, the balance loss leads out of a bad start, and nothing does not", async () => {
    const [none, balanced] = await Promise.all(
      (["none", "switch"] as const).map((remedy) => rowsOf({ start: "biased", remedy, steps: 60 })),
    );
    expect(none.at(-1)!.effective).toBeLessThan(1.2);
    expect(balanced.at(-1)!.effective).toBeGreaterThan(2);
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
    const shared = runs("even", "none")
      .filter(({ seed }) => seed <= 3)
      .map((run) => run.valLoss!);
    expect(without).toMatchObject({ lowest: Math.min(...shared), highest: Math.max(...shared) });
    expect(notebook.printed).toContain("the MoE varies more");
  });
});

describe("D11, what guarantees what", () => {
  it("drop leaves experts dead and next-best none, while both routers ask for one", async () => {
    const { drop, nextBest } = notebook.claimed<Record<string, Record<string, number>>>("D11");
    // The badge says "and keeps them all at work" of what the table of remedies says of the end.
    expect(nextBest.laterDead).toBeCloseTo(mean(runs("biased", "nextBest").map((run) => run.dead)), 9);
    expect(nextBest.laterDead).toBeGreaterThan(0);
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
