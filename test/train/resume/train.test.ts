import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Corpus } from "../../../lib/data/index.js";
import { transformer } from "../../../lib/models/index.js";
import { train, type TrainOptions, type TrainRow } from "../../../lib/train/index.js";
import { anyConfig, routed } from "../../moe/anyConfig.js";
import { contents, timeless } from "./saved.js";

const corpus = new Corpus("The quick brown fox jumps over the lazy dog. ".repeat(12));
const shape = { vocabSize: corpus.tokenizer.vocabSize, blockSize: 8, nLayer: 2, nHead: 2, dModel: 8 };

const plans = fc.record({
  batchSize: fc.integer({ min: 1, max: 3 }),
  lr: fc.constantFrom(1e-3, 1e-2),
  minLr: fc.constantFrom(0, 1e-4),
  warmup: fc.constantFrom(0, 1, 3),
  clip: fc.constantFrom(0.5, Infinity),
  betas: fc.constantFrom([0.9, 0.99] as const, [0, 0.5] as const),
  weightDecay: fc.constantFrom(0, 0.1),
  seed: fc.integer({ min: -5, max: 5 }),
  evalEvery: fc.integer({ min: 1, max: 4 }),
  evalBlocks: fc.constantFrom(1, Infinity),
  metrics: fc.boolean(),
});

const models = fc.oneof(
  { weight: 1, arbitrary: fc.constant({ ...shape, nExpert: 0 }) },
  {
    weight: 5,
    arbitrary: fc
      .integer({ min: 2, max: 5 })
      .chain((nExpert) => anyConfig(nExpert, routed).map((config) => ({ ...shape, ...config, nExpert, dExpert: 8 }))),
  },
);

/** A way to end a run early. */
const stops = ["break", "signal"] as const;

interface Ended {
  rows: TrainRow[];
  bytes: Uint8Array;
  state: unknown;
}

/** A run of a new model, until it ends or is stopped after step `until`. */
async function ran(
  config: Parameters<typeof transformer>[0],
  options: TrainOptions,
  { seed, until = Infinity, stop = "break" }: { seed: number; until?: number; stop?: (typeof stops)[number] },
): Promise<Ended> {
  const model = transformer(config, { seed });
  const rows: TrainRow[] = [];
  let last: Uint8Array | null = null;
  const signal = { aborted: false };
  const saveTo = (bytes: Uint8Array): void => void (last = bytes);
  for await (const row of train(model, corpus, { ...options, saveTo, saveEvery: 2, signal })) {
    rows.push(row);
    if (row.step < until) continue;
    if (stop === "break") break;
    signal.aborted = true;
  }
  return { rows, bytes: last!, state: model.stateDict() };
}

describe("a run of train that is stopped and goes on", () => {
  it("gives the rows, weights and all other state of one that was not, bit for bit, whatever its options", async () => {
    await fc.assert(
      fc.asyncProperty(
        models,
        plans,
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 4 }),
        fc.constantFrom(...stops),
        async (config, plan, n, m, stop) => {
          const options = { ...plan, steps: n + m };
          const straight = await ran(config, options, { seed: 1 });
          const first = await ran(config, options, { seed: 1, until: n, stop });
          expect(first.rows.length).toBe(n);
          // Of another seed: all that it is comes from the save.
          const second = await ran(config, { ...options, resume: first.bytes }, { seed: 2 });
          expect(timeless([...first.rows, ...second.rows])).toEqual(timeless(straight.rows));
          expect(second.state).toEqual(straight.state);
          expect(contents(second.bytes)).toEqual(contents(straight.bytes));
        },
      ),
      { numRuns: 25, endOnFailure: true },
    );
  });
});
