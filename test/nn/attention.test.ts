import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  concat,
  fromArray,
  Generator,
  gradcheck,
  KVCache,
  MultiHeadAttention,
  noGrad,
  randn,
  slice,
  type Tensor,
} from "../../lib/index.js";

const rng = new Generator(1);
type X = Tensor<[number, number, number]>;
const tokens = (...shape: [number, number, number]): X => randn(shape, rng.fork(shape.join()));
const close = (a: Tensor, b: Tensor): void => {
  expect(a.shape).toEqual(b.shape);
  const [A, B] = [a.toTypedArray(), b.toTypedArray()];
  A.forEach((value, i) => expect(Math.abs(value - B[i])).toBeLessThan(1e-5));
};
/** Shapes that only the run time knows, as [B, T, D]. */
const asX = (x: Tensor): X => x as X;
const part = (x: X, from: number, to: number): X => asX(slice(x, 1, from, to));

const shapes = { nKvHead: fc.constantFrom(1, 2, 4), rotary: fc.boolean(), bias: fc.boolean() };

describe("attention with a KV cache", () => {
  test("gives the rows of the full forward pass, however the sequence is cut", () => {
    const cuts = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(cuts, fc.record(shapes), fc.integer({ min: 1, max: 9 }), (sizes, options, room) => {
        const length = sizes.reduce((a, b) => a + b, 0);
        const attention = new MultiHeadAttention<number>(16, 4, { rng, isCausal: true, std: 0.3, ...options });
        const x = tokens(2, length, 16);
        const cache = new KVCache(room);
        noGrad(() => {
          let at = 0;
          const parts = sizes.map((size) => attention.forward(part(x, at, (at += size)), { cache }));
          close(concat(parts, 1), attention.forward(x));
        });
        expect(cache.length).toBe(length);
        expect(cache.bytes).toBe(2 * 2 * options.nKvHead * length * 4 * 4);
      }),
      { numRuns: 40 },
    );
  });

  test("takes back what was trimmed, and what somebody holds keeps its numbers", () => {
    const attention = new MultiHeadAttention<number>(8, 2, { rng, isCausal: true, rotary: true, std: 0.3 });
    const [x, other] = [tokens(1, 6, 8), tokens(1, 3, 8)];
    const cache = new KVCache(4);
    noGrad(() => {
      attention.forward(x, { cache });
      const held = cache.keys!;
      const copy = held.toTypedArray();
      cache.trim(3);
      const y = attention.forward(other, { cache });
      close(y, part(attention.forward(asX(concat([part(x, 0, 3), other], 1))), 3, 6));
      expect(held.toTypedArray()).toEqual(copy);
      cache.trim(0);
      close(attention.forward(tokens(3, 2, 8), { cache }), attention.forward(tokens(3, 2, 8)));
    });
  });

  test("says what is wrong in one sentence", () => {
    const attention = new MultiHeadAttention<number>(8, 2, { rng });
    const cache = new KVCache();
    expect(() => attention.forward(tokens(1, 2, 8), { cache })).toThrow(
      "KVCache: what it holds has no gradients; call the model inside noGrad(() => ...)",
    );
    noGrad(() => attention.forward(tokens(1, 2, 8), { cache }));
    expect(() => noGrad(() => attention.forward(tokens(2, 2, 8), { cache }))).toThrow(
      "KVCache: it holds [1, 2, 2, 4], which [2, 2, 2, 4] does not continue; use a new cache",
    );
    expect(() => cache.append(tokens(1, 2, 8), tokens(1, 2, 8))).toThrow(
      "KVCache: k [1, 2, 8] and v [1, 2, 8] must both be [B, G, T, K]",
    );
    expect(() => cache.trim(3)).toThrow("KVCache: cannot trim to 3: it holds 2 positions");
    expect(() => new KVCache(0)).toThrow("KVCache: room must be an integer from 1, got 0");
  });

  test("takes no position at all, and then a batch of another size", () => {
    const cache = new KVCache();
    const kv = (b: number, t: number): Tensor => randn([b, 2, t, 4], rng);
    cache.append(kv(1, 0), kv(1, 0));
    const [k, v] = [kv(3, 2), kv(3, 2)];
    expect(cache.append(k, v).keys.toArray()).toEqual(k.toArray());
    expect(cache.values!.toArray()).toEqual(v.toArray());
  });

  test("is empty at first", () => {
    const cache = new KVCache();
    expect([cache.length, cache.bytes, cache.keys, cache.values, cache.tensors()]).toEqual([0, 0, null, null, []]);
  });
});

describe("attention", () => {
  test("lets later tokens change earlier outputs unless it is causal", () => {
    const [x, changed] = [tokens(1, 4, 8), tokens(1, 1, 8)];
    const other = asX(concat([part(x, 0, 3), changed], 1));
    for (const isCausal of [true, false]) {
      const attention = new MultiHeadAttention<number>(8, 2, { rng, isCausal, std: 0.5 });
      const first = (of: X): unknown => part(attention.forward(of), 0, 3).toArray();
      if (isCausal) expect(first(x)).toEqual(first(other));
      else expect(first(x)).not.toEqual(first(other));
    }
  });

  test("treats its tokens as a set unless it is told their positions", () => {
    const x = tokens(1, 4, 8);
    const swapped = asX(concat([part(x, 2, 4), part(x, 0, 2)], 1));
    for (const rotary of [false, true]) {
      const attention = new MultiHeadAttention<number>(8, 2, { rng, rotary, std: 0.5 });
      const y = attention.forward(x);
      const back = concat([part(y, 2, 4), part(y, 0, 2)], 1);
      const same = (): void => close(attention.forward(swapped), back);
      if (rotary) expect(same).toThrow();
      else same();
    }
  });

  test("does not look where the mask is 0, such as at padding", () => {
    const attention = new MultiHeadAttention<number>(8, 2, { rng, std: 0.5 });
    const x = tokens(2, 5, 8);
    const mask = fromArray([1, 1, 1, 0, 0, 1, 1, 1, 1, 1], [2, 1, 1, 5]);
    const y = attention.forward(x, { mask });
    close(part(asX(slice(y, 0, 0, 1)), 0, 3), attention.forward(part(asX(slice(x, 0, 0, 1)), 0, 3)));
    close(slice(y, 0, 1, 2), attention.forward(asX(slice(x, 0, 1, 2))));
  });

  test("has fewer key and value parameters where heads share them, and heads of any size", () => {
    const sizes = (options: object): number =>
      new MultiHeadAttention(16, 4, { rng, bias: false, ...options }).totalParameters();
    expect([sizes({}), sizes({ nKvHead: 2 }), sizes({ nKvHead: 1 }), sizes({ headSize: 8 })]).toEqual([
      4 * 256,
      2 * 256 + 2 * 128,
      2 * 256 + 2 * 64,
      4 * 512,
    ]);
  });

  test("has the gradients that finite differences measure", () => {
    const attention = new MultiHeadAttention<number>(8, 2, { rng, nKvHead: 1, rotary: true, isCausal: true, std: 0.4 });
    const x = Object.assign(tokens(1, 3, 8), { requiresGrad: true });
    gradcheck(() => attention.forward(x), [x, ...attention.parameters()]);
  });

  test.each<[string, () => unknown]>([
    ["attention: dModel 10 cannot be split evenly among 4 heads", () => new MultiHeadAttention(10, 4, { rng })],
    [
      "attention: 4 query heads cannot share 3 key and value heads evenly",
      () => new MultiHeadAttention(8, 4, { rng, nKvHead: 3 }),
    ],
    [
      "rotary: x must be [..., T, K] with an even K, got [1, 4, 2, 3]",
      () => new MultiHeadAttention<number>(12, 4, { rng, rotary: true }).forward(tokens(1, 2, 12)),
    ],
  ])("refuses in one sentence: %s", (sentence, call) => {
    expect(call).toThrow(sentence);
  });
});
