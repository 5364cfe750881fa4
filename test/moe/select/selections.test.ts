import { describe, expect, it } from "vitest";
import { fromArray, Generator, randn } from "../../../lib/index.js";
import { preference } from "../../../lib/moe/select/selection.js";
import {
  expertsTake,
  route,
  type Scored,
  selectBase,
  selectExpertChoice,
  selectGroupLimited,
  selectGShard,
  selectHash,
  selectRandom,
  selectSinkhorn,
  selectTopK,
  selectTopP,
  sinkhorn,
} from "../../../lib/moe/index.js";

const scored = (rows: number[][]): Scored => ({ scores: rows.flat(), nToken: rows.length, nExpert: rows[0].length });
const random = (n: number, e: number, seed = 1): Scored => ({
  scores: randn([n, e], new Generator(seed)).toTypedArray(),
  nToken: n,
  nExpert: e,
});
const countsOf = (experts: Int32Array, nExpert: number): number[] =>
  Array.from({ length: nExpert }, (_, e) => experts.filter((x) => x === e).length);

describe("top-k", () => {
  it("takes the largest, best first, and the earlier of equals", () => {
    expect([
      ...selectTopK(
        scored([
          [1, 3, 2],
          [5, 5, 5],
        ]),
        2,
      ).experts,
    ]).toEqual([1, 2, 0, 1]);
  });

  it("with spread ties gives the same where there are none, and other experts where there are", () => {
    const given = random(30, 6);
    expect(selectTopK({ ...given, ties: "spread" }, 3)).toEqual(selectTopK(given, 3));
    const even = { ...scored(Array.from({ length: 60 }, () => [1, 1, 1])), ties: "spread" as const };
    expect(Math.min(...countsOf(selectTopK(even, 1).experts, 3))).toBeGreaterThan(8);
  });
});

describe("NaN", () => {
  it("counts as the largest wherever experts are ranked, so that it shows, and is no reason to favour an index", () => {
    const given = scored([[1, NaN, 3, 2]]);
    expect(preference(given, 0)).toEqual([1, 2, 3, 0]);
    expect([...selectTopK(given, 3).experts]).toEqual([1, 2, 3]);
    expect([...selectTopK({ ...given, ties: "spread" }, 3).experts]).toEqual([1, 2, 3]);
    expect(expertsTake({ scores: [1, NaN, 3], nToken: 3, nExpert: 1 }, 2)).toEqual([[1, 2]]);
  });

  it("and the infinities leave BASE even, and Sinkhorn's plan a plan", () => {
    const rows = [
      [NaN, Infinity, -Infinity],
      [0, 1, 2],
      [Infinity, Infinity, 0],
    ];
    expect(countsOf(selectBase(scored(rows)).experts, 3)).toEqual([1, 1, 1]);
    const others = scored([
      [NaN, NaN], // has no wish, and makes room for whoever has one
      [5, 0],
      [5, 0],
      [0, 5],
    ]);
    expect([...selectBase(others).experts]).toEqual([1, 0, 0, 1]);
    expect(sinkhorn(scored(rows)).every((x) => x >= 0 && x <= 1 + 1e-9)).toBe(true);
  });
});

describe("top-p", () => {
  it("takes as few experts as cover p, and no more than the limit", () => {
    const given = scored([
      [0.9, 0.05, 0.05],
      [0.4, 0.35, 0.25],
    ]);
    expect([...selectTopP(given, 0.6, 3).tokens]).toEqual([0, 1, 1]);
    expect([...selectTopP(given, 0.8, 3).tokens]).toEqual([0, 1, 1, 1]);
    expect([...selectTopP(given, 0.8, 1).experts]).toEqual([0, 0]);
  });
});

describe("group-limited", () => {
  const row = [0.9, 0.1, 0.6, 0.5, 0.3, 0.2];
  const options = { topK: 2, nGroup: 3, topKGroup: 1 };
  it("chooses groups by their best two (V3), or their best (V2), and experts within them alone", () => {
    const top2 = selectGroupLimited(scored([row]), { ...options, groupScore: "top2" });
    expect([...top2.groups.scores].map((s) => Number(s.toFixed(6)))).toEqual([1, 1.1, 0.5]);
    expect([...top2.experts]).toEqual([2, 3]);
    expect([...selectGroupLimited(scored([row]), { ...options, groupScore: "max" }).experts]).toEqual([0, 1]);
  });

  it("equals top-k when all groups are allowed", () => {
    const given = random(40, 8);
    const all = selectGroupLimited(given, { topK: 3, nGroup: 4, topKGroup: 4, groupScore: "top2" });
    expect(all.experts).toEqual(selectTopK(given, 3).experts);
  });
});

describe("GShard's second expert", () => {
  const half = scored([
    [0.5, 0.3, 0.2],
    [0.85, 0.15, 0],
  ]); // shares of the second: 0.375 and 0.15
  it("is sent with probability 2 g₂, or g₂ / 0.2, or always", () => {
    const skipped = (policy: "all" | "random" | "threshold", u: number): number[] => [
      ...selectGShard(half, policy, [u, u]).skipped!,
    ];
    expect(skipped("all", 0.99)).toEqual([0, 0, 0, 0]);
    expect(skipped("random", 0.74)).toEqual([0, 0, 0, 1]); // 0.75 > 0.74 > 0.3
    expect(skipped("random", 0.29)).toEqual([0, 0, 0, 0]);
    expect(skipped("threshold", 0.76)).toEqual([0, 0, 0, 1]); // 0.15 / 0.2 = 0.75
    expect(skipped("threshold", 0.74)).toEqual([0, 0, 0, 0]);
  });

  it("that is not sent takes no place and counts in no load", () => {
    const logits = fromArray(
      Array.from(half.scores as number[], (p) => Math.log(p + 1e-9)),
      [2, 3],
    );
    const options = { select: "gshard", capacityFactor: 1 } as const;
    const routing = route(logits, options, { training: true, uniform: [0.99, 0.99] });
    expect(routing.demand).toEqual([1, 0, 0]);
    expect(routing.load).toEqual([1, 0, 0]);
    expect([...routing.positions]).toEqual([0, -1, 1, -1]);
    const sent = route(logits, options, { training: true, uniform: [0, 0] });
    expect(sent.demand).toEqual([0.5, 0.5, 0]);
  });

  it("is decided without a draw at evaluation", () => {
    expect([...selectGShard(half, "random", null).skipped!]).toEqual([0, 0, 0, 1]);
  });
});

describe("expert choice", () => {
  it("gives every expert its best tokens, exactly as many", () => {
    const { experts, tokens } = selectExpertChoice(
      scored([
        [3, 1],
        [2, 9],
        [1, 8],
      ]),
      2,
    );
    expect(countsOf(experts, 2)).toEqual([2, 2]);
    expect(Array.from(tokens, (n, i) => `${n}:${experts[i]}`)).toEqual(["0:0", "1:1", "1:0", "2:1"]);
  });

  it("leaks the future: a later token takes an earlier one's place", () => {
    const before = selectExpertChoice(
      scored([
        [1, 0],
        [0, 1],
      ]),
      1,
    );
    const after = selectExpertChoice(
      scored([
        [1, 0],
        [2, 1],
      ]),
      1,
    );
    expect([...before.tokens]).toContain(0);
    expect([...after.tokens]).not.toContain(0);
  });
});

describe("hash", () => {
  it("depends on the token id alone and uses all experts about equally", () => {
    const ids = Array.from({ length: 4000 }, (_, i) => i % 2000);
    const { experts } = selectHash(ids, 8, 1);
    expect(experts.slice(0, 2000)).toEqual(experts.slice(2000));
    expect(Math.max(...countsOf(experts, 8)) / 500).toBeLessThan(1.2);
    const two = selectHash(ids, 8, 2).experts;
    for (let n = 0; n < 4000; n++) expect(two[2 * n]).not.toBe(two[2 * n + 1]);
  });
});

describe("random", () => {
  it("picks different experts for a token, each equally often", () => {
    const { experts } = selectRandom(4000, 8, 3, new Generator(2));
    for (let n = 0; n < 4000; n++) expect(new Set(experts.slice(3 * n, 3 * n + 3)).size).toBe(3);
    for (const c of countsOf(experts, 8)) expect(Math.abs(c - 1500)).toBeLessThan(150);
  });
});

describe("Sinkhorn", () => {
  it("makes a plan whose rows sum to 1 and whose columns sum to N/E", () => {
    const plan = sinkhorn(random(60, 4), { rounds: 100 });
    for (let n = 0; n < 60; n++) expect(plan.subarray(4 * n, 4 * n + 4).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 6);
    for (let e = 0; e < 4; e++)
      expect(plan.filter((_, i) => i % 4 === e).reduce((a, b) => a + b, 0)).toBeCloseTo(15, 4);
  });

  it("is far more even than top-1 where one expert is everybody's favorite", () => {
    const rows = Array.from({ length: 80 }, (_, n) =>
      Array.from({ length: 4 }, (_, e) => random(80, 4).scores[4 * n + e] + (e === 0 ? 4 : 0)),
    );
    const [plain, even] = [selectTopK(scored(rows), 1), selectSinkhorn(scored(rows), 1)];
    expect(Math.max(...countsOf(plain.experts, 4))).toBeGreaterThan(70);
    expect(Math.max(...countsOf(even.experts, 4))).toBeLessThan(35);
  });
});

describe("BASE", () => {
  const total = ({ scores, nExpert }: Scored, experts: ArrayLike<number>): number =>
    Array.from(experts).reduce((sum, e, n) => sum + scores[n * nExpert + e], 0);

  it("is exactly even", () => {
    expect(countsOf(selectBase(random(40, 5)).experts, 5)).toEqual([8, 8, 8, 8, 8]);
    expect(Math.max(...countsOf(selectBase(random(41, 5)).experts, 5))).toBeLessThanOrEqual(9);
  });

  it("reaches the largest sum of scores there is: compared with every even assignment of six tokens", () => {
    for (let seed = 0; seed < 20; seed++) {
      const given = random(6, 3, seed);
      let best = -Infinity;
      for (let code = 0; code < 3 ** 6; code++) {
        const experts = Int32Array.from({ length: 6 }, (_, n) => Math.floor(code / 3 ** n) % 3);
        if (countsOf(experts, 3).every((c) => c === 2)) best = Math.max(best, total(given, experts));
      }
      expect(total(given, selectBase(given).experts)).toBeCloseTo(best, 5);
    }
  });
});

describe("route", () => {
  it("asks for what a selection needs, in a sentence", () => {
    const logits = randn([4, 4], new Generator(1));
    expect(() => route(logits, { select: "hash" })).toThrow(
      'router: select "hash" needs { ids } of 4 tokens, got none',
    );
    expect(() => route(logits, { select: "random" })).toThrow(
      'router: select "random" needs a random generator: pass { rng }',
    );
    expect(() => route(logits, { noise: "gumbel" }, { training: true })).toThrow(
      "router: noise needs a random generator in training: pass { rng }",
    );
    expect(() => route(logits, { noise: "learned" }, { training: true, rng: new Generator(1) })).toThrow(
      'router: noise "learned" needs { spread }, the logits of its size',
    );
    expect(() => route(logits, { select: "soft" })).toThrow(
      'router: select "soft" mixes tokens instead of routing them: see SoftMoE',
    );
    expect(() => route(logits, {}, { sequenceLength: 3 })).toThrow(
      "router: 4 tokens cannot be divided into sequences of 3",
    );
    expect(() => route(randn([4], new Generator(1)), {})).toThrow(
      "route needs logits [N, E] of at least one expert, got [4]",
    );
  });
});
