import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromArray, Generator, gradcheck, mul, randn, softmax, sum, type Tensor } from "../../lib/index.js";
import {
  hiddenExperts,
  route,
  type RouteContext,
  routerDefaults,
  routerProblem,
  type RouterConfig,
  type Routing,
  selectTopK,
} from "../../lib/moe/index.js";
import { weigh } from "../../lib/moe/weights.js";
import { anyConfig, routed as routedSelects } from "./anyConfig.js";

const numbers = (x: Tensor): number[] => Array.from(x.toTypedArray());
const routed = (logits: Tensor, config: Partial<RouterConfig>): Routing =>
  route(logits, config, { training: true, rng: new Generator(3) });

/** Every way in which a token's weights are divided by their sum. */
const divided: [string, Partial<RouterConfig>][] = [
  ["top-1", { topK: 1, renormalize: true }],
  ["top-2", { topK: 2 }],
  ["top-2, dropping", { topK: 2, capacityFactor: 0.75 }],
  ["top-2, divided by the kept", { topK: 2, capacityFactor: 0.75, renormalize: "kept" }],
  ["top-2, next best", { topK: 2, capacityFactor: 1, overflow: "nextBest" }],
  ["GShard", { select: "gshard", topK: 2 }],
  ["top-p", { select: "topP", topK: 3, topP: 0.6 }],
  ["expert choice", { select: "expertChoice", topK: 2, renormalize: true }],
  ["sigmoid", { topK: 2, score: "sigmoid" }],
  ["noise", { topK: 2, noise: "normal", noiseScale: 1 }],
  ["straight through", { topK: 2, straightThrough: true }],
];

describe.each(divided)("renormalized weights, %s", (_, config) => {
  it("give a logit that is not among the token's experts a gradient of exactly 0, and the others what algebra says", () => {
    const number = fc.float({ min: -9, max: 9, noNaN: true });
    fc.assert(
      fc.property(fc.array(number, { minLength: 48, maxLength: 48 }), (values) => {
        const logits = fromArray(values, [8, 6]);
        logits.requiresGrad = true;
        const routing = routed(logits, config);
        const c = randn([...routing.weights.shape], new Generator(4));
        sum(mul(routing.weights, c)).backward();
        const G = numbers(logits.grad!);
        const [w, C] = [numbers(routing.weights), numbers(c)];
        const touched = new Set<number>();
        routing.assignments().forEach(({ token, expert }) => touched.add(6 * token + expert));
        G.forEach((g, at) => {
          if (!touched.has(at)) expect(Math.abs(g)).toBe(0);
        });
        if (config.score || config.noise || config.straightThrough || routing.positions.some((p) => p < 0)) return;
        // w = softmax over the chosen: ∂(Σ c w)/∂zᵢ = wᵢ (cᵢ − Σ c w of the token)
        const mean = new Array<number>(8).fill(0);
        routing.tokens.forEach((n, i) => (mean[n] += w[i] * C[i]));
        routing.tokens.forEach((n, i) => expect(G[6 * n + routing.experts[i]]).toBeCloseTo(w[i] * (C[i] - mean[n]), 5));
      }),
      { numRuns: 40 },
    );
  });

  it("have the gradients that finite differences measure", () => {
    if (config.straightThrough) return; // going forward they are constant: that is their point
    const logits = randn([7, 6], new Generator(12)); // no nudge changes a choice or a queue with this seed
    logits.requiresGrad = true;
    gradcheck((x) => routed(x, config).weights, [logits]);
  });

  it("are the scores of all experts, divided by the sum of those that count", () => {
    if (config.straightThrough || config.noise || config.score) return;
    const logits = randn([9, 6], new Generator(2));
    const routing = routed(logits, config);
    const P = numbers(softmax(logits, -1));
    const after = config.renormalize === "kept" || config.overflow === "nextBest";
    const counted = routing.assignments().filter(({ position, status }) => {
      const isSkipped = status === "skipped" && config.renormalize !== "kept";
      return !after || isSkipped || position >= 0;
    });
    const total = new Array<number>(9).fill(0);
    for (const { token, expert } of counted) total[token] += P[6 * token + expert];
    for (const { token, expert, position, weight } of routing.assignments())
      expect(weight).toBeCloseTo(position < 0 ? 0 : P[6 * token + expert] / total[token], 6);
  });
});

describe("a token that lost its favorite", () => {
  it("has weights that sum to 1 over what it kept, however far that is below", () => {
    const logits = fromArray([0, -100, -101], [1, 3]); // beside the favorite, the others are 0 up to a few bits
    const selection = selectTopK({ scores: [2, 1, 0], nToken: 1, nExpert: 3 }, 3);
    const placement = { ...selection, positions: Int32Array.from([-1, 0, 0]) };
    const options = { renormalize: "kept", overflow: "drop", scale: 1, straightThrough: false } as const;
    const weights = numbers(weigh(softmax(logits, -1), logits, selection, placement, options));
    expect(weights[0]).toBe(0);
    expect(weights[1]).toBeCloseTo(1 / (1 + Math.exp(-1)), 6);
    expect(weights[1] + weights[2]).toBeCloseTo(1, 6);
  });

  it("and was rerouted has them, however far its new expert is below its favorite", () => {
    const logits = fromArray([200, 0, 200, 0], [2, 2]); // the softmax of the second is 0 in 32 bits
    const { weights, experts } = route(logits, {
      topK: 1,
      renormalize: true,
      capacityFactor: 1,
      overflow: "nextBest",
    });
    expect([...experts]).toEqual([0, 1]);
    expect(numbers(weights)).toEqual([1, 1]);
  });
});

describe("every selection", () => {
  const number = fc.float({ min: -6, max: 6, noNaN: true });
  const values = fc.array(number, { minLength: 9 * 6, maxLength: 9 * 6 });
  const context = (): RouteContext => ({
    training: true,
    rng: new Generator(3),
    ids: Array.from({ length: 9 }, (_, n) => n),
    spread: fromArray(new Array<number>(54).fill(0), [9, 6]),
  });

  it('with renormalize "kept", weights of a token\'s experts that have a place sum to 1', () => {
    const kept = { ...routedSelects, fixed: { renormalize: "kept", capacityFactor: 0.5, nNullExpert: 0 } } as const;
    fc.assert(
      fc.property(anyConfig(6, kept), values, (config, z) => {
        const routing = route(fromArray(z, [9, 6]), config, context());
        const sums = new Array<number>(9).fill(0);
        routing.assignments().forEach(({ token, weight }) => (sums[token] += weight));
        const { tokens, positions } = routing;
        for (const n of new Set(tokens.filter((_, i) => positions[i] >= 0)))
          expect(sums[n] / (config.scale ?? 1)).toBeCloseTo(1, 5);
      }),
      { numRuns: 300 },
    );
  });

  it("gives what has no place a weight of exactly 0, even where the logits are no numbers", () => {
    const odd = fc.array(fc.constantFrom(NaN, Infinity, -Infinity, 0, 1), { minLength: 54, maxLength: 54 });
    const limited = { ...routedSelects, fixed: { capacityFactor: 0.5, nNullExpert: 0 } };
    fc.assert(
      fc.property(anyConfig(6, limited), odd, (config, z) => {
        for (const { position, weight } of route(fromArray(z, [9, 6]), config, context()).assignments())
          if (position < 0) expect(weight).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  it("gives no expert more than `capacity` places, and says so", () => {
    fc.assert(
      fc.property(
        anyConfig(6, { ...routedSelects, fixed: { nNullExpert: 0 } }),
        values,
        fc.integer({ min: 0, max: 4 }),
        (config, z, capacity) => {
          const routing = route(fromArray(z, [9, 6]), config, { ...context(), capacity });
          const taken = new Array<number>(6).fill(0);
          routing.assignments().forEach(({ expert, position }) => (taken[expert] += Number(position >= 0)));
          expect(Math.max(...taken)).toBeLessThanOrEqual(capacity);
          expect(routing.capacity).toBe(capacity);
        },
      ),
      { numRuns: 300 },
    );
    expect(() => route(fromArray([1, 2], [1, 2]), { topK: 1 }, { capacity: 0.5 })).toThrow(
      "router: capacity must be an integer from 0, got 0.5",
    );
  });

  it("never sends a token to a hidden expert while it has another, however far the logits are apart", () => {
    const far = fc.array(fc.constantFrom(0, 3, -900, -950, -3000), { minLength: 54, maxLength: 54 });
    const hiding = routedSelects.select.filter(
      (select) => routerProblem(routerDefaults({ select, expertDropout: 0.5 }, 6), 6) === null,
    );
    const one = {
      select: hiding,
      fixed: { expertDropout: 0.5, noise: "none", balance: 0, capacityFactor: null, nNullExpert: 0 },
    } as const;
    fc.assert(
      fc.property(anyConfig(6, one), far, fc.nat(99), (config, z, seed) => {
        const { topK } = routerDefaults(config, 6);
        const hidden = hiddenExperts(6, 0.5, topK, new Generator(seed));
        const { experts } = route(fromArray(z, [9, 6]), config, { ...context(), rng: new Generator(seed) });
        expect([...experts].filter((e) => hidden.includes(e))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});
