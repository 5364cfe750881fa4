import { describe, expect, it, vi } from "vitest";
import { Corpus } from "../../lib/data/index.js";
import { noGrad } from "../../lib/index.js";
import { favorites } from "../../lib/moe/index.js";
import { type Transformer, transformer } from "../../lib/models/index.js";
import { train, type TrainRow } from "../../lib/train/index.js";
import { RouterProbe } from "../../lib/train/probe.js";

const corpus = new Corpus("The quick brown fox jumps over the lazy dog. ".repeat(80), { name: "fox" });
const shape = { vocabSize: corpus.tokenizer.vocabSize, blockSize: 16, nLayer: 2, nHead: 2, dModel: 16, nExpert: 4 };
const plan = { steps: 12, batchSize: 4, lr: 5e-3, metrics: true };
const noisy = { noise: "normal", noiseScale: 2 } as const;

async function rowsOf(model: Transformer, change: object = {}, text = corpus): Promise<TrainRow[]> {
  const rows: TrainRow[] = [];
  for await (const row of train(model, text, { ...plan, ...change })) rows.push(row);
  return rows;
}
const rates = (row: TrainRow): (number | null)[] => row.routing!.map(({ flipRate }) => flipRate);

describe("the flip rate in rows of training", () => {
  it("is the share of 128 fixed tokens whose favorite expert the step changed, asked without noise", async () => {
    const model = transformer({ ...shape, ...noisy }, { seed: 1 });
    const [{ inputs }] = corpus.blocks("validation", 8, 16, 8);
    const ask = (): Int32Array[] => noGrad(() => model.eval().forward(inputs).routings.map(favorites));
    let before = ask();
    let changes = 0;
    for await (const row of train(model, corpus, plan)) {
      const now = ask();
      const expected = now.map((experts, l) => experts.filter((e, n) => e !== before[l][n]).length / 128);
      expect(rates(row)).toEqual(expected);
      changes += expected[0] + expected[1];
      before = now;
    }
    expect(changes).toBeGreaterThan(0);
  });

  it("is 0 for a router that does not move, whatever the noise", async () => {
    for (const row of await rowsOf(transformer({ ...shape, ...noisy }, { seed: 1 }), { lr: 0 }))
      expect(rates(row)).toEqual([0, 0]);
  });

  it("is a number without a validation split, too, and absent in a dense model", async () => {
    const whole = new Corpus("The quick brown fox jumps over the lazy dog. ".repeat(20), { validationShare: 0 });
    expect(rates((await rowsOf(transformer(shape), { steps: 1 }, whole))[0])).toEqual([
      expect.any(Number),
      expect.any(Number),
    ]);
    expect((await rowsOf(transformer({ ...shape, nExpert: 0 }), { steps: 1 }))[0].routing).toBeNull();
  });

  it("costs training nothing: the same losses and weights as without it", async () => {
    const run = async (metrics: boolean): Promise<unknown[]> => {
      const model = transformer({ ...shape, ...noisy, expertDropout: 0.2 }, { seed: 1 });
      const rows = await rowsOf(model, { metrics });
      return [rows.map(({ loss, valLoss, gradNorm }) => [loss, valLoss, gradNorm]), model.stateDict()];
    };
    expect(await run(true)).toEqual(await run(false));
  });
});

describe("the tokens of the probe", () => {
  const long = "The quick brown fox jumps over the lazy dog. ".repeat(80);

  it.each([
    [16, 8],
    [43, 2], // 129 tokens would be three blocks
    [64, 2], // 127 would be one
    [100, 1],
    [128, 1],
    [200, 1], // never none
  ])(
    "are blocks of %d: %d of them, the first of the validation split, else of the training split",
    (blockSize, count) => {
      for (const [validationShare, split] of [
        [0.2, "validation"],
        [0, "train"],
      ] as const) {
        const corpus = new Corpus(long, { validationShare });
        const model = transformer({ ...shape, blockSize, nLayer: 1 });
        const forward = vi.spyOn(model, "forward");
        new RouterProbe(model, corpus).flips();
        const asked = forward.mock.calls.map(([inputs]) => inputs.toArray());
        expect(asked).toEqual([0, 1].map(() => [...corpus.blocks(split, count, blockSize, count)][0].inputs.toArray()));
      }
    },
  );

  it("are compared with the last time that they were asked, not with the first", () => {
    const model = transformer({ ...shape, nLayer: 1, routerBias: true }, { seed: 1 });
    const probe = new RouterProbe(model, corpus);
    const [, bias] = model.namedParameters().find(([name]) => name.endsWith("router.bias"))!;
    bias.set([99, 0, 0, 0]);
    expect(probe.flips()[0]).toBeGreaterThan(0);
    expect(probe.flips()).toEqual([0]);
    bias.set([0, 99, 0, 0]);
    expect(probe.flips()).toEqual([1]);
  });
});
