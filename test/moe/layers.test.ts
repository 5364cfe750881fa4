/** How the layers of a mixture begin, and what they compute, written out in plain numbers. */

import { describe, expect, it } from "vitest";
import { fromArray, Generator, type Module, randn, type Tensor } from "../../lib/index.js";
import {
  MoE,
  moeByLoop,
  type MoEOptions,
  route,
  type RouteContext,
  routeTopK,
  Router,
  SoftMoE,
} from "../../lib/moe/index.js";
import { Experts } from "../../lib/moe/experts.js";
import { startsOf, tensorsOf } from "../../lib/moe/routing.js";
import { Linear } from "../../lib/nn/index.js";

const numbers = (x: Tensor): number[] => Array.from(x.toTypedArray());
const spread = (x: Tensor): number => Math.sqrt(numbers(x).reduce((sum, v) => sum + v * v, 0) / x.size);
const spreads = (module: Module): Record<string, number> =>
  Object.fromEntries(module.namedParameters().map(([name, p]) => [name, spread(p)]));

describe("first weights", () => {
  const D = 48;
  const all = { nExpert: 6, topK: 2, dLatent: 40, nSharedExpert: 1, routerBias: true } as const;
  const layer = (options: Partial<MoEOptions> = {}): Record<string, number> =>
    spreads(new MoE(D, 44, { rng: new Generator(1), ...all, ...options }));
  const into = ["router.weight", "experts.up", "shared.up.weight", "toLatent.weight"];
  const out = ["experts.down", "shared.down.weight", "fromLatent.weight"];
  const biases = ["router.bias", "experts.upBias", "experts.downBias", "shared.up.bias", "shared.down.bias"];

  it.each<[Partial<MoEOptions>, number, number]>([
    [{}, 0.02, 0.02],
    [{ std: 0.5 }, 0.5, 0.5],
    [{ std: 0.5, residualStd: 0.1 }, 0.5, 0.1],
    [{ residualStd: 0.1 }, 0.02, 0.1],
  ])("with %j have the spread %d, those that write to the residual %d, biases none", (options, std, residualStd) => {
    const found = layer(options);
    for (const name of into) expect([name, found[name] / std]).toEqual([name, expect.closeTo(1, 0)]);
    for (const name of out) expect([name, found[name] / residualStd]).toEqual([name, expect.closeTo(1, 0)]);
    for (const name of biases) expect([name, found[name]]).toEqual([name, 0]);
    expect(Object.keys(found).sort()).toEqual([...into, ...out, ...biases].sort());
  });

  it("without offsets have none in the experts, told of the activation as all of the layer", () => {
    expect(Object.keys(layer({ bias: false })).filter((name) => /bias$/i.test(name))).toEqual(["router.bias"]);
    const moe = new MoE(D, 44, { rng: new Generator(1), ...all, activation: "relu" });
    expect([moe.experts.activation, moe.shared!.activation]).toEqual(["relu", "relu"]);
    expect(new MoE(D, 44, { rng: new Generator(1), ...all }).experts.activation).toBe("gelu");
  });

  it("of a router, of experts and of Soft MoE alone are as small unless told otherwise", () => {
    const rng = new Generator(2);
    const parts = [
      (std?: number) => new Router(D, 8, { rng, ...(std === undefined ? {} : { std }) }).weight!,
      (std?: number) => new Experts(8, D, D, { rng, ...(std === undefined ? {} : { std }) }).down,
      (std?: number) => new SoftMoE(D, D, { rng, nExpert: 8, ...(std === undefined ? {} : { std }) }).slots,
    ];
    for (const part of parts) {
      expect(spread(part()) / 0.02).toBeCloseTo(1, 0);
      expect(spread(part(0.3)) / 0.3).toBeCloseTo(1, 0);
    }
    const soft = new SoftMoE(4, 3, { rng, nExpert: 5 });
    expect([soft.nSlot, soft.slots.shape]).toEqual([1, [5, 4]]);
    expect(new Experts(2, 4, 3, { rng }).upBias!.shape).toEqual([2, 3]);
  });

  it("come from streams that are named by their place, so that no other part moves them", () => {
    const own = new Generator(7).spawn(); // the layer's stream
    const at = (place: string): Generator => own.fork(place).spawn();
    const moe = new MoE(5, 3, { rng: new Generator(7), nExpert: 3, topK: 1, std: 0.5, dLatent: 4, nSharedExpert: 1 });
    const same = (found: Tensor, wanted: Tensor): void => expect(numbers(found)).toEqual(numbers(wanted));
    same(moe.router.weight!, randn([3, 5], at("router").fork("weight"), { std: 0.5 }));
    const experts = at("experts");
    for (const e of [0, 1, 2]) {
      const up = numbers(moe.experts.up).slice(e * 12, (e + 1) * 12);
      expect(up).toEqual(numbers(randn([3, 4], experts.fork(`${e}.up`), { std: 0.5 })));
      const down = numbers(moe.experts.down).slice(e * 12, (e + 1) * 12);
      expect(down).toEqual(numbers(randn([4, 3], experts.fork(`${e}.down`), { std: 0.5 })));
    }
    same(moe.toLatent!.weight, new Linear(5, 4, { rng: own.fork("toLatent"), bias: false, std: 0.5 }).weight);
    same(moe.fromLatent!.weight, new Linear(4, 5, { rng: own.fork("fromLatent"), bias: false, std: 0.5 }).weight);
    const soft = new SoftMoE(5, 3, { rng: new Generator(7), nExpert: 2, nSlot: 2, std: 0.5 });
    same(soft.slots, randn([4, 5], own.fork("slots"), { std: 0.5 }));
    const softUp = numbers(soft.experts.up).slice(0, 15);
    expect(softUp).toEqual(numbers(randn([3, 5], at("experts").fork("0.up"), { std: 0.5 })));
  });

  it.each<[string, () => unknown]>([
    ["MoE", () => new MoE(4, 3, { nExpert: 2, topK: 1 } as never)],
    ["Router", () => new Router(4, 2, {} as never)],
    ["Experts", () => new Experts(2, 4, 3, {} as never)],
    ["SoftMoE", () => new SoftMoE(4, 3, { nExpert: 2 } as never)],
  ])("of %s need a generator, says the layer that was not given one", (name, make) => {
    expect(make).toThrow(`${name} needs a generator of random numbers, such as new Generator(1), got undefined`);
  });
});

describe("Soft MoE in loops", () => {
  const [B, T, D, E, S, F] = [2, 3, 4, 3, 2, 5];
  const layer = new SoftMoE(D, F, { rng: new Generator(3), nExpert: E, nSlot: S, std: 0.7, activation: "relu" });
  for (const bias of [layer.experts.upBias!, layer.experts.downBias!])
    bias.set(randn([...bias.shape], new Generator(4)));
  const X = numbers(randn([B, T, D], new Generator(5)));
  const softmax = (z: number[]): number[] => {
    const all = z.map(Math.exp);
    return all.map((v) => v / all.reduce((a, b) => a + b, 0));
  };
  const range = (n: number): number[] => [...new Array<number>(n).keys()];
  const dot = (n: number, of: (i: number) => number): number => range(n).reduce((sum, i) => sum + of(i), 0);
  const [PHI, UP, DOWN] = [layer.slots, layer.experts.up, layer.experts.down].map(numbers);
  const [UB, DB] = [layer.experts.upBias!, layer.experts.downBias!].map(numbers);

  /** Y = C · experts(Dᵀ X), sequence by sequence, without the tokens that are masked. */
  function byLoops(mask: readonly number[]): number[] {
    return range(B).flatMap((b) => {
      const real = range(T).filter((t) => mask[b * T + t] === 1);
      const x = (t: number, d: number): number => X[(b * T + t) * D + d];
      const logit = (t: number, s: number): number => dot(D, (d) => x(t, d) * PHI[s * D + d]);
      const outputs = range(E * S).map((s) => {
        const e = Math.floor(s / S);
        const shares = softmax(real.map((t) => logit(t, s)));
        const slot = range(D).map((d) => dot(real.length, (i) => shares[i] * x(real[i], d)));
        const hidden = range(F).map((f) =>
          Math.max(0, UB[e * F + f] + dot(D, (d) => UP[(e * F + f) * D + d] * slot[d])),
        );
        return range(D).map((d) => DB[e * D + d] + dot(F, (f) => DOWN[(e * D + d) * F + f] * hidden[f]));
      });
      return range(T).flatMap((t) => {
        if (!real.includes(t)) return new Array<number>(D).fill(0);
        const shares = softmax(range(E * S).map((s) => logit(t, s)));
        return range(D).map((d) => dot(E * S, (s) => shares[s] * outputs[s][d]));
      });
    });
  }

  it.each([[[1, 1, 1, 1, 1, 1]], [[1, 0, 1, 1, 1, 0]], [[0, 1, 1, 0, 0, 1]]])(
    "gives the same, of tokens %j",
    (mask) => {
      const y = numbers(layer.forward(fromArray(X, [B, T, D]), { mask }));
      byLoops(mask).forEach((wanted, i) => expect(y[i]).toBeCloseTo(wanted, 4));
      const broken = X.map((v, i) => (mask[Math.floor(i / D)] ? v : NaN)); // whatever padding holds
      expect(numbers(layer.forward(fromArray(broken, [B, T, D]), { mask }))).toEqual(y);
      expect(() => layer.forward(fromArray(X, [B, T, D]), { mask: [1] })).toThrow(
        "SoftMoE: the mask has 1 numbers for 6 tokens; give one per token",
      );
    },
  );
});

describe("where sequences start", () => {
  const starts = (context: RouteContext, nToken: number): number[] => [...startsOf(context, nToken)];

  it("is at 0, at each multiple of the length, or where it is told, also twice at one place", () => {
    expect([starts({}, 6), starts({}, 0)]).toEqual([[0, 6], [0, 0]]); // prettier-ignore
    expect([starts({ sequenceLength: 2 }, 6), starts({ sequenceLength: 6 }, 6)]).toEqual([[0, 2, 4, 6], [0, 6]]); // prettier-ignore
    expect(starts({ sequenceStarts: [0, 0, 2, 2, 3] }, 3)).toEqual([0, 0, 2, 2, 3]);
  });

  it.each([0, 4, 5, 1.5, -2, NaN])("cannot be told by a length of %d for six tokens", (sequenceLength) => {
    expect(() => starts({ sequenceLength }, 6)).toThrow(
      `router: 6 tokens cannot be divided into sequences of ${sequenceLength}`,
    );
  });

  it.each([[[1, 6]], [[0, 5]], [[0, 4, 2, 6]], [[0, 7, 6]], [[-1, 6]], [[]], [[6]], [[0, 6, 7]]])(
    "cannot be at %j for six tokens",
    (sequenceStarts) => {
      expect(() => starts({ sequenceStarts }, 6)).toThrow(
        `router: sequenceStarts must rise from 0 to 6 tokens, got ${sequenceStarts.join(", ")}`,
      );
    },
  );

  it("says how long the longest is", () => {
    const length = (sequenceStarts: number[]): number =>
      route(randn([6, 2], new Generator(1)), { topK: 1 }, { sequenceStarts }).sequenceLength;
    expect([[0, 6], [0, 1, 6], [0, 4, 6], [0, 0, 2, 5, 6]].map(length)).toEqual([6, 5, 4, 3]); // prettier-ignore
  });
});

describe("a routing", () => {
  const logits = randn([6, 4], new Generator(1));

  it("by hash or at random does not look at logits: equal weights, equal probabilities, whatever they are", () => {
    for (const select of ["hash", "random"] as const)
      for (const renormalize of [true, false]) {
        const context = (): RouteContext => ({ ids: [1, 2, 3, 4, 5, 6], rng: new Generator(1) });
        const routing = route(logits, { select, topK: 2, renormalize }, context());
        expect(new Set(numbers(routing.weights))).toEqual(new Set([0.5]));
        expect(new Set(numbers(routing.probs))).toEqual(new Set([0.25]));
        expect([routing.logits, routing.noisy]).toEqual([null, null]);
      }
  });

  it("weighs all that has no place with exactly 0, where nothing has one, too", () => {
    for (const overflow of ["drop", "nextBest"] as const) {
      const { weights, load, positions } = route(logits, { topK: 2, capacityFactor: 1, overflow }, { capacity: 0 });
      expect([new Set(numbers(weights)), new Set(positions), new Set(load)]).toEqual(
        [0, -1, 0].map((x) => new Set([x])),
      );
    }
  });

  it("counts null experts apart from the others", () => {
    expect(() => route(logits, { nNullExpert: 4 })).toThrow(
      "route needs logits [N, E] of at least one expert beside 4 null ones, got [6, 4]",
    );
    expect(route(logits, { nNullExpert: 3, topK: 1 }).nExpert).toBe(4);
    expect(() => route(logits, { nNullExpert: 3, topK: 2 })).toThrow("router: topK 2 must not exceed nExpert 1");
  });

  it("of no tokens is one of none, in the slow loop, too", () => {
    const moe = new MoE(6, 5, { rng: new Generator(1), nExpert: 3, topK: 2 });
    expect(moeByLoop(moe, randn([0, 6], new Generator(2))).shape).toEqual([0, 6]);
    expect(moe.forward(randn([0, 6], new Generator(2))).shape).toEqual([0, 6]);
  });

  it("of cosines has logits cos(x, w) / temperature, and the router's bias on top", () => {
    const options = { score: "cosine", temperature: 0.5, routerBias: true, std: 1 } as const;
    const router = new Router(4, 3, { rng: new Generator(1), ...options });
    router.bias!.set([1, 2, -3]);
    const x = randn([5, 4], new Generator(2));
    const [X, W] = [x, router.weight!].map((t) => t.toArray() as number[][]);
    const dot = (a: number[], b: number[]): number => a.reduce((total, v, i) => total + v * b[i], 0);
    const wanted = X.flatMap((a) =>
      W.map((b, e) => dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b)) / 0.5 + [1, 2, -3][e]),
    );
    numbers(router.logits(x)).forEach((z, i) => expect(z).toBeCloseTo(wanted[i], 4));
  });

  it("by the K best divides their weights by their sum unless told otherwise", () => {
    const sums = (routing: ReturnType<typeof route>): number[] =>
      numbers(routing.weights).reduce<number[]>(
        (all, w, i) => (i % 2 ? [...all.slice(0, -1), all.at(-1)! + w] : [...all, w]),
        [],
      );
    for (const total of sums(routeTopK(logits, { topK: 2 }))) expect(total).toBeCloseTo(1, 5);
    for (const total of sums(routeTopK(logits, { topK: 2, renormalize: false }))) expect(total).toBeLessThan(0.99);
  });

  it("holds these tensors: what was said, what noise made of it, probabilities and weights", () => {
    const still = route(logits, { topK: 1 });
    expect(new Set(tensorsOf(still))).toEqual(new Set([still.logits, still.probs, still.weights]));
    const rng = new Generator(1);
    const noisy = route(logits, { topK: 1, noise: "normal", noiseScale: 1 }, { training: true, rng });
    expect(new Set(tensorsOf(noisy))).toEqual(
      new Set([noisy.logits, noisy.noisy!.logits, noisy.noisy!.std, noisy.probs, noisy.weights]),
    );
  });
});
