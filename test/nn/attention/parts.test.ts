import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { scaledFrequencies, yarnScale } from "../../../lib/nn/attention/rotaryScaling.js";
import { LatentAttention } from "../../../lib/nn/attention/latent.js";
import { concat, fromArray, Generator, gradcheck, KVCache, MultiHeadAttention, noGrad } from "../../../lib/index.js";
import { randn, rotary, slice, sum, type Tensor } from "../../../lib/index.js";

const rng = new Generator(1);
const xOf = (b: number, t: number, d: number, name = "x"): Tensor => randn([b, t, d], rng.fork(`${name} ${t}`));
const numbers = (x: Tensor): number[] => Array.from(x.toTypedArray());
const apart = (a: Tensor, b: Tensor): number => {
  expect(a.shape).toEqual(b.shape);
  const B = numbers(b);
  return Math.max(0, ...numbers(a).map((x, i) => Math.abs(x - B[i])));
};

const options = {
  nKvHead: fc.constantFrom(1, 2, 4),
  rotary: fc.boolean(),
  window: fc.constantFrom(null, 1, 2, 3),
  sinks: fc.boolean(),
  norm: fc.constantFrom(null, { per: "head", eps: 1e-5 } as const, { per: "row", eps: 1e-5 } as const),
  clip: fc.constantFrom(null, 0.5),
};

describe("any attention", () => {
  test("reads a text in parts as in one, and sees nothing that lies ahead or before its window", () => {
    fc.assert(
      fc.property(fc.record(options), fc.integer({ min: 1, max: 6 }), (given, cut) => {
        const attention = new MultiHeadAttention(8, 4, { rng, isCausal: true, std: 0.5, ...given });
        attention.sinks?.storage.f32().set([1, -1, 2, 0]);
        const x = xOf(2, 7, 8);
        const cache = new KVCache();
        const part = (from: number, to: number): Tensor => slice(x, 1, from, to);
        noGrad(() => {
          const whole: Tensor = attention.forward(x);
          const parts = [part(0, cut), part(cut, 7)].map((p) => attention.forward(p as never, { cache }) as Tensor);
          expect(apart(concat(parts, 1), whole)).toBeLessThan(1e-5);
          // The last query sees `window` positions: others may change.
          const { window } = given;
          if (window === null) return;
          const other = concat([xOf(2, 7 - window, 8, "other"), part(7 - window, 7)], 1) as Tensor;
          const last = (y: Tensor): Tensor => slice(y, 1, 6, 7);
          expect(apart(last(attention.forward(other as never)), last(whole))).toBeLessThan(1e-5);
          const nearer = concat([xOf(2, 8 - window, 8, "other"), part(8 - window, 7)], 1) as Tensor;
          expect(apart(last(attention.forward(nearer as never)), last(whole))).toBeGreaterThan(1e-4);
        });
      }),
      { numRuns: 60 },
    );
  });

  test("has the gradients that finite differences measure, of sinks and norms too", () => {
    for (const norm of ["head", "row"] as const) {
      const attention = new MultiHeadAttention(4, 2, {
        ...{ rng, isCausal: true, std: 0.5, window: 2, sinks: true, rotary: true },
        norm: { per: norm, eps: 1e-5 },
      });
      const { sinks, queryNorm } = attention;
      const run = (): Tensor => sum(attention.forward(xOf(1, 3, 4) as never) as Tensor);
      expect(() => gradcheck(() => run(), [sinks!, queryNorm!.weight] as never)).not.toThrow();
    }
  });

  test("positions that are given are those that the cache would count", () => {
    const attention = new MultiHeadAttention(8, 2, { rng, isCausal: true, rotary: true, std: 0.5 });
    const x = xOf(1, 4, 8) as never;
    const at = (...places: number[]): Tensor => fromArray(places, [1, 4], "int32");
    expect(apart(attention.forward(x, { positions: at(0, 1, 2, 3) }), attention.forward(x))).toBe(0);
    expect(apart(attention.forward(x, { positions: at(9, 10, 11, 12) }), attention.forward(x))).toBeLessThan(1e-5);
    expect(apart(attention.forward(x, { positions: at(0, 2, 4, 6) }), attention.forward(x))).toBeGreaterThan(1e-4);
  });
});

test("a sink takes its share of the softmax and gives nothing: by hand", () => {
  const attention = new MultiHeadAttention(1, 1, { rng, sinks: true, bias: false });
  for (const { weight } of [attention.query, attention.key, attention.value, attention.out])
    weight.storage.f32()[0] = 1;
  attention.sinks!.storage.f32()[0] = Math.log(3);
  const x = fromArray([0, 8], [1, 2, 1]);
  // Query 0 has the scores 0 and 0 beside ln 3: the value 8 weighs 1 / (1 + 1 + 3).
  expect(numbers(attention.forward(x))[0]).toBeCloseTo(8 / 5, 5);
});

describe("latent attention", () => {
  const make = (dQueryLatent: number | null): LatentAttention =>
    new LatentAttention(6, {
      rng,
      nHead: 2,
      dLatent: 5,
      dQueryLatent,
      plainSize: 3,
      rotarySize: 2,
      valueSize: 4,
      std: 0.5,
    });

  test.each([null, 4])("reads a text in parts as in one, and keeps only the small vectors (query from %s)", (width) => {
    const [attention, x, cache] = [make(width), xOf(2, 6, 6), new KVCache()];
    noGrad(() => {
      const parts = [0, 1, 4].map((from, i) => attention.forward(slice(x, 1, from, [1, 4, 6][i]), { cache }));
      expect(apart(concat(parts, 1), attention.forward(x))).toBeLessThan(1e-5);
    });
    expect(cache.tensors().map(({ shape }) => shape)).toEqual([
      [2, 1, 6, 5],
      [2, 1, 6, 2],
    ]);
  });

  test("has the gradients that finite differences measure", () => {
    const attention = make(4);
    const x = xOf(1, 3, 6);
    x.requiresGrad = true;
    const some = [x, attention.latentNorm.weight, attention.queryNorm!.weight];
    expect(() => gradcheck(() => sum(attention.forward(x)), some as never)).not.toThrow();
  });
});

describe("stretched frequencies", () => {
  const plain = scaledFrequencies(8, 100, null);
  test("linear divides all, and a factor of 1 changes nothing", () => {
    expect([...scaledFrequencies(8, 100, { kind: "linear", factor: 4 })]).toEqual([...plain].map((f) => f / 4));
    const same = scaledFrequencies(8, 100, { kind: "yarn", factor: 1, originalLength: 50 });
    same.forEach((f, i) => expect(f).toBeCloseTo(plain[i], 12));
    expect([yarnScale(1), yarnScale(0.5, 3), yarnScale(Math.E, 2)]).toEqual([1, 1, 1.2]);
  });

  test("llama3 and yarn keep the fast ones, divide the slow ones, and go from one to the other between", () => {
    const llama3 = { kind: "llama3", lowFreqFactor: 1, highFreqFactor: 4 } as const;
    for (const scaling of [{ ...llama3 }, { kind: "yarn", betaFast: 10 } as const]) {
      const ratios = scaledFrequencies(32, 100, { ...scaling, factor: 8, originalLength: 100 }).map(
        (f, i) => f / scaledFrequencies(32, 100, null)[i],
      );
      expect(ratios[0]).toBeCloseTo(1, 12);
      expect(ratios.at(-1)).toBeCloseTo(1 / 8, 12);
      ratios.forEach((ratio, i) => expect(ratio).toBeLessThanOrEqual((ratios[i - 1] ?? 1) + 1e-12));
      expect(ratios.filter((ratio) => ratio < 0.999 && ratio > 0.126).length).toBeGreaterThan(1);
    }
  });

  test("unwoven turns as interleaved does, and writes each pair apart", () => {
    const x = randn([2, 3, 6], rng.fork("x"));
    const at = fromArray([4, 0, 7], [3], "int32");
    const [woven, unwoven] = (["interleaved", "unwoven"] as const).map((layout) =>
      numbers(rotary(x, at, { layout }) as Tensor),
    );
    unwoven.forEach((y, i) => {
      const [row, feature] = [i - (i % 6), i % 6];
      expect(y).toBe(woven[row + (feature < 3 ? 2 * feature : 2 * (feature - 3) + 1)]);
    });
  });
});
