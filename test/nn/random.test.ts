import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  applyLora,
  Dropout,
  dropout,
  Embedding,
  FeedForward,
  Generator,
  LearnedPositions,
  Linear,
  Lora,
  LSTM,
  type Module,
  MultiHeadAttention,
  init,
  ones,
  randn,
  RNN,
  type Tensor,
  uniform,
  zeros,
} from "../../lib/index.js";
import { transformer, twins } from "../../lib/models/index.js";
import { Experts, jitter, MoE, Router, type Routing, SoftMoE } from "../../lib/moe/index.js";
import { log, uniformDraws, xoshiro128 } from "../../lib/tensor/random.js";

const numbers = (x: Tensor): number[] => Array.from(x.toTypedArray());

describe("the generator", () => {
  test("is xoshiro128**: the stream of the authors' C program from the state 1, 2, 3, 4", () => {
    // https://prng.di.unimi.it/xoshiro128starstar.c
    const state = Uint32Array.of(1, 2, 3, 4);
    const stream = Array.from({ length: 10 }, () => xoshiro128(state));
    expect(stream).toEqual([
      11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804,
    ]);
  });

  test("starts where it always started: a seed keeps its stream from release to release", () => {
    const rng = new Generator(1);
    expect([rng.uint32(), rng.uint32(), rng.uniform(), rng.normal(), rng.normal()]).toEqual([
      1182126934, 3993397375, 0.5802351501126279, -0.4565559137015856, -0.03915362486954299,
    ]);
    expect(new Generator(1).fork("a").uint32()).toBe(51657185);
    expect(new Generator(1).spawn().uint32()).toBe(3781578972);
  });

  test("makes a float of 27 and 26 bits of two draws, and each of the 53 bits is 1 half of the time", () => {
    const [rng, twin] = [new Generator(4), new Generator(4)];
    const counts = new Array<number>(53).fill(0);
    const n = 4000;
    for (let i = 0; i < n; i++) {
      const bits = BigInt(rng.uniform() * 2 ** 53);
      expect(bits).toBe((BigInt(twin.uint32() >>> 5) << 26n) | BigInt(twin.uint32() >>> 6));
      for (let bit = 0; bit < 53; bit++) counts[bit] += Number((bits >> BigInt(bit)) & 1n);
    }
    for (const count of counts) expect(Math.abs(count / n - 0.5)).toBeLessThan(4.5 * Math.sqrt(0.25 / n));
  });

  test("has a logarithm that is right to the last digits: of numbers near 0, near 1 and huge", () => {
    const positive = fc.oneof(
      fc.double({ min: 1e-300, max: 1e300, noNaN: true }),
      fc.double({ min: 0.4, max: 2.1, noNaN: true }),
    );
    fc.assert(
      fc.property(positive, (x) => {
        const right = Math.log(x);
        expect(Math.abs(log(x) - right)).toBeLessThan(1e-15 * Math.max(1, Math.abs(right)));
      }),
      { numRuns: 2000 },
    );
    expect(Math.abs(log(Math.SQRT2 * 1.0000001) - Math.log(Math.SQRT2 * 1.0000001))).toBeLessThan(2e-16);
  });

  test("refuses what is no seed and no count", () => {
    for (const seed of [0.5, NaN, Infinity, undefined, null, {}] as number[])
      expect(() => new Generator(seed)).toThrow(`a seed must be an integer, got ${String(seed)}`);
    for (const n of [0, -1, 1.5, NaN])
      expect(() => new Generator(1).below(n)).toThrow(`below: n must be an integer from 1, got ${n}`);
    const none = undefined as unknown as Generator;
    expect(() => randn([2], none)).toThrow("randn needs a generator of random numbers, such as new Generator(1)");
    expect(() => uniform([2], 3 as never)).toThrow("uniform needs a generator of random numbers");
    expect(() => dropout(ones([2]), 0.5, none)).toThrow("dropout needs a generator of random numbers");
    expect(() => new Linear(2, 2, {} as never)).toThrow("Linear needs a generator of random numbers");
    expect(() => randn([2], new Generator(1), { std: -1 })).toThrow("randn: std must be a number from 0, got -1");
  });

  test("forks by name alone, spawns by count alone, and no two paths of names give one stream", () => {
    const rng = new Generator(7);
    const first = (g: Generator): number => g.uint32();
    expect(first(rng.fork("a"))).toBe(first(rng.fork("a")));
    const [a, b] = [first(rng.spawn()), (rng.uniform(), first(rng.spawn()))];
    const again = new Generator(7);
    expect([first(again.spawn()), first(again.spawn())]).toEqual([a, b]);
    const all = [
      rng.fork("a"),
      rng.fork("b"),
      rng.fork("a/b"),
      rng.fork("a").fork("b"),
      rng.fork("a").spawn(),
      rng.fork("#0"),
      rng.fork("a").fork("#0"),
      rng.fork(""),
      rng.fork("").fork(""),
      new Generator(7).spawn(),
      new Generator(7).spawn().spawn(),
      new Generator(7),
      new Generator(8),
    ].map(first);
    expect(new Set(all).size).toBe(all.length);
  });
});

describe("a draw from [low, high) in float32", () => {
  /** A generator whose every draw is `u`. */
  const always = (u: number): Generator => Object.assign(new Generator(0), { uniform: () => u });
  const end = fc.oneof(
    fc.float({ noNaN: true, noDefaultInfinity: true }),
    fc.double({ min: -1e6, max: 1e6, noNaN: true }),
    fc.constantFrom(0, -0, 1, 1000, 1001, 0.1, 0.3, 0.7, 2 ** -149, -(2 ** -149), 16777216),
  );
  const share = fc.oneof(
    fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    fc.constantFrom(0, 1 - 2 ** -53),
  );

  test("is a float32 from low on and below high, whatever the ends and the draw", () => {
    fc.assert(
      fc.property(end, end, share, (a, b, u) => {
        const [low, high] = a < b ? [a, b] : [b, a];
        let value: number;
        try {
          value = uniformDraws("test", low, high)(always(u));
        } catch (error) {
          // Only where both ends lie between the same two neighbors among the float32 numbers.
          expect((error as Error).message).toMatch(/^test: no float32 number lies in/);
          expect(high - low).toBeLessThanOrEqual(2 ** -23 * Math.max(Math.abs(low), 2 ** -126));
          return;
        }
        expect(Math.fround(value)).toBe(value);
        if (low === high) expect(value).toBe(Math.fround(low));
        else expect(value >= low && value < high && value >= Math.fround(low)).toBe(true);
        // And near where it should be: a step of float32, or the rounding of the draw itself.
        const exact = low + (high - low) * u;
        const size = Math.max(Math.abs(low), Math.abs(high));
        expect(Math.abs(value - exact)).toBeLessThanOrEqual(2 ** -22 * size + 2 ** -148);
      }),
      { numRuns: 5000 },
    );
  });

  test.each([
    [1000, 1001],
    [100, 101],
    [-1001, -1000],
    [0, 1],
    [-1, 0],
  ])("never is %s to %s's excluded end, as a tensor and as first weights", (low, high) => {
    const rng = new Generator(1);
    const values = [uniform([300_000], rng, { low, high }), init.uniform(zeros([300_000]), rng, { low, high })];
    for (const x of values) for (const v of x.toTypedArray()) if (!(v >= low && v < high)) expect(v).toBe(low);
    for (const u of [0, 1 - 2 ** -53]) {
      const [v] = numbers(uniform([1], always(u), { low, high }));
      expect(v >= low && v < high).toBe(true);
    }
  });

  test("gives each float32 of a small interval its equal share, the first one too", () => {
    const ulp = 2 ** -14; // of the numbers around 1000
    const counts = [0, 0, 0, 0];
    const n = 20_000;
    for (const v of uniform([n], new Generator(5), { low: 1000, high: 1000 + 4 * ulp }).toTypedArray())
      counts[(v - 1000) / ulp]++;
    for (const count of counts) expect(Math.abs(count / n - 0.25)).toBeLessThan(4 * Math.sqrt(0.1875 / n));
  });

  test("refuses ends that are none", () => {
    const rng = new Generator(1);
    for (const [low, high] of [
      [NaN, 1],
      [0, NaN],
      [1, 0],
    ])
      expect(() => uniform([1], rng, { low, high })).toThrow(`uniform: low ${low} is above high ${high}`);
    expect(() => uniform([1], rng, { high: Infinity })).toThrow("must be finite float32 numbers");
    expect(() => init.uniform(zeros([1]), rng, { low: -1e39 })).toThrow("init.uniform: low -1e+39 and high 1");
    expect(() => uniform([1], rng, { low: 999.99999, high: 1000 })).toThrow(
      "uniform: no float32 number lies in [999.99999, 1000)",
    );
  });

  test("holds for the router's jitter too: 1 ± size without the upper end", () => {
    const [x] = [ones([1, 1])];
    expect(numbers(jitter(x, 1 / 3, always(1 - 2 ** -53)))[0]).toBeLessThan(1 + 1 / 3);
    expect(numbers(jitter(x, 1 / 3, always(0)))[0]).toBeGreaterThanOrEqual(1 - 1 / 3);
  });
});

/** Everything in the library that is made from a generator, and the numbers that it drew or draws. */
const weights = (module: Module): number[] => module.parameters().flatMap(numbers);
const routed = (router: Router): number[] => {
  const routing: Routing = router.forward(ones([32, 3]), { training: router.training });
  return routing.assignments().map(({ expert }) => expert);
};
const size = 4;
const makers: Record<string, (rng: Generator) => number[]> = {
  Linear: (rng) => weights(new Linear(size, 3, { rng })),
  Embedding: (rng) => weights(new Embedding(size, 3, { rng })),
  LearnedPositions: (rng) => weights(new LearnedPositions(size, 3, { rng })),
  MultiHeadAttention: (rng) => weights(new MultiHeadAttention(size, 2, { rng })),
  FeedForward: (rng) => weights(new FeedForward(size, 3, { rng })),
  "FeedForward, gated": (rng) => weights(new FeedForward(size, 3, { rng, gated: true })),
  RNN: (rng) => weights(new RNN(size, 3, { rng })),
  LSTM: (rng) => weights(new LSTM(size, 3, { rng })),
  Lora: (rng) => weights(new Lora(size, 3, { rng, rank: 2 })),
  applyLora: (rng) =>
    [...applyLora(new Linear(size, 3, { rng: new Generator(0) }), [""], { rng, rank: 2 }).values()].flatMap(weights),
  Dropout: (rng) => numbers(new Dropout(0.5, { rng }).forward(ones([64]))),
  Router: (rng) => weights(new Router(size, 3, { rng })),
  Experts: (rng) => weights(new Experts(2, size, 3, { rng })),
  MoE: (rng) => weights(new MoE(size, 3, { rng, nExpert: 4, topK: 2, nSharedExpert: 1 })),
  SoftMoE: (rng) => weights(new SoftMoE(size, 3, { rng, nExpert: 4 })),
  "Router, noise": (rng) => routed(new Router(3, 4, { rng, noise: "normal", noiseScale: 1, std: 0 })),
  "Router, random choice": (rng) => routed(new Router(3, 4, { rng, select: "random" })),
  "Router, random choice at evaluation": (rng) => routed(new Router(3, 4, { rng, select: "random" }).eval()),
  randn: (rng) => numbers(randn([8], rng)),
  uniform: (rng) => numbers(uniform([8], rng)),
  "init.normal": (rng) => numbers(init.normal(zeros([8]), rng)),
  dropout: (rng) => numbers(dropout(ones([64]), 0.5, rng)),
};

describe("two objects given one generator", () => {
  test.each(Object.entries(makers))("differ: %s", (_, make) => {
    const rng = new Generator(3);
    const [a, b, c] = [make(rng), make(rng), make(rng)];
    for (const [x, y] of [
      [a, b],
      [b, c],
      [a, c],
    ])
      expect(x).not.toEqual(y);
    expect(make(new Generator(3))).toEqual(a); // and a run can be repeated
  });

  test("have no row of weights in common, whatever the two are", () => {
    const layers = Object.entries(makers).filter(([name]) => /^[A-Z]\w+$/.test(name) && name !== "Dropout");
    const rng = new Generator(3);
    const all = [...layers, ...layers].flatMap(([, make]) => make(rng).filter((v) => v !== 0 && v !== 1));
    expect(new Set(all).size).toBe(all.length);
  });

  test("draw different masks at every step: two layers of dropout", () => {
    const rng = new Generator(1);
    const [a, b] = [new Dropout(0.5, { rng }), new Dropout(0.5, { rng })];
    const x = ones([64]);
    for (let step = 0; step < 4; step++) expect(numbers(a.forward(x))).not.toEqual(numbers(b.forward(x)));
  });
});

describe("one seed for several models", () => {
  const input = { vocabSize: 11, blockSize: 4, nLayer: 2, nHead: 2, dModel: 8 };
  test.each<[string, Parameters<typeof transformer>[0]]>([
    ["top-2", { ...input, nExpert: 4 }],
    ["no router weight", { ...input, nExpert: 4, select: "hash" }],
    ["biases, shared experts, learned noise", { ...input, nExpert: 4, bias: true, nSharedExpert: 1, noise: "learned" }],
    ["other experts", { ...input, nExpert: 8, topK: 1, activation: "relu" }],
    ["soft", { ...input, nExpert: 4, select: "soft" }],
  ])("equal weights bit for bit wherever both have the place: %s", (_, config) => {
    const { dense, moe } = twins(config, { seed: 5 });
    const [a, b] = [dense.stateDict(), moe.stateDict()];
    const places = Object.keys(a).filter((name) => !name.includes("feedForward"));
    expect(places).toEqual(Object.keys(b).filter((name) => !name.includes("feedForward")));
    expect(places.length).toBeGreaterThan(10);
    for (const name of places) expect(b[name]).toEqual(a[name]);
    expect(transformer(config, { seed: 5 }).stateDict()).toEqual(b);
    expect(transformer(config, { seed: 6 }).stateDict()).not.toEqual(b);
  });

  test("and every place a stream of its own: no two weights of a model are equal", () => {
    const drawn = Object.values(transformer({ ...input, nExpert: 4, nSharedExpert: 1 }, { seed: 5 }).stateDict())
      .flatMap(({ data }) => Array.from(data))
      .filter((v) => v !== 0 && v !== 1);
    // Of n float32 draws some agree by chance: about n² / 2²⁴ pairs.
    expect(drawn.length - new Set(drawn).size).toBeLessThan(4 + drawn.length ** 2 / 2 ** 24);
  });
});
