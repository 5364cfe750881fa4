import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { add, fromArray, Generator, randn } from "../../../lib/index.js";
import {
  maxViolation,
  MoE,
  route,
  routerDefaults,
  type RouterConfig,
  routerProblem,
  type Routing,
  scoresOf,
  updateQuantile,
  updateSelectionBiases,
} from "../../../lib/moe/index.js";
import { read } from "../../../lib/tensor/tensor.js";

const near = (found: ArrayLike<number>, expected: readonly number[]): void =>
  expected.forEach((x, i) => expect(found[i]).toBeCloseTo(x, 9));

describe("quantile balancing", () => {
  const scores = [
    [0.9, 0.1, 0.3],
    [0.8, 0.3, 0.45],
    [0.7, 0.5, 0.2],
    [0.6, 0.2, 0.55],
    [0.4, 0.65, 0.05],
    [0.75, 0.15, 0.35],
  ].flat();

  it("by hand: of two experts, the one that all tokens prefer is lowered by half of the quantile, the other raised", () => {
    const bias = [0, 0];
    // α, the second best: 0.1, 0.3, 0.5, 0.2. Margins: 0.8, 0.5, 0.2, 0.4 and 0 four times. The third largest: 0.4 and 0.
    updateQuantile(bias, [0.9, 0.1, 0.8, 0.3, 0.7, 0.5, 0.6, 0.2], { topK: 1, step: 1 });
    near(bias, [-0.2, 0.2]);
  });

  it("gives what the formula gives in PyTorch, step after step", () => {
    const bias = [0.3, -0.1, -0.2];
    const steps: [number, number[]][] = [
      [0.5, [0.0083333333, 0.0583333333, -0.0666666667]],
      [0.25, [-0.0645833333, 0.0979166667, -0.0333333333]],
      [1, [-0.2833333333, 0.2166666667, 0.0666666667]],
    ];
    for (const [step, expected] of steps) {
      updateQuantile(bias, scores, { topK: 1, step });
      near(bias, expected);
    }
    const other = [-0.1, 0.2, -0.1];
    updateQuantile(other, scores, { topK: 2, step: 0.75 });
    near(other, [-0.25, 0.2375, 0.0125]);
  });

  it("makes the loads of fixed tokens even, whatever the scores, also from a start at which one expert has all", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1000 }),
        fc.constantFrom(1, 2, 4),
        fc.constantFrom("softmax", "sigmoid", "sqrtSoftplus"),
        fc.constantFrom(0, 5),
        (seed, topK, score, lead) => {
          const z = randn([320, 8], new Generator(seed)).toTypedArray();
          const logits = fromArray(
            z.map((v, i) => (i % 8 === 0 ? v + lead : v)),
            [320, 8],
          );
          const bias = new Float32Array(8);
          const violation = (): number => maxViolation(route(logits, { topK, score }, { selectionBias: bias }).demand);
          const before = violation();
          for (let i = 0; i < 40; i++) updateQuantile(bias, read(scoresOf(logits, score)), { topK, step: 0.5 });
          expect(violation()).toBeLessThan(0.15); // it may rest where a few tokens are torn between two experts
          expect(violation()).toBeLessThan(before);
          expect(Math.abs(bias.reduce((a, b) => a + b, 0))).toBeLessThan(1e-5);
        },
      ),
      { numRuns: 40 },
    );
  });

  it("does nothing without tokens, and nothing where every expert is chosen", () => {
    const bias = [1, 2];
    updateQuantile(bias, [], { topK: 1, step: 1 });
    updateQuantile(bias, [1, 0, 1, 0], { topK: 2, step: 1 });
    expect(bias).toEqual([1, 2]);
  });

  it("as a config word: a buffer that the update after a step moves, and that the choice alone sees", () => {
    const layer = new MoE(6, 3, { rng: new Generator(1), nExpert: 4, topK: 1, std: 1, balance: { quantile: 1 } });
    const x = add(randn([1, 64, 6], new Generator(2)), 1); // one direction in common, so that experts are not equally liked
    const run = (): Routing => {
      const routings: Routing[] = [];
      layer.forward(x, { routings });
      return routings[0];
    };
    const first = run();
    for (let i = 0; i < 12; i++) updateSelectionBiases(layer, [run()]);
    const last = run();
    expect(maxViolation(first.demand)).toBeGreaterThan(0.3);
    expect(maxViolation(last.demand)).toBeLessThan(0.15);
    expect([...read(last.probs)]).toEqual([...read(first.probs)]);
    expect(layer.namedBuffers().map(([name]) => name)).toEqual(["router.selectionBias"]);
    expect(layer.parameters()).not.toContain(layer.router.selectionBias);
  });

  it.each<[Partial<RouterConfig>, string]>([
    [{ balance: { quantile: 1.5 } }, "balance.quantile is a share of the way, at most 1, got 1.5"],
    [{ balance: { quantile: 1, bias: 1 } }, "balance.bias and balance.quantile both move the selection bias: give one"],
    [
      { select: "groupLimited", balance: { quantile: 1 } },
      'balance.quantile needs each token to take the K best of all experts, as "topK" does; select "groupLimited"',
    ],
    [{ select: "topP", balance: { quantile: 1 } }, 'select "topP" has no use for it'],
  ])("%j is refused", (config, sentence) => {
    expect(routerProblem(routerDefaults(config, 4), 4)).toContain(sentence);
  });
});
