import { describe, expect, it } from "vitest";
import { Corpus } from "../../lib/data/index.js";
import { crossEntropy, noGrad, type Tensor } from "../../lib/index.js";
import { transformer } from "../../lib/models/index.js";
import { evaluate, generate, train, type TrainOptions, type TrainRow, warmupCosine } from "../../lib/train/index.js";

const corpus = new Corpus("The quick brown fox jumps over the lazy dog. ".repeat(40));
const shape = { vocabSize: corpus.tokenizer.vocabSize, blockSize: 8, nLayer: 1, nHead: 2, dModel: 8 };

async function run(options: Partial<TrainOptions> = {}): Promise<{ rows: TrainRow[]; weights: unknown }> {
  const model = transformer(shape, { seed: 1 });
  const rows: TrainRow[] = [];
  for await (const row of train(model, corpus, { steps: 50, batchSize: 2, evalBlocks: 1, ...options })) rows.push(row);
  return { rows, weights: model.stateDict() };
}

describe("training without more than steps and a batch size", () => {
  it("warms up for a twentieth of the steps to 1e-3, then falls along a cosine to a tenth of that", async () => {
    const { rows } = await run();
    const wanted = { lr: 1e-3, minLr: 1e-4, warmup: 3, steps: 50 }; // 50 / 20, rounded up
    expect(rows.map(({ lr }) => lr)).toEqual(rows.map((_, step) => warmupCosine(step, wanted)));
    expect(Math.max(...rows.map(({ lr }) => lr))).toBe(1e-3);
  });

  it("scales the least rate with the highest", async () => {
    const { rows } = await run({ lr: 0.02, steps: 4, warmup: 0 });
    expect(rows.map(({ lr }) => lr)).toEqual(
      [0, 1, 2, 3].map((s) => warmupCosine(s, { lr: 0.02, minLr: 0.002, steps: 4 })),
    );
  });

  it.each<[string, Partial<TrainOptions>, Partial<TrainOptions>]>([
    ["betas [0.9, 0.99]", { betas: [0.9, 0.99] }, { betas: [0.9, 0.999] }],
    ["weight decay 0.1", { weightDecay: 0.1 }, { weightDecay: 0.01 }],
    ["clipping at 1", { clip: 1 }, { clip: 0.5 }],
    ["seed 0", { seed: 0 }, { seed: 1 }],
  ])("uses %s", async (_, same, other) => {
    const { weights } = await run();
    expect((await run(same)).weights).toEqual(weights);
    expect((await run(other)).weights).not.toEqual(weights);
  });

  it("evaluates at the last step alone, on the whole validation split", async () => {
    const { rows } = await run({ steps: 5, evalBlocks: Infinity });
    expect(rows.map(({ valLoss }) => valLoss !== null)).toEqual([false, false, false, false, true]);
  });

  it.each([
    [5, 2, [2, 4, 5]],
    [3, 10, [3]],
    [4, 2, [2, 4]],
    [3, Infinity, [3]],
  ])("of %d steps, with an evaluation every %d, evaluates those of %j", async (steps, evalEvery, wanted) => {
    const { rows } = await run({ steps, evalEvery });
    expect(rows.filter(({ valLoss }) => valLoss !== null).map(({ step }) => step)).toEqual(wanted);
  });
});

describe("a row of training", () => {
  it("has the load of each layer, also where there is one, and none of a dense model", async () => {
    const load = async (nExpert: number): Promise<number[][] | null> => {
      const model = transformer({ ...shape, nExpert }, { seed: 1 });
      const { value } = await train(model, corpus, { steps: 1, batchSize: 2, evalBlocks: 1 }).next();
      expect((value as TrainRow).by).toBe(nExpert > 0 ? "MoE" : "dense"); // unless it has a name
      return (value as TrainRow).load;
    };
    expect((await load(4))!.map((layer) => layer.length)).toEqual([4]);
    expect(await load(0)).toBeNull();
  });

  it("tells the time in seconds, those of the steps alone", async () => {
    const started = performance.now();
    const { rows } = await run({ steps: 5, evalEvery: 1 });
    const passed = (performance.now() - started) / 1000;
    rows.forEach(({ seconds, tokensPerSecond }, i) =>
      expect((seconds - (rows[i - 1]?.seconds ?? 0)) * tokensPerSecond).toBeCloseTo(2 * shape.blockSize, 6),
    );
    expect(rows[4].seconds).toBeGreaterThan(0);
    expect(rows[4].seconds).toBeLessThan(passed);
  });
});

it("who leaves training early keeps what the last step has learned", async () => {
  const model = transformer(shape, { seed: 1 });
  let last: unknown;
  for await (const { step } of train(model, corpus, { steps: 9, batchSize: 2 })) {
    last = model.stateDict();
    if (step === 3) break;
  }
  expect(model.stateDict()).toEqual(last);
});

it("evaluation is the mean over the tokens of all blocks, however many go through the model at a time", () => {
  const model = transformer(shape, { seed: 1 }).eval();
  const blocks = [...corpus.blocks("validation", 1, shape.blockSize)];
  const losses = blocks.map(({ inputs, targets }) =>
    noGrad(() => crossEntropy(model.forward(inputs).logits as Tensor<[number, number, number]>, targets).item()),
  );
  const wanted = losses.reduce((a, b) => a + b, 0) / losses.length;
  for (const batchSize of [1, 2, 3, 32]) expect(evaluate(model, corpus, { batchSize })).toBeCloseTo(wanted, 5);
  expect(evaluate(model, corpus)).toBe(
    evaluate(model, corpus, { split: "validation", batchSize: 32, blocks: Infinity }),
  );
  expect(evaluate(model, corpus, { blocks: 2 })).toBeCloseTo((losses[0] + losses[1]) / 2, 5);
});

describe("generation without options", () => {
  const model = transformer(shape, { seed: 1 });
  for (const p of model.parameters()) p.set(p.toTypedArray().map((value) => value * 10)); // scores apart enough for a temperature to matter
  const text = (options?: object): string => generate(model, corpus.tokenizer, "The", options);

  it.each([
    [{ temperature: 0.8 }, { temperature: 1.2 }],
    [{ temperature: 0.8 }, { temperature: 0.4 }],
    [{ tokens: 200 }, { tokens: 199 }],
    [{ topK: corpus.tokenizer.vocabSize }, { topK: 1 }],
    [{ seed: 0 }, { seed: 1 }],
  ])("writes as with %j, and not as with %j", (same, other) => {
    expect(text(same)).toBe(text());
    expect(text(other)).not.toBe(text());
  });

  it("adds 200 characters", () => {
    expect(text().length).toBe(203);
  });
});
