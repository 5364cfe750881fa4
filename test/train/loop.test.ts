import { describe, expect, it } from "vitest";
import { CharTokenizer, Corpus } from "../../lib/data/index.js";
import { counter, resetCounter } from "../../lib/kernels/index.js";
import { memoryUse } from "../../lib/kernels/memory.js";
import { twins } from "../../lib/models/index.js";
import { evaluate, generate, train, TrainingError, type TrainOptions, type TrainRow } from "../../lib/train/index.js";

const corpus = new Corpus("The quick brown fox jumps over the lazy dog. ".repeat(80), { name: "fox" });
const config = { vocabSize: corpus.tokenizer.vocabSize, blockSize: 16, nLayer: 2, nHead: 2, dModel: 32, nExpert: 4 };
const options: TrainOptions = { steps: 60, batchSize: 8, lr: 3e-3 };

async function rowsOf(
  model: ReturnType<typeof twins>["dense"],
  change: Partial<TrainOptions> = {},
): Promise<TrainRow[]> {
  const rows: TrainRow[] = [];
  for await (const row of train(model, corpus, { ...options, ...change })) rows.push(row);
  return rows;
}

describe.each(["dense", "moe"] as const)("training the %s twin", (which) => {
  it("learns: the loss falls far below the entropy of single letters, and the text comes back", async () => {
    const model = twins(config, { seed: 1 })[which];
    const rows = await rowsOf(model, { steps: 150 });
    expect(rows[0].loss).toBeCloseTo(Math.log(config.vocabSize), 0);
    expect(rows[149].valLoss).toBeLessThan(0.3);
    expect(generate(model, corpus.tokenizer, "The quick", { tokens: 30, temperature: 0 })).toContain("brown fox");
  }, 60_000);

  it("gives the same rows and weights for the same seeds, except for the clock", async () => {
    const timeless = (rows: TrainRow[]): object[] => rows.map((row) => ({ ...row, seconds: 0, tokensPerSecond: 0 }));
    const run = async (): Promise<[object[], unknown]> => {
      const model = twins(config, { seed: 2 })[which];
      return [timeless(await rowsOf(model, { steps: 5 })), model.stateDict()];
    };
    expect(await run()).toEqual(await run());
  });

  it("yields plain rows: steps from 1, validation when due, load that sums to 1 per layer", async () => {
    const rows = await rowsOf(twins(config)[which], { steps: 6, evalEvery: 3 });
    expect(rows.map((r) => r.step)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(rows.map((r) => r.valLoss !== null)).toEqual([false, false, true, false, false, true]);
    expect(JSON.parse(JSON.stringify(rows))).toEqual(rows);
    for (const { load } of rows) {
      if (which === "dense") expect(load).toBeNull();
      else {
        expect(load?.map((layer) => layer.length)).toEqual([4, 4]);
        for (const layer of load!) expect(layer.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9);
      }
    }
  });

  it("runs at least 95 % of its matmul FLOPs in WebAssembly", async () => {
    resetCounter();
    await rowsOf(twins(config)[which], { steps: 2 });
    expect(counter.wasmFlops).toBeGreaterThan(0);
    expect(counter.wasmFlops / (counter.wasmFlops + counter.typescriptFlops)).toBeGreaterThanOrEqual(0.95);
  });

  it("leaves no memory behind: as many bytes in use after 39 steps as after 10", async () => {
    const model = twins(config)[which];
    const live: number[] = [];
    for await (const row of train(model, corpus, { ...options, steps: 40, batchSize: 4 })) {
      if (row.step === 10 || row.step === 39) live.push(memoryUse().liveBytes);
    }
    // Each step's batch waits for the garbage collector: 2 × 4 × 16 indices. Finalizers of other tests may lower it meanwhile.
    expect(live[1]).toBeLessThanOrEqual(live[0] + 29 * 2 * 512);
  });

  it("stops at a NaN, names the step and keeps the last good weights", async () => {
    const model = twins(config)[which];
    const seen: TrainRow[] = [];
    const run = (async (): Promise<void> => {
      for await (const row of train(model, corpus, { ...options, lr: 1e30, warmup: 0, clip: Infinity })) seen.push(row);
    })();
    await expect(run).rejects.toThrow(TrainingError);
    await expect(run).rejects.toThrow(/training stopped: the (loss|gradient) of step \d+ is (NaN|Infinity)/);
    expect(seen.length).toBeGreaterThan(0);
    expect(model.parameters().every((p) => p.toTypedArray().every(Number.isFinite))).toBe(true);
    expect(Number.isFinite(evaluate(model, corpus, { blocks: 2 }))).toBe(true);
  });

  it("checks the last update too: no broken weights after the last step, nor after leaving early", async () => {
    const broken = { ...options, lr: 1e38, warmup: 0, clip: Infinity };
    const model = twins(config)[which];
    const run = train(model, corpus, { ...broken, steps: 1 }).next();
    await expect(run).rejects.toThrow("training stopped: the validation loss of step 1 is NaN");
    expect(Number.isFinite(evaluate(model, corpus, { blocks: 2 }))).toBe(true);
    for await (const row of train(model, corpus, broken)) if (row.step === 1) break;
    expect(Number.isFinite(evaluate(model, corpus, { blocks: 2 }))).toBe(true);
  });

  it("ends before the next step when its signal is aborted, and keeps what was learned", async () => {
    const model = twins(config)[which];
    const stop = new AbortController();
    let count = 0;
    for await (const row of train(model, corpus, { ...options, signal: stop.signal })) {
      count++;
      if (row.step === 4) stop.abort();
    }
    expect(count).toBe(4);
  });
});

describe("a subclass of the user's", () => {
  it("may keep tensors of any step: they hold the same numbers for ever", async () => {
    const model = twins(config).dense;
    const part = model.blocks[0].feedForward;
    const original = part.forward.bind(part);
    const held: { tensor: ReturnType<typeof original>; copy: number[] }[] = [];
    part.forward = (x, routings) => {
      const y = original(x, routings);
      held.push({ tensor: y, copy: Array.from(y.toTypedArray()) });
      return y;
    };
    await rowsOf(model, { steps: 20 });
    expect(held.length).toBeGreaterThan(20);
    for (const { tensor, copy } of held) expect(Array.from(tensor.toTypedArray())).toEqual(copy);
  });
});

describe("training refuses", () => {
  it("a text shorter than a block", async () => {
    const tiny = new Corpus("abcabc", { name: "tiny", validationShare: 0 });
    const model = twins({ ...config, vocabSize: 3 }).dense;
    await expect(train(model, tiny, options).next()).rejects.toThrow(
      "the train part of tiny has 6 tokens, but a block of 16 needs at least 17: use a longer text or a smaller blockSize",
    );
  });

  it("a validation part shorter than a block before it begins; without such a part it does without", async () => {
    const short = (validationShare: number): Corpus =>
      new Corpus("The quick brown fox jumps over the lazy dog. ".repeat(3), { name: "short", validationShare });
    const model = twins(config).dense;
    await expect(train(model, short(0.1), options).next()).rejects.toThrow(
      "the validation part of short has 14 tokens",
    );
    const rows: TrainRow[] = [];
    for await (const row of train(model, short(0), { ...options, steps: 2 })) rows.push(row);
    expect(rows.map((row) => row.valLoss)).toEqual([null, null]);
  });

  it.each([
    [{ batchSize: 0 }, "train: batchSize must be an integer from 1, got 0"],
    [{ steps: 2.5 }, "train: steps must be an integer from 1, got 2.5"],
    [{ evalBlocks: 0 }, "train: evalBlocks must be an integer from 1, or Infinity, got 0"],
    [{ warmup: -5 }, "train: warmup must be a number from 0, got -5"],
    [{ clip: 0 }, "train: clip must be a number above 0, or Infinity, got 0"],
    [{ lr: NaN }, "train: lr must be a number from 0, got NaN"],
  ])("%j, in one sentence", async (change, sentence) => {
    await expect(train(twins(config).dense, corpus, { ...options, ...change }).next()).rejects.toThrow(sentence);
  });

  it("a corpus with another vocabulary", async () => {
    const model = twins({ ...config, vocabSize: 99 }).dense;
    await expect(train(model, corpus, options).next()).rejects.toThrow(
      "the model has a vocabulary of 99, the corpus one of 29",
    );
  });
});

describe("generation", () => {
  const model = twins(config).dense;

  it("is the same for the same seed and differs for another", () => {
    const text = (seed: number): string => generate(model, corpus.tokenizer, "fox", { tokens: 40, seed });
    expect(text(1)).toBe(text(1));
    expect(text(1)).not.toBe(text(2));
    expect(text(1).length).toBe(43);
  });

  it("counts tokens in characters: emoji in the prompt are one each, and stay whole", () => {
    const tokenizer = new CharTokenizer("a😀é👩‍🚀\ud83d");
    const model = twins({ ...config, vocabSize: tokenizer.vocabSize, blockSize: 4 }).moe;
    for (const cache of [true, false]) {
      const text = generate(model, tokenizer, "😀a👩‍🚀😀", { tokens: 9, cache, temperature: 3 });
      expect(text.startsWith("😀a👩‍🚀😀")).toBe(true);
      expect(Array.from(text).length).toBe(6 + 9);
    }
  });

  it("names an unknown character, an empty prompt and a negative temperature", () => {
    expect(() => generate(model, corpus.tokenizer, "fox§")).toThrow(
      'unknown character "§" at position 3: the vocabulary has 29 characters',
    );
    expect(() => generate(model, corpus.tokenizer, "")).toThrow("generate needs a prompt of at least one character");
    expect(() => generate(model, corpus.tokenizer, "fox", { topK: 0 })).toThrow(
      "topK must be an integer from 1, got 0",
    );
    expect(() => generate(model, corpus.tokenizer, "fox", { tokens: NaN })).toThrow(
      "tokens must be an integer from 0, got NaN",
    );
    expect(() => generate(model, corpus.tokenizer, "fox", { temperature: -1 })).toThrow(
      "temperature must be a number from 0, or Infinity, got -1",
    );
  });
});
