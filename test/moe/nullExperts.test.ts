import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { account } from "../../lib/account/index.js";
import { fromArray, Generator, randn, sum, type Tensor } from "../../lib/index.js";
import { transformer } from "../../lib/models/index.js";
import {
  balanceLoss,
  MoE,
  type MoEOptions,
  route,
  type RouterConfig,
  routerDefaults,
  routerProblem,
  type Routing,
  routingRows,
} from "../../lib/moe/index.js";
import { read } from "../../lib/tensor/tensor.js";
import { anyConfig } from "./anyConfig.js";

/** Two experts that give [10, 20] for every token with x₀ = 1, and null ones; logits [0, −9, ln 3, ...] · x₀. */
function layer(options: Partial<MoEOptions>): MoE {
  const moe = new MoE(2, 1, {
    ...{ rng: new Generator(1), nExpert: 2, topK: 2, activation: "relu", bias: false, nNullExpert: 1, balance: 0 },
    ...options,
  });
  const set = (p: Tensor, values: number[]): Tensor => p.set(fromArray(values, [...p.shape]));
  set(moe.router.weight!, [0, 0, -9, 0, Math.log(3), 0, 0, 0].slice(0, 2 * moe.router.nScored));
  set(moe.experts.up, [1, 0, 1, 0]);
  set(moe.experts.down, [10, 20, 10, 20]);
  return moe;
}
const run = (moe: MoE, x: number[]): { y: number[]; rows: number | null; routing: Routing } => {
  const routings: Routing[] = [];
  const y = moe.forward(fromArray(x, [x.length / 2, 2]), { routings });
  return { y: [...read(y)], rows: routings[0].rowsExecuted, routing: routings[0] };
};

describe("null experts", () => {
  it("identity: the token itself, weighed; zero: nothing. One row is computed, of two choices. By hand", () => {
    // Of the logits 0 and ln 3 the weights are 1/4 (the expert) and 3/4 (the null one).
    const identity = run(layer({}), [1, 2]);
    [0.25 * 10 + 0.75 * 1, 0.25 * 20 + 0.75 * 2].forEach((y, i) => expect(identity.y[i]).toBeCloseTo(y, 5));
    const zero = run(layer({ nullExpert: "zero" }), [1, 2]);
    [2.5, 5].forEach((y, i) => expect(zero.y[i]).toBeCloseTo(y, 5));
    expect([identity.rows, zero.rows]).toEqual([1, 1]);
    expect([...identity.routing.experts]).toEqual([2, 0]);
  });

  it("k varies by token: two of the experts, one, or none, and the rows with it", () => {
    const moe = layer({ nNullExpert: 2, topK: 2 });
    moe.router.weight!.set(fromArray([1, 0, 1, 0, 0, 1, 0, 1], [4, 2]));
    expect(run(moe, [5, 0]).rows).toBe(2); // both experts are better than both null ones
    expect(run(moe, [0, 5]).rows).toBe(0);
    expect(run(moe, [0, 5, 5, 0, 5, 0]).rows).toBe(4);
    const { y } = run(moe, [0, 5]);
    y.forEach((v, i) => expect(v).toBeCloseTo([0, 5][i], 6)); // the token passes on, at weights 1/2 + 1/2
  });

  it("loads, importance and balance terms count them like any other: 1 where all E + Z are even", () => {
    const logits = fromArray([9, 0, 0, 0, 9, 0, 0, 0, 9], [3, 3]);
    const routing = route(logits, { topK: 1, nNullExpert: 1 });
    expect([routing.nExpert, routing.nNullExpert, routing.topK]).toEqual([3, 1, 1]);
    routing.load.forEach((share) => expect(share).toBeCloseTo(1 / 3, 9));
    expect(balanceLoss([routing], { switch: 1 })!.item()).toBeCloseTo(1, 6);
    expect(routingRows([routing])[0].deadExperts).toBe(0);
    const lazy = route(fromArray([0, 0, 9, 0, 0, 9, 0, 0, 9], [3, 3]), { topK: 1, nNullExpert: 1 });
    expect(balanceLoss([lazy], { switch: 1 })!.item()).toBeCloseTo(3 / (1 + 2 * Math.exp(-9)), 4);
  });

  it("for any config: the rows executed are the choices with a place at experts that work", () => {
    let fewer = 0;
    fc.assert(
      fc.property(
        anyConfig(4, { select: ["topK", "gshard", "topP", "sinkhorn"], fixed: { nNullExpert: 3 } }),
        (config) => {
          const { topK } = routerDefaults(config, 4);
          const moe = new MoE(6, 3, { rng: new Generator(2), nExpert: 4, std: 0.7, ...config, topK });
          const routings: Routing[] = [];
          moe.forward(randn([2, 8, 6], new Generator(3)), { routings });
          const [{ experts, positions, rowsExecuted, load, probs }] = routings;
          const placed = [...positions.keys()].filter((i) => positions[i] >= 0);
          expect(rowsExecuted).toBe(placed.filter((i) => experts[i] < 4).length);
          expect([load.length, probs.shape[1]]).toEqual([7, 7]);
          if (rowsExecuted! < placed.length) fewer++;
        },
      ),
      { numRuns: 100 },
    );
    expect(fewer).toBeGreaterThan(50);
  });

  it("teach the router through their weights, and cost it Z · D parameters; the experts at work are at most K", () => {
    const moe = layer({});
    sum(moe.forward(fromArray([1, 2], [1, 2]))).backward();
    // y = Σ p (10 + 20) and p (1 + 2): d/dz of the null one = 3/4 · 1/4 · (3 − 30), and the expert's the opposite.
    const grad = read(moe.router.weight!.grad!);
    expect(grad[4]).toBeCloseTo((3 / 16) * -27, 4);
    expect(grad[0]).toBeCloseTo((3 / 16) * 27, 4);
    const shape = { vocabSize: 9, blockSize: 4, nLayer: 1, nHead: 1, dModel: 8, nExpert: 4, topK: 2 };
    const [none, three] = [0, 3].map((nNullExpert) => account({ model_type: "twinformer", ...shape, nNullExpert }));
    expect([three.total - none.total, three.active - none.active]).toEqual([24n, 24n]);
    expect(
      transformer({ ...shape, nNullExpert: 3 })
        .parameters()
        .reduce((n, { size }) => n + size, 0),
    ).toBe(Number(three.total));
  });

  it.each<[Partial<RouterConfig>, string]>([
    [{ nullExpert: "zero" }, 'nullExpert "zero" is what null experts give back, and there are none: give nNullExpert'],
    [{ select: "hash", nNullExpert: 1 }, 'a null expert is for tokens that need no other; with select "hash"'],
    [
      { select: "expertChoice", nNullExpert: 1 },
      'a null expert is for tokens that need no other; with select "expertC',
    ],
    [{ select: "groupLimited", nNullExpert: 1 }, 'select "groupLimited" limits a token to few groups'],
    [{ nNullExpert: 1.5 }, "nNullExpert must be an integer from 0, got 1.5"],
  ])("%j is refused", (config, sentence) => {
    expect(routerProblem(routerDefaults(config, 4), 4)).toContain(sentence);
  });

  it("route says how many columns it needs", () => {
    expect(() => route(fromArray([1, 2], [1, 2]), { nNullExpert: 2 })).toThrow(
      "route needs logits [N, E] of at least one expert beside 2 null ones, got [1, 2]",
    );
  });
});
