import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromArray, Generator, gradcheck, mul, randn, softmax, sum, type Tensor } from "../../lib/index.js";
import { type RouterConfig, route, type Routing, selectTopK } from "../../lib/moe/index.js";
import { weigh } from "../../lib/moe/weights.js";

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
