import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { selections } from "../../lib/config/router/selections.js";
import { CharTokenizer } from "../../lib/data/index.js";
import { fromArray, Generator, noGrad, type Tensor } from "../../lib/index.js";
import { type Transformer, transformer } from "../../lib/models/index.js";
import { dependsOnBatch, route, type RouterConfig } from "../../lib/moe/index.js";
import { read } from "../../lib/tensor/tensor.js";
import { generate } from "../../lib/train/index.js";
import { anyConfig } from "./anyConfig.js";

const shape = { vocabSize: 7, blockSize: 10, nLayer: 2, nHead: 2, dModel: 8, nExpert: 4, dExpert: 6 };
const letters = new CharTokenizer("abcdefg");
const text = [1, 2, 3, 3, 3, 0, 6, 5, 2, 1];
const ids = (list: readonly number[]): Tensor<[number, number]> => fromArray([...list], [1, list.length], "int32");

/** With weights far from 0, so that tokens matter and routers are sure. */
function modelOf(router: Partial<RouterConfig>): Transformer {
  const model = transformer({ ...shape, ...router }, { seed: 1 }).eval();
  const rng = new Generator(2);
  for (const p of model.parameters())
    if (p.rank > 1) p.storage.f32().forEach((_, i, all) => (all[i] = 0.5 * rng.normal()));
  return model;
}
function inParts(model: Transformer, cuts: readonly number[]): number[] {
  const caches = model.newCaches();
  return [...cuts, text.length].flatMap((end, i) =>
    noGrad(() => [...read(model.forward(ids(text.slice(cuts[i - 1] ?? 0, end)), { caches }).logits)]),
  );
}

describe("a text read in parts", () => {
  it("gives what one pass gives, or a sentence, for every router config", () => {
    const seen = { parts: 0, refused: 0 };
    fc.assert(
      fc.property(anyConfig(4), fc.subarray([1, 2, 3, 4, 5, 6, 7, 8, 9]), (router, cuts) => {
        const model = modelOf(router);
        const why = dependsOnBatch(model.config);
        if (why !== null) {
          seen.refused++;
          expect(() => inParts(model, cuts)).toThrow(`the model cannot read a text in parts (caches), because ${why}`);
          return;
        }
        seen.parts++;
        const whole = read(noGrad(() => model.forward(ids(text)).logits));
        inParts(model, cuts).forEach((z, i) => expect(Math.abs(z - whole[i])).toBeLessThan(2e-4));
      }),
      { numRuns: 150 },
    );
    expect(Math.min(seen.parts, seen.refused)).toBeGreaterThan(20);
  });

  it("is written the same with and without a cache, or the cache is refused and left out by default", () => {
    fc.assert(
      fc.property(anyConfig(4), (router) => {
        const model = modelOf(router);
        const write = (cache?: boolean): string =>
          generate(model, letters, "ab", { tokens: 8, temperature: 0, ...(cache === undefined ? {} : { cache }) });
        expect(write()).toBe(write(false));
        const why = dependsOnBatch(model.config);
        if (why === null) expect(write(true)).toBe(write(false));
        else expect(() => write(true)).toThrow(`generate: this model cannot use a cache, because ${why}`);
      }),
      { numRuns: 40 },
    );
  });

  it("refuses a cache option that is neither true nor false", () => {
    const dense = transformer(shape);
    const wrong = "no" as unknown as boolean;
    expect(() => generate(dense, letters, "ab", { tokens: 1, cache: wrong })).toThrow(
      'generate: cache must be true or false, got "no"',
    );
  });

  it.each(Object.keys(selections) as (keyof typeof selections)[])("%s: is said of the right selections", (select) => {
    const config = transformer({ ...shape, select }).config;
    const why = dependsOnBatch(config);
    if (select === "expertChoice" || select === "soft" || select === "pool")
      expect(why).toBe(`select "${select}" looks at all tokens of a text at once`);
    else expect(why).toBeNull();
  });

  it("with a capacity is refused only where it holds at evaluation", () => {
    const why = (router: Partial<RouterConfig>): string | null =>
      dependsOnBatch(transformer({ ...shape, ...router }).config);
    expect(why({ capacityFactor: 1 })).toBe("tokens compete for the places that capacityFactor 1 leaves at evaluation");
    expect(why({ capacityFactor: 1, evalCapacityFactor: null })).toBeNull();
    expect(why({ evalCapacityFactor: 2 })).toContain("capacityFactor 2");
  });
});

describe("few tokens", () => {
  it("expert choice uses every expert from the first token on", () => {
    for (const n of [0, 1, 2, 3, 4]) {
      const logits = fromArray(
        Array.from({ length: 8 * n }, (_, i) => Math.sin(i)),
        [n, 8],
      );
      const { capacity, load, experts } = route(logits, { select: "expertChoice", topK: 2 });
      expect([capacity, experts.length]).toEqual(n === 0 ? [0, 0] : [1, 8]);
      if (n > 0) expect(Math.min(...load)).toBeGreaterThan(0);
    }
  });

  it("random experts differ from place to place, and are the same at a place each time it is read", () => {
    const model = modelOf({ select: "random", topK: 1 });
    const experts = (from: number, to: number, textPositions?: number[]): number[] => {
      const context = { rng: new Generator(3), ...(textPositions ? { textPositions } : {}) };
      const logits = fromArray(new Array<number>(4 * (to - from)).fill(0), [to - from, 4]);
      return [...route(logits, { select: "random", topK: 1 }, context).experts];
    };
    const whole = experts(0, 16);
    expect(new Set(whole).size).toBe(4);
    for (let n = 0; n < 16; n++) expect(experts(n, n + 1, [n])).toEqual([whole[n]]);
    expect(inParts(model, [1, 2, 3])).toHaveLength(70);
  });
});
