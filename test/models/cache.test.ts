import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Dim, fromArray, Generator, KVCache, noGrad, type Tensor } from "../../lib/index.js";
import { memoryUse } from "../../lib/kernels/memory.js";
import { twins } from "../../lib/models/index.js";
import { CharTokenizer } from "../../lib/data/index.js";
import { generate } from "../../lib/train/index.js";

const letters = "abcdefghijk";
const tokenizer = new CharTokenizer(letters);
const config = { vocabSize: 11, blockSize: 12, nLayer: 2, nHead: 2, dModel: 16, nExpert: 4 };
const ids = (row: number[]): Tensor<[Dim<"B">, Dim<"T">]> =>
  fromArray(row, [1 as Dim<"B">, row.length as Dim<"T">], "int32");

describe.each(["dense", "moe"] as const)("the %s transformer with caches", (which) => {
  const model = twins(config, { seed: 1 })[which];
  // Weights far from zero, so that every token matters.
  const rng = new Generator(2);
  for (const p of model.parameters())
    if (p.rank > 1) p.storage.f32().forEach((_, i, all) => (all[i] = 0.4 * rng.normal()));

  test("scores every token as the full forward pass does, however the sequence is cut", () => {
    const row = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0, 1];
    fc.assert(
      fc.property(fc.subarray([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]), (cuts) => {
        const caches = model.newCaches();
        const parts = noGrad(() =>
          [...cuts, 12].flatMap((end, i) => {
            const { logits } = model.forward(ids(row.slice(cuts[i - 1] ?? 0, end)), { caches });
            return [...logits.toTypedArray()];
          }),
        );
        const full = noGrad(() => model.forward(ids(row)).logits.toTypedArray());
        parts.forEach((value, i) => expect(Math.abs(value - full[i])).toBeLessThan(2e-5));
      }),
      { numRuns: 30 },
    );
  });

  test("writes the same tokens with and without a cache, also past the block", () => {
    for (const temperature of [0, 1]) {
      for (const prompt of ["a", "abcdefghijk", letters.repeat(3)]) {
        const text = (cache: boolean): string =>
          generate(model, tokenizer, prompt, { tokens: 30, temperature, seed: 5, cache });
        expect(text(true)).toBe(text(false));
        expect(text(true)).toHaveLength(prompt.length + 30);
      }
    }
  });

  test("does not grow kernel memory from one text to the next", () => {
    const write = (): number => {
      generate(model, tokenizer, "abc", { tokens: 20 });
      return memoryUse().liveBytes;
    };
    for (let i = 0; i < 3; i++) write();
    const before = write();
    for (let i = 0; i < 5; i++) write();
    // The caches of each text wait for the garbage collector: 2 layers, keys and values, 64 places of 16 numbers.
    expect(write() - before).toBeLessThanOrEqual(6 * 2 * 2 * 64 * 16 * 4);
  });

  test("refuses caches of another model, and more tokens than its block with those held", () => {
    expect(() => model.forward(ids([1]), { caches: [new KVCache()] })).toThrow(
      "the model has 2 blocks, but 1 caches were given",
    );
    const caches = model.newCaches();
    noGrad(() => model.forward(ids([1, 2, 3]), { caches }));
    expect(() => noGrad(() => model.forward(ids([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]), { caches }))).toThrow(
      "the model reads at most 12 tokens (blockSize), got 13",
    );
    expect(() => model.forward(ids([4]), { caches })).toThrow("KVCache: what it holds has no gradients");
  });
});

test("generation leaves a model in the mode in which it was", () => {
  const model = twins(config).dense;
  const modes: boolean[] = [];
  const forward = model.forward.bind(model);
  model.forward = ((...inputs: Parameters<typeof forward>) => {
    modes.push(model.training);
    return forward(...inputs);
  }) as typeof model.forward;
  generate(model, tokenizer, "abc", { tokens: 2 });
  expect([...modes, model.training]).toEqual([false, false, true]);
});
