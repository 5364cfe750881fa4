import { describe, expect, it } from "vitest";
import { Corpus } from "../../../lib/data/index.js";
import { Generator, mul, randn, sum, type Tensor } from "../../../lib/index.js";
import { MoE, type Routing } from "../../../lib/moe/index.js";
import {
  collapse,
  type CollapseOptions,
  type CollapseRow,
  collapseSummary,
  remedies,
} from "../../../lib/train/index.js";

const text = new Corpus(
  "Call me Ishmael. Some years ago, never mind how long precisely, having little money. ".repeat(60),
);
async function run(options: CollapseOptions): Promise<CollapseRow[]> {
  const rows: CollapseRow[] = [];
  for await (const row of collapse(text, { steps: 12, batchSize: 4, evalBlocks: 4, ...options })) rows.push(row);
  return rows;
}

describe("the collapse lab, in its short form", () => {
  it("yields plain rows, the same for the same seed", async () => {
    const timeless = (rows: CollapseRow[]): object[] => rows.map((row) => ({ ...row, seconds: 0, tokensPerSecond: 0 }));
    const [a, b] = [await run({ steps: 3 }), await run({ steps: 3 })];
    expect(timeless(a)).toEqual(timeless(b));
    expect(JSON.parse(JSON.stringify(a))).toEqual(a);
  });

  it("takes no dense model, which has no experts to keep in use", async () => {
    await expect(run({ steps: 1, model: { nExpert: 0 } })).rejects.toThrow("collapse needs a model with experts");
  });

  it("a biased start has all tokens on one expert from the first step on, and stays there without a remedy", async () => {
    for (const row of await run({ start: "biased" })) {
      expect(row.effective).toBeLessThan(1.1);
      expect(row.load!.every((load) => load[0] > 0.95)).toBe(true);
    }
  });

  it("a capacity with next-best gives every expert work at once, though all tokens still ask for the same one", async () => {
    const [first] = await run({ start: "biased", remedy: "nextBest", steps: 1 });
    expect(first.effective).toBeGreaterThan(6);
    expect(first.routing![0].effectiveExperts).toBeLessThan(1.1); // of what was asked for
    expect(first.routing![0].rerouted).toBeGreaterThan(0.7);
  });

  it("a capacity with drop leaves the others dead: tokens are dropped instead", async () => {
    const [first] = await run({ start: "biased", remedy: "drop", steps: 1 });
    expect(first.effective).toBeLessThan(1.1);
    expect(first.dead).toBeGreaterThanOrEqual(12); // of 2 layers with 8 experts
    expect(first.routing![0].dropped).toBeGreaterThan(0.7);
  });

  it("noise brings tokens to others at once", async () => {
    const [first] = await run({ start: "biased", remedy: "noise", steps: 1 });
    expect(first.effective).toBeGreaterThan(4);
  });

  it("refuses a remedy that there is not", async () => {
    await expect(run({ remedy: "hope" as "none" })).rejects.toThrow(
      `collapse: remedy must be one of ${Object.keys(remedies).join(", ")}, got "hope"`,
    );
  });
});

describe("a mask to −∞ alone", () => {
  it("does not help the others: masked logits and starved experts get a gradient of exactly 0", () => {
    const moe = new MoE(6, 5, {
      rng: new Generator(1),
      nExpert: 4,
      topK: 2,
      ...remedies.mask,
      routerBias: true,
      bias: false,
    });
    moe.router.bias!.storage.f32().set([9, 8, 0, 0]);
    const routings: Routing[] = [];
    const y = moe.forward(randn([20, 6], new Generator(2)), { routings });
    sum(mul(y, randn([20, 6], new Generator(3)))).backward();
    expect(routings[0].load).toEqual([0.5, 0.5, 0, 0]);
    const rows = (x: Tensor): number[][] =>
      Array.from({ length: 4 }, (_, e) => Array.from(x.toTypedArray().slice((e * x.size) / 4, ((e + 1) * x.size) / 4)));
    for (const gradient of [moe.experts.up.grad!, moe.experts.down.grad!, moe.router.weight!.grad!]) {
      const [a, b, c, d] = rows(gradient).map((row) => Math.max(...row.map(Math.abs)));
      expect(Math.min(a, b)).toBeGreaterThan(0);
      expect(Math.max(c, d)).toBe(0);
    }
  });
});

describe("the summary of a run", () => {
  const row = (step: number, effective: number): CollapseRow =>
    ({
      step,
      effective,
      load: [new Array<number>(8).fill(1 / 8)],
      remedy: "none",
      seed: 1,
      start: "even",
      dead: 0,
      valLoss: 2,
    }) as unknown as CollapseRow;
  it("finds the fall, the recovery and the end", () => {
    const rows = Array.from({ length: 100 }, (_, i) => row(i + 1, i < 20 ? 6 : i < 50 ? 1 : 8));
    const summary = collapseSummary(rows);
    expect(summary).toMatchObject({ effective: 8, lowest: 1, lowestStep: 30, collapsed: false });
    expect(summary.recovered).toBe(58); // the mean of ten steps reaches 6 when eight of them are at 8
    expect(collapseSummary(rows.slice(0, 50))).toMatchObject({ collapsed: true, recovered: null });
    expect(() => collapseSummary([])).toThrow("collapseSummary: there are no rows: train for at least one step");
  });
});
