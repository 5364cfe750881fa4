import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { counter } from "../../lib/kernels/index.js";
import { fromArray, Generator, gradcheck, mul, noGrad, randn, reshape, sum, type Tensor } from "../../lib/index.js";
import {
  combinations,
  fineGrained,
  MoE,
  moeByLoop,
  type MoEOptions,
  routerDefaults,
  type Routing,
  SoftMoE,
} from "../../lib/moe/index.js";
import { countParameters, transformer, upcycle } from "../../lib/models/index.js";
import { anyConfig, routed } from "./anyConfig.js";

const rng = new Generator(7);
const numbers = (x: Tensor | null): number[] => Array.from(x ? x.toTypedArray() : []);
const layer = (options: Partial<MoEOptions> = {}): MoE =>
  new MoE(6, 5, {
    rng: rng.fork("layer"),
    nExpert: 4,
    vocabSize: 20,
    topK: 2,
    std: 0.5,
    bias: true,
    ...options,
  }).eval();

const configs: [string, Partial<MoEOptions>][] = [
  ["top-1 with drops", { topK: 1, capacityFactor: 0.75 }],
  ["next best", { capacityFactor: 1, overflow: "nextBest" }],
  ["top-p", { select: "topP", topK: 4, topP: 0.7 }],
  ["adaptive", { select: "adaptive", topK: 4 }],
  ["expert choice", { select: "expertChoice" }],
  ["GShard", { select: "gshard", capacityFactor: 1 }],
  [
    "sigmoid with a scale, groups and a shared expert",
    { select: "groupLimited", nGroup: 2, score: "sigmoid", scale: 2.5, nSharedExpert: 2 },
  ],
  ["cosine", { score: "cosine", temperature: 0.5 }],
  ["a router with a bias", { routerBias: true, topK: 1 }],
  ["hash", { select: "hash" }],
  ["a pool", { select: "pool", nPool: 3 }],
  ["a table", { select: "table", score: "sqrtSoftplus" }],
  ["a narrower space for the experts, and shared ones", { dLatent: 3, nSharedExpert: 1 }],
  ["null experts that pass tokens on", { nNullExpert: 2, topK: 3, dLatent: 4 }],
  ["null experts that give nothing", { nNullExpert: 2, nullExpert: "zero", score: "sqrtSoftplus" }],
  [
    "gated experts, and a shared one of its own width with a gate",
    { gated: true, nSharedExpert: 1, dShared: 3, sharedGate: true },
  ],
  ["the clamped unit", { gated: true, clamped: { limit: 0.05, sharpness: 1.7 } }],
  ["kept renormalized", { capacityFactor: 0.75, renormalize: "kept" }],
];

describe.each(configs)("the layer with %s", (_, options) => {
  const ids = Array.from({ length: 9 }, (_, i) => i);
  it("equals the slow loop, forward and in every gradient", () => {
    const moe = layer(options);
    const run = (f: (x: Tensor) => Tensor): number[][] => {
      const x = randn([9, 6], rng.fork("x"));
      x.requiresGrad = true;
      moe.zeroGrad();
      const y = f(x);
      sum(mul(y, randn([9, 6], rng.fork("dy")))).backward();
      return [numbers(y), numbers(x.grad), ...moe.parameters().map((p) => numbers(p.grad))];
    };
    const fast = run((x) => moe.forward(x, { routings: [], ids }));
    const slow = run((x) => moeByLoop(moe, x, moe.router.forward(x, { ids })));
    fast.forEach((values, i) => {
      const other = slow[i].length > 0 ? slow[i] : values.map(() => 0); // the loop never touches what it does not use
      values.forEach((v, k) => expect(Math.abs(v - other[k])).toBeLessThan(1e-5 + 2e-4 * Math.abs(other[k])));
    });
  });

  it("has the gradients that finite differences measure", () => {
    const moe = layer(options);
    const x = randn([5, 6], rng.fork("gradcheck"));
    x.requiresGrad = true;
    // Nudges must not move a token to another expert, nor change who is first in a queue; with this seed they do not.
    gradcheck((input) => moe.forward(input, { routings: [], ids: ids.slice(0, 5) }), [x, ...moe.parameters()], {
      step: 2e-3,
      atol: 1e-2,
      rtol: 2e-2,
    });
  });
});

describe("the layer of any router config", () => {
  it("equals the slow loop", () => {
    fc.assert(
      fc.property(anyConfig(4, routed), (config) => {
        const moe = new MoE(6, 5, {
          rng: rng.fork("any"),
          vocabSize: 9,
          nExpert: 4,
          std: 0.5,
          ...config,
          topK: routerDefaults(config, 4).topK,
        }).eval();
        const x = randn([1, 9, 6], rng.fork("x"));
        const routings: Routing[] = [];
        const y = numbers(moe.forward(x, { routings, ids: [0, 1, 2, 3, 4, 5, 6, 7, 8] }));
        numbers(moeByLoop(moe, reshape(x, [9, 6]), routings[0])).forEach((v, i) =>
          expect(Math.abs(v - y[i])).toBeLessThan(1e-5 + 2e-4 * Math.abs(v)),
        );
      }),
      { numRuns: 150 },
    );
  });
});

describe("experts in a narrower space (LatentMoE)", () => {
  it("project down, work there, add up, project back: by hand, with a shared expert that reads x itself", () => {
    const moe = new MoE(2, 1, {
      ...{
        rng,
        nExpert: 2,
        topK: 2,
        renormalize: false,
        dLatent: 1,
        activation: "relu",
        bias: false,
        nSharedExpert: 1,
      },
    });
    const set = (p: Tensor, ...values: number[]): Tensor => p.set(fromArray(values, [...p.shape]));
    set(moe.router.weight!, 0, 0, 0, 0); // both experts weigh 1/2
    set(moe.toLatent!.weight, 1, 1);
    set(moe.experts.up, 1, 2);
    set(moe.experts.down, 2, 1);
    set(moe.fromLatent!.weight, 1, 3);
    set(moe.shared!.up.weight, 1, 0);
    set(moe.shared!.down.weight, 10, 20);
    // L x = 3; the experts give 2 · 3 and 1 · 6, their mean 6; U makes [6, 18] of it; the shared expert adds 1 · [10, 20].
    expect(numbers(moe.forward(fromArray([1, 2], [1, 2])))).toEqual([16, 38]);
  });

  it("a token without an expert gets exactly 0, with or without offsets in the experts", () => {
    const routings: Routing[] = [];
    const y = layer({ topK: 1, capacityFactor: 0.25, dLatent: 3 }).forward(randn([12, 6], rng.fork("none")), {
      routings,
    });
    const dropped = routings[0].assignments().filter((a) => a.status === "dropped");
    expect(dropped.length).toBeGreaterThan(7);
    for (const { token } of dropped) expect((y.toArray() as number[][])[token].every((v) => v === 0)).toBe(true);
  });

  it("costs E · 2 F C + 2 C D in place of E · 2 F D, in total and active, at as many rows; cannot be upcycled", () => {
    const shape = { vocabSize: 9, blockSize: 8, nLayer: 1, nHead: 1, dModel: 8, nExpert: 8, topK: 2, dExpert: 5 };
    const [wide, narrow] = [{}, { dLatent: 2 }].map((more) => countParameters(transformer({ ...shape, ...more })));
    expect(wide.total - narrow.total).toBe(8 * 2 * 5 * (8 - 2) - 2 * 2 * 8);
    expect(wide.active - narrow.active).toBe(2 * 2 * 5 * (8 - 2) - 2 * 2 * 8);
    const routings: Routing[] = [];
    layer({ dLatent: 3 }).forward(randn([7, 6], rng), { routings });
    expect(routings[0].rowsExecuted).toBe(14);
    expect(() => upcycle(transformer({ ...shape, nExpert: 0 }), { nExpert: 4, dLatent: 2 })).toThrow(
      "upcycle: an expert is a copy of the dense layer, 8 wide, so it cannot work in dLatent 2: leave dLatent out",
    );
  });

  it.each([0, -1, 2.5, NaN, "4"])("dLatent %s is refused", (dLatent) => {
    expect(() => layer({ dLatent: dLatent as number })).toThrow(
      /^router: dLatent must be an integer from 1, or null for the model's width, got /,
    );
  });
});

describe("straight-through weights", () => {
  it("are 1/K going forward and pass the scores' gradient back", () => {
    const [hard, soft] = [layer({ straightThrough: true, renormalize: false }), layer({ renormalize: false })];
    const x = randn([9, 6], rng.fork("straight"));
    const routings: Routing[] = [];
    sum(mul(hard.forward(x, { routings }), randn([9, 6], rng.fork("dy")))).backward();
    sum(mul(soft.forward(x), randn([9, 6], rng.fork("dy")))).backward();
    expect(numbers(routings[0].weights).every((w) => w === 0.5)).toBe(true);
    const [a, b] = [numbers(hard.router.weight!.grad), numbers(soft.router.weight!.grad)];
    a.forEach((g, i) => expect(g).toBeCloseTo(b[i], 5)); // d output / d weight does not depend on the weight
  });
});

describe("shared and fine-grained experts", () => {
  it("a shared expert sees every token, routed or dropped", () => {
    const moe = layer({ topK: 1, capacityFactor: 0.25, nSharedExpert: 1 });
    const x = randn([12, 6], rng.fork("shared"));
    const routings: Routing[] = [];
    const [y, shared] = [
      moe.forward(x, { routings }).toArray() as number[][],
      moe.shared!.forward(x).toArray() as number[][],
    ];
    const dropped = routings[0].assignments().filter((a) => a.status === "dropped");
    expect(dropped.length).toBeGreaterThan(7);
    for (const { token } of dropped) expect(y[token]).toEqual(shared[token]);
  });

  it("splitting experts keeps total and active parameters, up to the router, and multiplies the combinations", () => {
    const base = { vocabSize: 9, blockSize: 8, nLayer: 1, nHead: 1, dModel: 8, dHidden: 32 };
    const coarse = { nExpert: 8, topK: 2, dExpert: 16 };
    const fine = fineGrained(coarse, 4);
    expect(fine).toEqual({ nExpert: 32, topK: 8, dExpert: 4 });
    const [a, b] = [coarse, fine].map((c) => countParameters(transformer({ ...base, ...c })));
    expect(b.total - a.total).toBe(24 * 8); // rows of the router
    expect(b.active - a.active).toBe(24 * 8);
    expect([combinations(8, 2), combinations(64, 8)]).toEqual([28, 4_426_165_368]);
    expect(() => fineGrained(coarse, 3)).toThrow(
      "fineGrained: an expert of width 16 cannot be split into 3 equal parts",
    );
  });
});

describe("rows executed", () => {
  it("64 experts execute exactly as many rows as 8, at 768 tokens, counted in the matmul, forward and backward", () => {
    const rows = (nExpert: number): number[] => {
      const moe = new MoE(16, 8, { rng: new Generator(1), nExpert, topK: 2, bias: false });
      const routings: Routing[] = [];
      const before = counter.rows;
      const y = moe.forward(randn([12, 64, 16], new Generator(2)), { routings });
      const forward = counter.rows - before;
      sum(y).backward();
      // The gradient of a weight is a product over its rows, which the counter sees as [Out, rows] · [rows, In]: Out rows per expert.
      const weights = nExpert * (8 + 16) + nExpert;
      return [routings[0].rowsExecuted!, forward, counter.rows - before - forward - weights];
    };
    expect(rows(8)[0]).toBe(768 * 2);
    expect(rows(64).slice(0, 2)).toEqual(rows(8).slice(0, 2));
    expect(Math.abs(rows(64)[2] - rows(8)[2])).toBeLessThan(64);
  });

  it("dropped tokens are not computed", () => {
    const routings: Routing[] = [];
    layer({ topK: 1, capacityFactor: 0.5 }).forward(randn([40, 6], rng.fork("rows")), { routings });
    const placed = routings[0].positions.filter((p) => p >= 0).length;
    expect(placed).toBeLessThan(40);
    expect(routings[0].rowsExecuted).toBe(placed);
  });
});

describe("Soft MoE", () => {
  const soft = (nSlot = 2): SoftMoE => new SoftMoE(6, 5, { rng: rng.fork("soft"), nExpert: 3, nSlot, std: 0.5 });

  it("mixes: slots are averages of tokens, and outputs averages of slots", () => {
    const { kind, dispatch, combine } = soft().mixing(randn([2, 7, 6], rng.fork("mix")));
    expect([kind, dispatch.shape, combine.shape]).toEqual(["mixing", [2, 7, 6], [2, 7, 6]]);
    for (const total of numbers(sum(dispatch, 1))) expect(total).toBeCloseTo(1, 5);
    for (const total of numbers(sum(combine, 2))) expect(total).toBeCloseTo(1, 5);
  });

  it("computes as many rows as it has slots, however many tokens there are", () => {
    const rows = (tokens: number): number => {
      const layer = soft();
      const x = randn([1, tokens, 6], rng.fork("x"));
      const before = counter.rows;
      layer.experts.forward(randn([6, 6], rng.fork("slots")), Int32Array.from([0, 2, 4, 6]));
      const experts = counter.rows - before;
      layer.forward(x);
      return experts;
    };
    expect(rows(50)).toBe(rows(10));
  });

  it("has the gradients that finite differences measure", () => {
    const layer = soft(1);
    const x = randn([2, 3, 6], rng.fork("gradcheck"));
    x.requiresGrad = true;
    gradcheck((input) => layer.forward(input), [x, ...layer.parameters()], { step: 5e-3, atol: 5e-3 });
  });

  it("sees the future, which top-k routing does not: so not for a decoder", () => {
    const x = randn([1, 5, 6], rng.fork("future"));
    const changed = fromArray(
      numbers(x).map((v, i) => (i >= 24 ? v + 1 : v)),
      [1, 5, 6],
    );
    const first = (f: (x: Tensor) => Tensor): number[][] =>
      [x, changed].map((input) => numbers(noGrad(() => f(input))).slice(0, 24));
    const [a, b] = first((input) => soft().forward(input));
    expect(a).not.toEqual(b);
    const [c, d] = first((input) => layer().forward(input));
    expect(c).toEqual(d);
  });

  it("stands in the twin's block like any other", () => {
    const model = transformer({
      vocabSize: 9,
      blockSize: 8,
      nLayer: 1,
      nHead: 1,
      dModel: 8,
      nExpert: 4,
      select: "soft",
      nSlot: 2,
    });
    const { routings, logits } = model.forward(fromArray([1, 2, 3], [1, 3], "int32"));
    expect([routings.length, logits.shape]).toEqual([0, [1, 3, 9]]);
  });
});
