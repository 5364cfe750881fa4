import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromArray, Generator, log, randn, softmax } from "../../../lib/index.js";
import { transformer, upcycle } from "../../../lib/models/index.js";
import { route, type RouterConfig, routerDefaults, routerProblem, type Routing } from "../../../lib/moe/index.js";
import { read } from "../../../lib/tensor/tensor.js";

/** The experts that each sequence used. */
const used = ({ experts, tokens, sequenceStarts }: Routing): Set<number>[] =>
  Array.from({ length: sequenceStarts.length - 1 }, (_, s) => {
    const own = experts.filter((_, i) => tokens[i] >= sequenceStarts[s] && tokens[i] < sequenceStarts[s + 1]);
    return new Set(own);
  });

describe("one pool of experts a document", () => {
  it("holds the experts with the largest sums of probabilities; a token outside goes to its best inside: by hand", () => {
    const probs = [
      [0.6, 0.3, 0.1, 0],
      [0.4, 0.5, 0.1, 0],
      [0.1, 0.2, 0.7, 0], // alone with its favorite: the sums are 1.1, 1, 0.9 and 0
      [0, 0.1, 0.2, 0.7], // another document
    ];
    const logits = log(fromArray(probs.flat(), [4, 4]));
    const config = { select: "pool", topK: 1, nPool: 2 } as const;
    expect([...route(logits, config, { sequenceStarts: [0, 3, 4] }).experts]).toEqual([0, 1, 1, 3]);
    expect([...route(logits, { topK: 1 }).experts]).toEqual([0, 1, 2, 3]);
    expect([...route(logits, { ...config, nPool: 3 }, { sequenceStarts: [0, 3, 4] }).experts]).toEqual([0, 1, 2, 3]);
  });

  it("for any texts: at most nPool experts each, those of the largest sums, and the K best of them for every token", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(0, 1, 4, 9), { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 99 }),
        fc.constantFrom([1, 1], [1, 3], [2, 2], [2, 5], [3, 6]),
        fc.boolean(),
        (lengths, seed, [topK, nPool], training) => {
          const starts = lengths.reduce((all, length) => [...all, all[all.length - 1] + length], [0]);
          const nToken = starts[starts.length - 1];
          const logits = randn([nToken, 6], new Generator(seed), { std: 2 });
          const routing = route(logits, { select: "pool", topK, nPool }, { sequenceStarts: starts, training });
          const [Z, P] = [read(logits), read(softmax(logits, -1))];
          lengths.forEach((length, s) => {
            const sums = Array.from({ length: 6 }, (_, e) => {
              let sum = 0;
              for (let n = starts[s]; n < starts[s + 1]; n++) sum += P[6 * n + e];
              return sum;
            });
            const pool = [...sums.keys()].sort((a, b) => sums[b] - sums[a]).slice(0, nPool);
            for (let n = starts[s]; n < starts[s] + length; n++) {
              const best = [...pool].sort((a, b) => Z[6 * n + b] - Z[6 * n + a]).slice(0, topK);
              expect([...routing.experts.subarray(n * topK, (n + 1) * topK)]).toEqual(best);
            }
          });
        },
      ),
    );
  });

  it("its size is drawn from minPool to nPool in training, for each document, and is nPool at evaluation", () => {
    // Many tokens with all favorites: a document uses its whole pool.
    const logits = randn([40 * 32, 8], new Generator(1), { std: 3 });
    const sizes = (training: boolean): number[] => {
      const context = { sequenceLength: 32, training, rng: new Generator(2) };
      return used(route(logits, { select: "pool", topK: 1, nPool: 4, minPool: 2 }, context)).map((pool) => pool.size);
    };
    expect(new Set(sizes(true))).toEqual(new Set([2, 3, 4]));
    expect(sizes(true).filter((size) => size < 4).length).toBeGreaterThan(15);
    expect(sizes(false).every((size) => size === 4)).toBe(true);
    expect(() => route(logits, { select: "pool", topK: 1, nPool: 4, minPool: 2 }, { training: true })).toThrow(
      'router: select "pool" draws the size of a pool from minPool on: pass { rng }',
    );
  });

  it("has a quarter of the experts by default, at least topK", () => {
    const logits = randn([64, 16], new Generator(3), { std: 3 });
    const sizes = ([1, 2, 6] as const).map((topK) => used(route(logits, { select: "pool", topK }))[0].size);
    expect(sizes).toEqual([4, 4, 6]);
    // So a copy of a config may change topK, select or the number of experts.
    const copy = routerDefaults({ select: "pool", topK: 3 }, 16);
    for (const change of [{ topK: 1 }, { topK: 8 }, { select: "topK" as const }])
      expect(routerProblem({ ...copy, ...change }, 8)).toBeNull();
  });

  it("can be upcycled: every token has K experts, whose weights sum to 1", () => {
    const dense = transformer({ vocabSize: 7, blockSize: 6, nLayer: 1, nHead: 1, dModel: 4 }, { seed: 1 });
    const ids = fromArray([1, 2, 3, 4, 5, 0], [1, 6], "int32");
    const moe = upcycle(dense, { nExpert: 4, select: "pool" });
    const expected = read(dense.forward(ids).logits);
    read(moe.forward(ids).logits).forEach((z, i) => expect(z).toBeCloseTo(expected[i], 5));
  });

  it.each<[Partial<RouterConfig>, string]>([
    [{ select: "pool", nPool: 5 }, "nPool 5 must not exceed nExpert 4"],
    [{ select: "pool", nPool: 2, minPool: 3 }, "minPool 3 must not exceed nPool 2"],
    [{ select: "pool", nPool: 2, topK: 3 }, "topK 3 must not exceed minPool 2, which is nPool where it is not given"],
    [{ nPool: 2 }, 'nPool and minPool have an effect with select "pool" alone, not with select "topK"'],
    [{ select: "pool", nNullExpert: 1 }, 'select "pool" is about the experts that a document needs'],
    [{ select: "pool", capacityPer: "sequence" }, "have an effect only where places are limited: give capacityFactor"],
    [
      { select: "pool", capacityFactor: 1, overflow: "nextBest" },
      'overflow "nextBest" might leave the pool of the document: use overflow "drop"',
    ],
  ])("%j is refused", (config, sentence) => {
    expect(routerProblem(routerDefaults(config, 4), 4)).toContain(sentence);
  });
});
