/** The parts of routing at the ends of their ranges: nothing, one, all; and what is equal. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Generator, zeros } from "../../lib/index.js";
import {
  chanceDropShare,
  combinations,
  deadExperts,
  effectiveExperts,
  fineGrained,
  gini,
  hiddenExperts,
  loadCV,
  loadEntropy,
  maxViolation,
  route,
  selectBase,
  selectSinkhorn,
  shuffledNMI,
  sinkhorn,
} from "../../lib/moe/index.js";
import { rankOf } from "../../lib/moe/select/selection.js";

describe("a selection that knows nothing of scores", () => {
  it.each([["hash"], ["random"]] as const)("%s says that each expert is as likely", (select) => {
    const context = { ids: [4, 5, 6], rng: new Generator(1) };
    const { probs } = route(zeros([3, 8]), { select, topK: 1 }, context);
    expect(probs.shape).toEqual([3, 8]);
    expect(Array.from(probs.toTypedArray())).toEqual(new Array(24).fill(1 / 8));
  });
});

it("no tokens are one sequence without tokens", () => {
  const { sequenceStarts, load } = route(zeros([0, 4]), { topK: 1 });
  expect([Array.from(sequenceStarts), load]).toEqual([[0, 0], [0, 0, 0, 0]]); // prettier-ignore
});

describe("the load of nothing", () => {
  it.each([[[0, 0, 0]], [[]]])("%j is neither even nor uneven: 0, and no NaN", (load) => {
    for (const measure of [loadCV, maxViolation, gini, loadEntropy, effectiveExperts])
      expect(Object.is(measure(load), 0)).toBe(true);
  });

  it("leaves every expert dead", () => {
    expect(deadExperts([0, 0, 0])).toBe(3);
  });
});

describe("experts in parts", () => {
  const sizes = { nExpert: 4, topK: 2, dExpert: 12 };
  it("are as they were in one part, and refused in none, in half a part, or where they do not divide", () => {
    expect(fineGrained(sizes, 1)).toEqual(sizes);
    expect(fineGrained(sizes, 12)).toEqual({ nExpert: 48, topK: 24, dExpert: 1 });
    for (const parts of [0, -1, 1.5, 5, NaN]) expect(() => fineGrained(sizes, parts)).toThrow(`${parts} equal parts`);
  });

  it("make C(E, K) sets: Pascal's triangle", () => {
    for (let e = 1; e <= 20; e++)
      for (let k = 1; k < e; k++)
        expect(combinations(e, k)).toBe(combinations(e - 1, k - 1) + (k < e - 1 ? combinations(e - 1, k) : 1));
    expect([combinations(7, 0), combinations(7, 7)]).toEqual([1, 1]);
  });
});

describe("drops by chance", () => {
  it("of no token, or where none is asked for, are none", () => {
    expect(chanceDropShare(0, 1, 8, 0)).toBe(0);
    expect(chanceDropShare(8, 0, 8, 0)).toBe(0);
  });

  it("are all without places, and none with a place for each", () => {
    for (const [n, k, e] of [
      [1, 1, 8],
      [9, 2, 3],
      [500, 1, 2],
      [4, 3, 3],
    ]) {
      expect(chanceDropShare(n, k, e, 0)).toBeCloseTo(1, 12);
      expect(chanceDropShare(n, k, e, n)).toBe(0);
    }
  });

  it("are what the sum over all loads says", () => {
    const binomial = (n: number, x: number): number => (x === 0 ? 1 : (binomial(n, x - 1) * (n - x + 1)) / x);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 2, max: 9 }), fc.nat(12), (n, e, capacity) => {
        const p = 1 / e;
        let over = 0;
        for (let x = capacity + 1; x <= n; x++) over += (x - capacity) * binomial(n, x) * p ** x * (1 - p) ** (n - x);
        expect(chanceDropShare(n, 1, e, capacity)).toBeCloseTo(over / (n * p), 10);
      }),
    );
  });
});

describe("experts that sit out", () => {
  it("are none at 0, all but the least number at 1, and as many as chance says between", () => {
    const rng = new Generator(3);
    expect(hiddenExperts(8, 0, 2, rng)).toEqual([]);
    expect(new Set(hiddenExperts(8, 1, 2, rng)).size).toBe(6);
    expect(hiddenExperts(8, 1, 8, rng)).toEqual([]);
    const total = Array.from({ length: 500 }, () => hiddenExperts(8, 0.25, 1, rng).length).reduce((a, b) => a + b, 0);
    expect(total / 500).toBeGreaterThan(2 - 4 * Math.sqrt(1.5 / 500));
    expect(total / 500).toBeLessThan(2 + 4 * Math.sqrt(1.5 / 500));
  });
});

describe("a choice by the whole batch", () => {
  const score = fc.integer({ min: -4, max: 4 });
  const batch = fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 3 })).chain(([nToken, nExpert]) =>
    fc.array(score, { minLength: nToken * nExpert, maxLength: nToken * nExpert }).map((scores) => ({
      scores,
      nToken,
      nExpert,
    })),
  );

  it("BASE is even, and the best of all even ones", () => {
    fc.assert(
      fc.property(batch, ({ scores, nToken, nExpert }) => {
        const room = Math.ceil(nToken / nExpert);
        const sum = (experts: ArrayLike<number>): number =>
          Array.from(experts).reduce((total, e, n) => total + scores[n * nExpert + e], 0);
        const best = (n: number, load: number[], chosen: number[]): number =>
          n === nToken
            ? sum(chosen)
            : Math.max(
                ...load.map((count, e) =>
                  count < room ? best(n + 1, load.with(e, count + 1), [...chosen, e]) : -Infinity,
                ),
              );
        const { experts, tokens, topK, ranks } = selectBase({ scores, nToken, nExpert });
        expect([topK, Array.from(tokens)]).toEqual([1, Array.from({ length: nToken }, (_, n) => n)]);
        expect(sum(experts)).toBe(best(0, new Array<number>(nExpert).fill(0), []));
        Array.from(ranks).forEach((rank, n) => {
          const mine = scores.slice(n * nExpert, (n + 1) * nExpert);
          expect(rank).toBe(
            mine.filter((z, e) => z > mine[experts[n]] || (z === mine[experts[n]] && e < experts[n])).length,
          );
        });
      }),
    );
  });

  it("BASE gives equal scores to the first expert with room", () => {
    const even = { scores: new Array<number>(12).fill(1), nToken: 4, nExpert: 3 };
    expect([...selectBase(even).experts]).toEqual([0, 0, 1, 1]);
  });

  it("ranks are places in the order of the scores, the first of equals before the others", () => {
    const scored = { scores: [1, 3, 3, 2], nToken: 1, nExpert: 4 };
    expect([0, 1, 2, 3].map((e) => rankOf(scored, 0, e))).toEqual([3, 0, 1, 2]);
  });

  it("Sinkhorn's plan gives each token 1 and each expert N / E", () => {
    fc.assert(
      fc.property(batch, (scored) => {
        const { nToken, nExpert } = scored;
        const plan = sinkhorn(scored, { rounds: 20_000 }); // far scores take long: each round brings the sums nearer by tanh²(Δ/4)
        for (let n = 0; n < nToken; n++)
          expect(plan.slice(n * nExpert, (n + 1) * nExpert).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 6);
        for (let e = 0; e < nExpert; e++) {
          let sum = 0;
          for (let n = 0; n < nToken; n++) sum += plan[n * nExpert + e];
          expect(sum).toBeCloseTo(nToken / nExpert, 4);
        }
      }),
    );
  });

  it("Sinkhorn's first round divides columns by what they sum to, then rows", () => {
    const [a, b] = [Math.exp(-2), Math.exp(-1)]; // of logits [0, -2] and [-1, 0], each less its row's largest
    const columns = [1 + b, a + 1]; // each to be N / E = 1
    const divided = [1 / columns[0], a / columns[1], b / columns[0], 1 / columns[1]];
    const rows = [divided[0] + divided[1], divided[2] + divided[3]];
    const wanted = divided.map((value, i) => value / rows[i >> 1]);
    const plan = sinkhorn({ scores: [0, -2, -1, 0], nToken: 2, nExpert: 2 }, { rounds: 1 });
    plan.forEach((value, i) => expect(value).toBeCloseTo(wanted[i], 12));
  });

  it("Sinkhorn goes through 20 rounds at temperature 1 unless told otherwise", () => {
    const scored = { scores: [5, 1, 0, 4, 1, -2, 3, 3, 0], nToken: 3, nExpert: 3 };
    expect(sinkhorn(scored)).toEqual(sinkhorn(scored, { rounds: 20, temperature: 1 }));
    for (const other of [{ rounds: 19 }, { rounds: 21 }, { temperature: 2 }])
      expect(sinkhorn(scored)).not.toEqual(sinkhorn(scored, other));
    expect(selectSinkhorn(scored, 1)).toEqual(selectSinkhorn(scored, 1, { rounds: 20, temperature: 1 }));
  });
});

describe("agreement by chance", () => {
  it("lies between the 2.5 % and the 97.5 % of the shuffles, around their mean", () => {
    const a = Array.from({ length: 40 }, (_, i) => i % 3);
    const b = Array.from({ length: 40 }, (_, i) => (i * i) % 4);
    // Of 41, these are the second and the last but one. One shuffle a call, from one stream: the same shuffles one by one.
    const rng = new Generator(5);
    const single = Array.from({ length: 41 }, () => shuffledNMI(a, b, rng, { times: 1 }).mean).sort((x, y) => x - y);
    const { mean, low, high } = shuffledNMI(a, b, new Generator(5), { times: 41 });
    expect(mean).toBeCloseTo(single.reduce((x, y) => x + y, 0) / 41, 12);
    expect([low, high]).toEqual([single[1], single[39]]);
  });
});
