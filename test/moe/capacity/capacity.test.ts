import { describe, expect, it } from "vitest";
import { fromArray, Generator } from "../../../lib/index.js";
import {
  capacityOf,
  chanceDropShare,
  overflowShares,
  paddingShare,
  placementOrder,
  route,
  selectTopK,
} from "../../../lib/moe/index.js";

describe("the capacity", () => {
  it("is a multiple of the fair share, rounded up, and never below its minimum", () => {
    expect(capacityOf(128, 8, 1)).toBe(16);
    expect(capacityOf(128, 8, 1.25)).toBe(20);
    expect(capacityOf(10, 4, 1)).toBe(3);
    expect(capacityOf(10, 8, 0.1)).toBe(1);
    expect(capacityOf(10, 8, 0.1, 4)).toBe(4);
  });

  it("drops by even chance as the binomial distribution says: the figures of the ledger", () => {
    expect(chanceDropShare(128, 1, 8, capacityOf(128, 8, 1))).toBeCloseTo(0.0928, 4);
    expect(chanceDropShare(128, 1, 8, capacityOf(128, 8, 1.25))).toBeCloseTo(0.0186, 4);
    expect(chanceDropShare(128, 1, 8, capacityOf(128, 8, 2))).toBeLessThan(5e-5);
    expect(chanceDropShare(64, 1, 8, capacityOf(64, 8, 1))).toBeCloseTo(0.131, 3);
    expect(chanceDropShare(10, 4, 4, 6)).toBeCloseTo(0.4, 9);
  });

  it.each([1, 2])("agrees with what random routing really drops: top-%i", (topK) => {
    const rng = new Generator(7);
    const shares: number[] = [];
    for (let i = 0; i < 400; i++) {
      const routing = route(
        fromArray(new Array<number>(128 * 8).fill(0), [128, 8]),
        { select: "random", topK, capacityFactor: 1 },
        { training: true, rng },
      );
      shares.push(overflowShares(routing).dropped);
    }
    const mean = shares.reduce((a, b) => a + b, 0) / shares.length;
    const exact = chanceDropShare(128, topK, 8, capacityOf(128 * topK, 8, 1));
    expect(Math.abs(mean - exact)).toBeLessThan(0.004); // 400 draws of a share with a spread of about 0.02
  });

  it("differs in training and evaluation where the config says so", () => {
    const logits = fromArray(new Array<number>(64).fill(0), [16, 4]);
    const config = { topK: 1, capacityFactor: 0.5, evalCapacityFactor: 2 };
    expect(route(logits, config, { training: true }).capacity).toBe(2);
    expect(route(logits, config).capacity).toBe(8);
    expect(route(logits, { ...config, evalCapacityFactor: null }).capacity).toBeNull();
  });

  it("can be counted in each sequence for itself", () => {
    const logits = fromArray(Array.from({ length: 8 }, () => [1, 0]).flat(), [8, 2]);
    const perSequence = route(logits, { topK: 1, capacityFactor: 1, capacityPer: "sequence" }, { sequenceLength: 4 });
    expect([...perSequence.positions]).toEqual([0, 1, -1, -1, 0, 1, -1, -1]);
    expect(perSequence.places).toBe(8);
    expect(paddingShare(perSequence)).toBe(0.5);
    expect([...route(logits, { topK: 1, capacityFactor: 1 }).positions]).toEqual([0, 1, 2, 3, -1, -1, -1, -1]);
  });
});

describe("the queue", () => {
  const rows = [
    [0.6, 0.4],
    [0.9, 0.1],
    [0.7, 0.3],
  ];
  const scored = { scores: rows.flat(), nToken: 3, nExpert: 2 };
  const order = (
    queue: "position" | "probability" | "random",
    slots: "slotMajor" | "tokenMajor" = "slotMajor",
  ): string[] => {
    const selection = selectTopK(scored, 2);
    return placementOrder(selection, scored, { queue, order: slots, rng: new Generator(1) }).map(
      (i) => `${selection.tokens[i]}.${selection.slots[i]}`,
    );
  };

  it("places all first choices before any second one, or token by token", () => {
    expect(order("position")).toEqual(["0.0", "1.0", "2.0", "0.1", "1.1", "2.1"]);
    expect(order("position", "tokenMajor")).toEqual(["0.0", "0.1", "1.0", "1.1", "2.0", "2.1"]);
  });

  it("by probability lets the surest token go first", () => {
    expect(order("probability")).toEqual(["1.0", "2.0", "0.0", "1.1", "2.1", "0.1"]);
  });

  it("at random is another order, the same for the same seed, and needs a generator", () => {
    expect(order("random")).toEqual(order("random"));
    expect([...order("random")].sort()).toEqual(order("position").sort());
    expect(() => placementOrder(selectTopK(scored, 1), scored, { queue: "random", order: "slotMajor" })).toThrow(
      'queue "random" needs a random generator: pass { rng }',
    );
  });
});

describe("overflow", () => {
  // Everybody prefers expert 0, then 1, then 2; two places each.
  const logits = fromArray(Array.from({ length: 5 }, () => [3, 2, 1]).flat(), [5, 3]);
  it("drop: whoever comes late goes nowhere", () => {
    const routing = route(logits, { topK: 1, capacityFactor: 1 });
    expect(routing.assignments().map((a) => a.status)).toEqual(["kept", "kept", "dropped", "dropped", "dropped"]);
    expect(routing.load).toEqual([1, 0, 0]);
    expect(routing.demand).toEqual([1, 0, 0]);
    expect(overflowShares(routing)).toEqual({ dropped: 0.6, rerouted: 0 });
  });

  it("next best: it takes the next preference with room, and weighs by that expert's score", () => {
    const routing = route(logits, { topK: 1, renormalize: false, capacityFactor: 1, overflow: "nextBest" });
    expect([...routing.experts]).toEqual([0, 0, 1, 1, 2]);
    expect([...routing.ranks]).toEqual([0, 0, 1, 1, 2]);
    expect(routing.assignments().map((a) => a.status)).toEqual(["kept", "kept", "rerouted", "rerouted", "rerouted"]);
    expect(overflowShares(routing)).toEqual({ dropped: 0, rerouted: 0.6 });
    const probs = routing.probs.toArray() as number[][];
    expect(routing.assignments()[4].weight).toBeCloseTo(probs[4][2], 6);
  });

  it("next best never uses an expert twice for one token, and never one that is hidden from it", () => {
    const twice = route(logits, { topK: 2, capacityFactor: 1, overflow: "nextBest" });
    for (let n = 0; n < 5; n++) {
      const used = twice
        .assignments()
        .filter((a) => a.token === n && a.status !== "dropped")
        .map((a) => a.expert);
      expect(new Set(used).size).toBe(used.length);
    }
    const hidden = route(
      logits,
      { topK: 1, capacityFactor: 1, overflow: "nextBest" },
      { selectionBias: [0, -Infinity, 0] },
    );
    expect(hidden.assignments().some((a) => a.expert === 1)).toBe(false);
  });

  it("renormalizing over the kept gives a token with one dropped choice the full weight", () => {
    const config = { topK: 2, capacityFactor: 1, order: "tokenMajor" } as const;
    const sums = (renormalize: true | "kept"): number[] => {
      const total = new Array<number>(5).fill(0);
      for (const a of route(logits, { ...config, renormalize }).assignments()) total[a.token] += a.weight;
      return total.map((x) => Number(x.toFixed(5)));
    };
    expect(sums(true)).toEqual([1, 1, 1, 1, 0]);
    const uneven = fromArray([3, 2, 1, 3, 2, 1, 3, 1, 2], [3, 3]); // capacity 2: the third loses its favorite
    const kept = route(uneven, { ...config, renormalize: "kept" });
    expect(
      kept
        .assignments()
        .filter((a) => a.token === 2)
        .map((a) => [a.status, Number(a.weight.toFixed(6))]),
    ).toEqual([
      ["dropped", 0],
      ["kept", 1],
    ]);
    const lost = route(uneven, config);
    expect(lost.assignments().filter((a) => a.token === 2)[1].weight).toBeLessThan(0.5);
  });
});
