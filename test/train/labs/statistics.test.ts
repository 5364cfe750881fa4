/** The numbers that the labs report, computed a second time from what they are by definition. */

import { describe, expect, it } from "vitest";
import { Corpus, type Domain, mixture } from "../../../lib/data/index.js";
import { noGrad } from "../../../lib/index.js";
import { transformer } from "../../../lib/models/index.js";
import { favorites } from "../../../lib/moe/metrics/tokens.js";
import {
  capacityLab,
  collapse,
  type CollapseOptions,
  collapseSummary,
  type CollapseRow,
  compareTwins,
  type CompareOptions,
  confidenceInterval,
  dropsByChance,
  duels,
  remedies,
  specialization,
} from "../../../lib/train/index.js";

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

/** Share of Student's t with `freedom` degrees of freedom that lies within ±t: with t = √freedom · tan θ it is the integral of
 *  cos^(freedom − 1) θ up to that angle, over the one up to π/2. */
function studentWithin(t: number, freedom: number): number {
  const integral = (to: number): number => {
    const n = 2000;
    let sum = 0;
    for (let i = 0; i < n; i++) sum += Math.cos(((i + 0.5) / n) * to) ** (freedom - 1);
    return (sum * to) / n;
  };
  return integral(Math.atan(t / Math.sqrt(freedom))) / integral(Math.PI / 2);
}

describe("the interval of a mean", () => {
  it.each(Array.from({ length: 30 }, (_, i) => i + 2))("of %d values holds 95 % of Student's distribution", (n) => {
    const a = Math.sqrt((n * (n - 1)) / 2); // then s²/n = 1, and the half width is the quantile itself
    const { mean, low, high } = confidenceInterval([3 + a, 3 - a, ...new Array<number>(n - 2).fill(3)]);
    expect(mean).toBeCloseTo(3, 9);
    expect((low + high) / 2).toBeCloseTo(3, 9);
    expect(studentWithin((high - low) / 2, n - 1)).toBeCloseTo(0.95, 4);
  });

  it("of many values is the normal one", () => {
    const { low, high } = confidenceInterval(Array.from({ length: 400 }, (_, i) => (i % 2) * 2));
    expect((high - low) / 2).toBeCloseTo(1.96 * Math.sqrt(400 / 399 / 400), 6);
  });
});

describe("drops by chance", () => {
  it("vary from seed to seed as much as the standard error says", () => {
    const runs = Array.from(
      { length: 60 },
      (_, seed) => dropsByChance({ nToken: 24, factors: [1], draws: 10, seed })[0],
    );
    const measured = runs.map((run) => run.measured);
    const spread = Math.sqrt(mean(measured.map((m) => (m - mean(measured)) ** 2)));
    const said = mean(runs.map((run) => run.standardError));
    expect(spread / said).toBeGreaterThan(0.7);
    expect(spread / said).toBeLessThan(1.4);
  });

  it("are those of 128 tokens, 8 experts, one each, over 200 draws, unless told otherwise", () => {
    const given = { nToken: 128, nExpert: 8, topK: 1, draws: 200, seed: 1 };
    const [row] = dropsByChance({ factors: [1] });
    expect(dropsByChance({ ...given, factors: [1] })).toEqual([row]);
    for (const other of [{ nToken: 127 }, { nExpert: 7 }, { topK: 2 }, { draws: 201 }, { seed: 2 }])
      expect(dropsByChance({ ...given, ...other, factors: [1] })).not.toEqual([row]);
    const rows = dropsByChance({ draws: 2 });
    expect(rows.map(({ factor }) => factor)).toEqual([0.5, 0.75, 1, 1.25, 1.5, 2, 3, 4]);
    expect(rows.map(({ capacity }) => capacity)).toEqual([8, 12, 16, 20, 24, 32, 48, 64]);
  });
});

const text = new Corpus("Call me Ishmael. Some years ago, never mind how long precisely. ".repeat(90));
const shape = { vocabSize: text.tokenizer.vocabSize, blockSize: 8, nLayer: 2, nHead: 1, dModel: 8, nExpert: 4 };

describe("drops by chance of more choices than experts", () => {
  it("make no sense, as many make some", () => {
    expect(() => dropsByChance({ nExpert: 2, topK: 3 })).toThrow(
      "dropsByChance: topK 3 must not exceed nExpert 2, the experts there are",
    );
    expect(dropsByChance({ nExpert: 2, topK: 2, draws: 2, factors: [1] })[0].exact).toBe(0);
  });
});

describe("the capacity lab", () => {
  const model = transformer({ ...shape, topK: 2 }, { seed: 1 });

  it("goes through eight factors under two rules, and once without a limit", () => {
    const rows = capacityLab(model, text, { blocks: 1, batchSize: 1 });
    const factors = [0.5, 0.75, 1, 1.25, 1.5, 2, 3, 4];
    expect(rows.map(({ overflow, factor }) => [overflow, factor])).toEqual([
      ...factors.map((factor) => ["drop", factor]),
      ...factors.map((factor) => ["nextBest", factor]),
      ["dropless", null],
    ]);
  });

  it("asks 32 blocks, 16 at a time, unless told otherwise", () => {
    const run = (options: object) => capacityLab(model, text, { factors: [1], overflows: ["drop"], ...options });
    expect(run({})).toEqual(run({ blocks: 32, batchSize: 16 }));
    for (const other of [{ blocks: 31 }, { batchSize: 15 }]) expect(run({})).not.toEqual(run(other));
  });

  it("finds each token at its first and its second preference where there is room for all", () => {
    const [row] = capacityLab(model, text, { overflows: ["dropless"], blocks: 4 });
    expect(row.byPreference).toEqual([0.5, 0.5, 0, 0]);
    expect([row.kept, row.rerouted, row.dropped]).toEqual([1, 0, 0]);
  });
});

/** Rows without what a clock measured. */
async function timeless<Row extends object>(rows: AsyncIterable<Row>, most = Infinity): Promise<object[]> {
  const all: object[] = [];
  for await (const row of rows) if (all.push({ ...row, seconds: 0, tokensPerSecond: 0 }) >= most) break;
  return all;
}

describe("a lead over the seeds", () => {
  const rows = (leads: readonly number[]) =>
    leads.flatMap((lead, seed) => [
      { contender: "MoE" as const, seed, step: 5, seconds: 1, valLoss: 2 - lead },
      { contender: "dense" as const, seed, step: 5, seconds: 1, valLoss: 2 },
    ]);

  it.each([
    [[0.5, 0.5, 0.5], 0.5, true],
    [[-0.5, -0.5, -0.5], -0.5, true],
    [[0.02, 0.02, 0.02], 0.02, true],
    [[-0.02, -0.02, -0.02], -0.02, true],
    [[0, 0, 0], 0, false],
    [[0.5, -0.5, 0.1], 0.1 / 3, false],
    [[0.5], 0.5, false],
  ])("of %j is %d on average; it is decided where the interval leaves out 0: %s", (leads, mean, decided) => {
    const [duel] = duels(rows(leads), "MoE", "dense");
    expect(duel).toMatchObject({ at: 5, n: leads.length, decided });
    expect(duel.mean).toBeCloseTo(mean, 12);
    expect(duel.decided).toBe(duel.low > 0 || duel.high < 0);
  });

  it("counts those seeds alone that both were measured with, and is none where there is no such seed", () => {
    const measured = rows([0.5, 0.7]).filter(({ contender, seed }) => contender === "MoE" || seed === 1);
    expect(duels(measured, "MoE", "dense")).toMatchObject([{ n: 1, mean: expect.closeTo(0.7, 12) as number }]);
    expect(duels(measured, "MoE", "dense, equal total")).toEqual([]);
  });
});

describe("the comparison of the twins, unless told otherwise,", () => {
  const config = { ...shape, nLayer: 1 };
  const run = (options: Partial<CompareOptions>) =>
    timeless(compareTwins(config, text, { steps: 20, batchSize: 1, evalBlocks: 1, ...options }));

  it("evaluates at every tenth of the steps", async () => {
    const rows = await run({ seeds: [1], contenders: ["dense"] });
    expect(rows).toEqual(await run({ seeds: [1], contenders: ["dense"], evalEvery: 2 }));
    expect(rows).not.toEqual(await run({ seeds: [1], contenders: ["dense"], evalEvery: 3 }));
  });

  it("has three contenders and three seeds", async () => {
    const rows = (await run({ steps: 1 })) as { contender: string; seed: number }[];
    const names = ["dense", "MoE", "dense, equal total"];
    expect(rows.map(({ contender, seed }) => [seed, contender])).toEqual(
      [1, 2, 3].flatMap((seed) => names.map((name) => [seed, name])),
    );
  });
});

describe("a run of the collapse lab", () => {
  const model = { blockSize: 8, nLayer: 1, dModel: 8 };
  const first = (options: CollapseOptions) => timeless(collapse(text, { model, ...options }), 1);

  it.each<[CollapseOptions, CollapseOptions]>([
    [{ seed: 1 }, { seed: 2 }],
    [{ remedy: "none" }, { remedy: "mask" }],
    [{ start: "even" }, { start: "biased" }],
    [{ steps: 200 }, { steps: 221 }], // a longer warm-up
    [{ batchSize: 16 }, { batchSize: 15 }],
    [{ lr: 1e-3 }, { lr: 2e-3 }],
  ])("is as with %j, and not as with %j", async (same, other) => {
    expect(await first(same)).toEqual(await first({}));
    expect(await first(other)).not.toEqual(await first({}));
  });

  it("that is biased leads by 2, and one step is evaluated on 64 blocks", async () => {
    const biased = (options: CollapseOptions) => first({ start: "biased", ...options });
    expect(await biased({ lead: 2 })).toEqual(await biased({}));
    expect(await biased({ lead: 1 })).not.toEqual(await biased({}));
    const whole = { steps: 1, batchSize: 1 };
    expect(await first({ ...whole, evalBlocks: 64 })).toEqual(await first(whole));
    expect(await first({ ...whole, evalBlocks: 63 })).not.toEqual(await first(whole));
  });

  it("changes one thing alone against collapse", () => {
    expect(remedies).toEqual({
      none: { balance: 0 },
      mask: { balance: 0, renormalize: true },
      noise: { balance: 0, noise: "normal", noiseScale: 2 },
      switch: { balance: { switch: 0.01 } },
      z: { balance: { z: 0.01 } },
      bias: { balance: { bias: 0.01 }, score: "sigmoid" },
      nextBest: { balance: 0, capacityFactor: 1.25, overflow: "nextBest" },
      drop: { balance: 0, capacityFactor: 1.25 },
      expertDropout: { balance: 0, expertDropout: 0.2 },
    });
  });
});

describe("specialization", () => {
  const repeated = (words: string): string => `${words} `.repeat(60);
  const domains: Domain[] = [
    { name: "letters", text: repeated("abc abd") },
    { name: "digits", text: repeated("123 45") },
  ];
  const mixed = mixture(domains, { chunks: 8 });
  const model = transformer({ ...shape, vocabSize: mixed.corpus.tokenizer.vocabSize }, { seed: 2 });

  it("counts for each expert which domains and characters its tokens are of", () => {
    const { rows, shares, topCharacters } = specialization(model.eval(), mixed, { blocks: 6, times: 3 });
    const batches = [...mixed.corpus.blocks("validation", 6, 8, 6)];
    const characters = batches.flatMap(({ inputs }) => [...inputs.toTypedArray()]);
    const routings = batches.map(({ inputs }) => noGrad(() => model.forward(inputs)).routings);
    expect(rows.map(({ layer }) => layer)).toEqual([0, 1]);
    for (const layer of [0, 1]) {
      const experts = routings.flatMap((each) => [...favorites(each[layer])]);
      for (const e of [0, 1, 2, 3]) {
        const mine = [...experts.keys()].filter((i) => experts[i] === e);
        const part = (is: (i: number) => boolean): number => (mine.length ? mine.filter(is).length / mine.length : 0);
        expect(shares[layer][e]).toEqual([0, 1].map((d) => part((i) => mixed.labels.validation[i] === d)));
        const { vocabulary } = mixed.corpus.tokenizer;
        const top = topCharacters[layer][e];
        expect(top.length).toBe(Math.min(6, new Set(mine.map((i) => characters[i])).size));
        for (const [k, { character, share }] of top.entries()) {
          expect(share).toBeCloseTo(
            part((i) => vocabulary[characters[i]] === character),
            12,
          );
          if (k > 0) expect(share).toBeLessThanOrEqual(top[k - 1].share);
        }
      }
    }
  });
});

describe("the summary of a run", () => {
  const run = (effective: readonly number[]): CollapseRow[] =>
    effective.map(
      (value, i) =>
        ({
          step: 5 * (i + 1),
          effective: value,
          load: [new Array<number>(8).fill(1 / 8)],
          remedy: "z",
          seed: 3,
          start: "biased",
          dead: i,
          valLoss: i / 10,
        }) as unknown as CollapseRow,
    );

  it("says of the last row who it was and how it ended", () => {
    expect(collapseSummary(run([8, 7, 6]))).toMatchObject({
      remedy: "z",
      seed: 3,
      start: "biased",
      steps: 15,
      dead: 2,
      valLoss: 0.2,
    });
  });

  it("means by its numbers what their definitions say", () => {
    const values = Array.from({ length: 50 }, (_, i) => 4.5 + 3.5 * Math.sin(i / 5) + (i % 3) / 7);
    const smooth = values.map((_, i) => mean(values.slice(Math.max(0, i - 9), i + 1)));
    const summary = collapseSummary(run(values));
    expect(summary.effective).toBeCloseTo(mean(values.slice(37)), 12);
    expect(summary.lowest).toBeCloseTo(Math.min(...smooth), 12);
    expect(summary.lowestStep).toBe(5 * (smooth.indexOf(Math.min(...smooth)) + 1));
  });

  it("has collapsed at a quarter of the experts' worth, and is even at three quarters: just there, too", () => {
    expect(collapseSummary(run(new Array<number>(8).fill(2))).collapsed).toBe(true);
    expect(collapseSummary(run(new Array<number>(8).fill(2.01))).collapsed).toBe(false);
    expect(collapseSummary(run([1, 11, 6, 6])).recovered).toBe(10);
    expect(collapseSummary(run([6, 6])).recovered).toBe(5);
    expect(collapseSummary(run([6, 5.9])).recovered).toBeNull();
  });
});
