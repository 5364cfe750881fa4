import { describe, expect, it } from "vitest";
import { Corpus } from "../../lib/data/index.js";
import { transformer } from "../../lib/models/index.js";
import { train, type TrainOptions, type TrainRow, warmupCosine } from "../../lib/train/index.js";
import { timeless } from "./resume/saved.js";

const corpus = new Corpus("The quick brown fox jumps over the lazy dog. ".repeat(12));
const config = { vocabSize: corpus.tokenizer.vocabSize, blockSize: 8, nLayer: 1, nHead: 2, dModel: 8 };

async function rowsOf(more: Partial<TrainOptions>, nExpert = 0): Promise<TrainRow[]> {
  const rows: TrainRow[] = [];
  const model = transformer({ ...config, nExpert }, { seed: 1 });
  for await (const row of train(model, corpus, { steps: 8, batchSize: 2, ...more })) rows.push(row);
  return rows;
}

describe("train with a learning rate that is a function", () => {
  it("of the schedule is the schedule", async () => {
    const plan = { lr: 0.02, minLr: 0.001, warmup: 3, steps: 8 };
    const asked = await rowsOf({ lr: (step) => warmupCosine(step, plan) });
    expect(timeless(asked)).toEqual(timeless(await rowsOf(plan)));
  });

  it("is asked once a step, so that it may change its mind", async () => {
    let rate = 0.01;
    const calls: number[] = [];
    const steps: number[] = [];
    const lr = (step: number): number => (calls.push(step), rate);
    const model = transformer(config, { seed: 1 });
    for await (const row of train(model, corpus, { steps: 4, batchSize: 2, lr })) {
      steps.push(row.lr);
      if (row.step === 2) rate = 0.5;
    }
    expect([calls, steps]).toEqual([
      [0, 1, 2, 3],
      [0.01, 0.01, 0.5, 0.5],
    ]);
  });

  it("goes on from a save", async () => {
    let save = new Uint8Array();
    const plan = { lr: (step: number) => 0.01 / (step + 1) };
    const all = await rowsOf({
      ...plan,
      saveTo: (bytes, step) => {
        if (step === 4) save = bytes.slice();
      },
      saveEvery: 4,
    });
    expect(timeless(await rowsOf({ ...plan, resume: save }))).toEqual(timeless(all.slice(4)));
    await expect(rowsOf({ lr: 0.01, resume: save })).rejects.toThrow(
      /train\.lr is 0\.01 here and "a function" in the save/,
    );
  });

  it.each<[Partial<TrainOptions>, RegExp]>([
    [{ lr: () => NaN }, /must be a number from 0, got NaN/],
    [{ lr: (step) => (step < 3 ? 0.1 : -1) }, /must be a number from 0, got -1/],
    [{ lr: () => "fast" as unknown as number }, /must be a number from 0, got "fast"/],
    [{ lr: () => 0.1, warmup: 3 }, /lr is a function: leave minLr and warmup out/],
    [{ metrics: "all" as "batch" }, /metrics must be one of true, false, batch, got "all"/],
  ])("refuses %o", async (options, sentence) => {
    await expect(rowsOf(options)).rejects.toThrow(sentence);
  });
});

it("metrics of the batch alone are those of all metrics but for the flips", async () => {
  const [all, batch] = [await rowsOf({ metrics: true }, 4), await rowsOf({ metrics: "batch" }, 4)];
  const routing = all.map((row) => row.routing!.map((layer) => ({ ...layer, flipRate: null })));
  expect(batch.map((row) => row.routing)).toEqual(routing);
  expect((await rowsOf({ metrics: "batch" })).every((row) => row.routing === null)).toBe(true);
});
