/** Each metric where there is little or nothing to measure, and at the border of what it counts. */

import { describe, expect, it } from "vitest";
import { fromArray, Generator, Module, randn, zeros } from "../../../lib/index.js";
import {
  cv2,
  deadExperts,
  firstWeight,
  hiddenExperts,
  loadCVByChance,
  nmi,
  overflowShares,
  route,
  Router,
  routerEntropy,
  type Routing,
  routingRows,
  sequenceBalanceLoss,
  shuffledNMI,
  updateBias,
  updateQuantile,
  updateSelectionBiases,
  zLoss,
} from "../../../lib/moe/index.js";
import { changed, favorites, skippedShare } from "../../../lib/moe/metrics/tokens.js";

const none = route(zeros([0, 4]), { topK: 1 });
const near = (values: readonly number[], wanted: readonly number[]): void => {
  expect(values.length).toBe(wanted.length);
  values.forEach((value, i) => expect(value).toBeCloseTo(wanted[i], 6));
};

describe("of no tokens", () => {
  it("each share, mean and deviation is 0, and the z-loss is not known", () => {
    expect(loadCVByChance(0, 1, 4)).toBe(0);
    expect([routerEntropy(none), firstWeight(none), skippedShare(none)]).toEqual([0, 0, 0]);
    expect(overflowShares(none)).toEqual({ dropped: 0, rerouted: 0 });
    expect(changed(favorites(none), favorites(none))).toBe(0);
    expect(nmi([], [])).toBe(0);
    expect(routingRows([none])[0]).toMatchObject({ z: null, nToken: 0, padding: 0 });
    expect(sequenceBalanceLoss(none).item()).toBe(0);
  });
});

describe("the borders of what is counted", () => {
  it("an expert of just the share is not dead; of a share 0, just those without anything are", () => {
    expect([0.25, 0.5, 0.51].map((share) => deadExperts([1, 2, 5, 0], share))).toEqual([1, 1, 2]);
    expect(deadExperts([1e-9, 0], 0)).toBe(1);
    expect(() => deadExperts([1, 0], -1)).toThrow("deadExperts: share must be a number from 0, got -1");
  });

  it("one token, one assignment: shares are whole", () => {
    const one = route(fromArray([1, 0], [1, 2]), { topK: 1, renormalize: false });
    expect(firstWeight(one)).toBeCloseTo(1 / (1 + Math.exp(-1)), 6);
    const lost = { positions: Int32Array.of(-1), experts: Int32Array.of(0), wanted: Int32Array.of(0) };
    expect(overflowShares({ ...lost, skipped: Uint8Array.of(0) })).toEqual({ dropped: 1, rerouted: 0 });
    expect(overflowShares({ ...lost, skipped: Uint8Array.of(1) })).toEqual({ dropped: 0, rerouted: 0 });
    expect([Uint8Array.of(1), Uint8Array.of(0, 1, 0, 0)].map((skipped) => skippedShare({ skipped }))).toEqual([
      1, 0.25,
    ]);
  });

  it("the entropy of a sure router is 0, though 0 · ln 0 is no number", () => {
    expect(routerEntropy(route(fromArray([1000, 0], [1, 2]), { topK: 1 }))).toBe(0);
  });

  it("the first weight is of first choices with a place alone, those at the front of the queue, too", () => {
    const logits = fromArray([2, 1, 0, 2, 1, 0, 2, 1, 0], [3, 3]);
    const routing = route(logits, { topK: 2, renormalize: false, capacityFactor: 0.5 });
    const counted = routing.assignments().filter(({ slot, position }) => slot === 0 && position >= 0);
    expect(counted.map(({ position }) => position)).toEqual([0]);
    expect(firstWeight(routing)).toBeCloseTo(counted[0].weight, 6);
  });

  it("a token that no expert chose has the favorite -1", () => {
    const logits = fromArray([5, 5, 1, 1, 4, 4], [3, 2]);
    const routing = route(logits, { select: "expertChoice", topK: 1, capacityFactor: 1 });
    expect([...favorites(routing)]).toEqual([0, -1, -1]);
  });

  it("a token's favorite is its first choice, not its last", () => {
    expect([...favorites(route(fromArray([1, 3, 2], [1, 3]), { topK: 3 }))]).toEqual([1]);
  });

  it("z in a row is the z-loss of its layer, and agreement is with the layer before", () => {
    const logits = randn([5, 4], new Generator(1), { std: 2 });
    const routing = route(logits, { topK: 1 });
    const other = route(randn([5, 4], new Generator(2), { std: 2 }), { topK: 1 });
    const rows = routingRows([routing, other, routing]);
    expect(rows[0].z).toBeCloseTo(zLoss({ logits }).item(), 5);
    near([rows[1].agreement!, rows[2].agreement!], new Array(2).fill(nmi(favorites(routing), favorites(other))));
  });
});

describe("the shuffled baseline", () => {
  const a = [0, 0, 0, 1, 1, 1, 2, 2, 2, 0, 1];
  const b = [0, 1, 2, 0, 1, 2, 0, 1, 2, 2, 2];
  const run = (options?: object) => shuffledNMI(a, b, new Generator(3), options);

  it("is of 40 shuffles of single labels, unless told otherwise", () => {
    expect(run()).toEqual(run({ times: 40, together: 1 }));
    for (const other of [{ times: 39 }, { times: 41 }, { together: 2 }]) expect(run()).not.toEqual(run(other));
  });

  it("keeps blocks together: two blocks are either in their place or changed", () => {
    const [x, y] = [[0, 1, 0, 0], [0, 1, 0, 0]]; // prettier-ignore
    const turned = nmi(x, [0, 0, 0, 1]);
    const seen = new Set(
      Array.from({ length: 40 }, (_, seed) => shuffledNMI(x, y, new Generator(seed), { times: 1, together: 2 }).mean),
    );
    expect([...seen].sort((p, q) => p - q).map((value) => value.toFixed(9))).toEqual([
      turned.toFixed(9),
      (1).toFixed(9),
    ]);
  });

  it("shuffles evenly: each order of three labels is as likely", () => {
    const counts = new Map<string, number>();
    const draws = 1200;
    for (let seed = 0; seed < draws; seed++) {
      // Of two labels that occur once and one that occurs twice, the NMI says where each label went.
      const value = shuffledNMI([0, 0, 1], [0, 0, 1], new Generator(seed), { times: 1 }).mean.toFixed(6);
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    expect(counts.size).toBe(2); // the single label stays in a third of all orders
    expect(Math.abs(counts.get((1).toFixed(6))! / draws - 1 / 3)).toBeLessThan(4 * Math.sqrt(2 / 9 / draws));
  });

  it("leaves what does not fill a block, and what is alone in its group, where it is", () => {
    expect(run({ together: 11 }).mean).toBeCloseTo(nmi(a, b), 9); // one block
    expect(run({ together: 6 }).mean).toBeCloseTo(nmi(a, b), 9); // one block, and five labels over
    expect(run({ within: a.map((_, i) => i) }).mean).toBeCloseTo(nmi(a, b), 9);
  });

  it("refuses blocks longer than the labels, and groups of another number", () => {
    expect(() => run({ together: 12 })).toThrow("shuffledNMI: together 12 must not exceed the 11 labels");
    expect(() => run({ within: [1, 2] })).toThrow("shuffledNMI: within needs one number for each label, got 2 for 11");
    expect(() => run({ times: 0 })).toThrow("shuffledNMI: times must be an integer from 1, got 0");
    expect(shuffledNMI([], [], new Generator(1), { times: 2 }).mean).toBe(0);
    expect(() => shuffledNMI([], [], new Generator(1), { together: 2 })).toThrow("together 2 must not exceed the 0");
  });
});

describe("small parts of balance", () => {
  it("CV² of two experts, and of very little", () => {
    expect(cv2(fromArray([1, 3], [2])).item()).toBeCloseTo(0.25, 6);
    expect(cv2(fromArray([1.5e-30, 0], [2])).item()).toBeCloseTo(1, 5);
    expect(cv2(fromArray([-1.5e-30, 0], [2])).item()).toBeCloseTo(1, 5);
    expect(cv2(fromArray([0.5e-30, 0], [2])).item()).toBe(0);
  });

  it("experts sit out where their draw is below p, the smallest draws first", () => {
    const draws = (values: number[]): Generator => ({ uniform: () => values.shift()! }) as unknown as Generator;
    expect(hiddenExperts(4, 0.5, 1, draws([0.5, 0.4, 0.9, 0.1]))).toEqual([3, 1]);
    expect(hiddenExperts(4, 0.5, 3, draws([0.5, 0.4, 0.9, 0.1]))).toEqual([3]);
    expect(hiddenExperts(4, 0.95, 1, draws([0.5, 0.4, 0.9, 0.1]))).toEqual([3, 1, 0]);
  });

  it("the selection biases of a model move where there are some, with one routing for each router", () => {
    class Three extends Module {
      readonly parts = [0, { bias: 0.25 }, { quantile: 1 }].map(
        (balance) => new Router(3, 2, { rng: new Generator(1), topK: 1, std: 1, balance }),
      );
    }
    const model = new Three();
    const logits = fromArray([1, 0, 2, 0, 3, 0], [3, 2]); // all of the first expert
    const routings = model.parts.map(() => route(logits, { topK: 1 }));
    updateSelectionBiases(model, routings);
    const [none, stepped, moved] = model.parts.map(
      ({ selectionBias }) => selectionBias && [...selectionBias.toTypedArray()],
    );
    expect([none, stepped]).toEqual([null, [-0.25, 0.25]]);
    expect(moved![0]).toBeLessThan(0);
    expect(moved![0] + moved![1]).toBeCloseTo(0, 6);
    expect(() => updateSelectionBiases(model, routings.slice(1))).toThrow(
      "updateSelectionBiases: 3 routers in the model, 2 routings",
    );
    updateSelectionBiases(model.parts[0], []); // nothing to move, so nothing to compare
  });

  it("the fair share of a quantile is rounded down: five tokens of two experts", () => {
    const bias = [0, 0];
    // Margins over the second best: 0.9, 0.7, 0.5, 0.3, 0.1 and 0; the third largest is 0.5.
    updateQuantile(bias, [0.9, 0, 0.7, 0, 0.5, 0, 0.3, 0, 0.1, 0], { topK: 1, step: 1 });
    near(bias, [-0.25, 0.25]);
    updateBias(bias, [2, 2], 1);
    near(bias, [-0.25, 0.25]);
  });

  it("a sequence without tokens counts in no mean, and another number of experts a token in no sum", () => {
    const logits = randn([4, 3], new Generator(5));
    const loss = (sequenceStarts: number[]): number =>
      sequenceBalanceLoss(route(logits, { topK: 1 }, { sequenceStarts })).item();
    expect(loss([0, 0, 2, 2, 4, 4])).toBeCloseTo(loss([0, 2, 4]), 6);
    const varied: Routing = route(logits, { select: "topP", topK: 2 });
    expect(() => sequenceBalanceLoss(varied)).toThrow("balance.sequence needs a fixed topK");
  });
});
