import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Dim,
  fromArray,
  Generator,
  KVCache,
  MultiHeadAttention,
  noGrad,
  randn,
  type Tensor,
} from "../../lib/index.js";
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

  test.each<[string, (caches: KVCache[]) => readonly KVCache[]]>([
    ["got 2 of which 1 are different", () => new Array<KVCache>(2).fill(new KVCache())],
    ["got 2 of which 1 are different", ([first]) => [first, first]],
    ["got lengths 2, 4", (caches) => (caches[0].trim(2), caches)],
    ["got lengths 4, 0", ([first]) => [first, new KVCache()]],
    ["got lengths 4, 3", (caches) => (caches[1].trim(3), caches)],
  ])("refuses caches that do not belong together: %s", (words, spoil) => {
    const caches = model.newCaches();
    noGrad(() => {
      model.forward(ids([1, 2, 3, 4]), { caches });
      const spoiled = spoil(caches);
      const before = spoiled.map(({ length }) => length);
      expect(() => model.forward(ids([5]), { caches: spoiled })).toThrow(
        `the model's caches must be different objects that hold equally many positions, ${words}; use newCaches(), and trim all of them alike`,
      );
      expect(spoiled.map(({ length }) => length)).toEqual(before);
      expect(() => model.forward(ids([5]), { caches: caches.slice(1) })).toThrow(
        "the model has 2 blocks, but 1 caches",
      );
    });
  });

  test("refuses the caches of the other twin and those in another order, unless they are emptied", () => {
    const other = twins(config, { seed: 1 })[which === "dense" ? "moe" : "dense"];
    const caches = model.newCaches();
    noGrad(() => {
      model.forward(ids([1, 2]), { caches });
      for (const wrong of [
        () => other.forward(ids([3]), { caches }),
        () => model.forward(ids([3]), { caches: [...caches].reverse() }),
      ])
        expect(wrong).toThrow(
          "KVCache: it holds the keys and values of another layer; give each layer a cache of its own",
        );
      caches.forEach((cache) => cache.trim(0));
      expect(other.forward(ids([3]), { caches }).logits.shape).toEqual([1, 1, 11]);
    });
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

test("one cache in two layers of a model made by hand is refused, also after trim", () => {
  const rng = new Generator(1);
  const [a, b] = [1, 2].map(() => new MultiHeadAttention<number>(4, 2, { rng, isCausal: true }));
  const cache = new KVCache();
  const x = randn([1, 3, 4], rng) as never;
  noGrad(() => {
    a.forward(x, { cache });
    expect(() => b.forward(x, { cache })).toThrow("KVCache: it holds the keys and values of another layer");
    cache.trim(1);
    expect(() => b.forward(x, { cache })).toThrow("KVCache: it holds the keys and values of another layer");
    a.forward(x, { cache });
    expect(cache.length).toBe(4);
  });
});

test("no text, and texts without a token, give no scores, from both twins and every router alike", () => {
  for (const select of selects) {
    const input = { ...config, select, ...(select === "groupLimited" ? { nGroup: 2 } : {}) };
    const { dense, moe } = twins(input);
    for (const shape of [
      [1, 0],
      [3, 0],
      [0, 3],
      [0, 0],
    ] as [number, number][])
      // prettier-ignore
      for (const model of [dense, moe, moe.eval()])
        expect(model.forward(fromArray([], shape, "int32")).logits.shape).toEqual([...shape, 11]);
  }
});

const selects = [
  "topK",
  "gshard",
  "groupLimited",
  "topP",
  "expertChoice",
  "hash",
  "random",
  "sinkhorn",
  "base",
  "soft",
] as const;
