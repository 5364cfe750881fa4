import { describe, expect, it } from "vitest";
import { fromArray, Generator, randn } from "../../../lib/index.js";
import {
  deadExperts,
  effectiveExperts,
  flipRate,
  firstWeight,
  gini,
  loadCV,
  loadCVByChance,
  loadEntropy,
  maxViolation,
  mutualInformation,
  nmi,
  paddingShare,
  route,
  routerEntropy,
  routingRows,
  shuffledNMI,
} from "../../../lib/moe/index.js";

const [even, one] = [new Array<number>(8).fill(3), [9, 0, 0, 0, 0, 0, 0, 0]];

describe("load metrics", () => {
  it.each<[string, (load: number[]) => number, number, number]>([
    ["CV", loadCV, 0, 2.6458],
    ["max violation", maxViolation, 0, 7],
    ["Gini", gini, 0, 0.875],
    ["entropy", loadEntropy, Math.log(8), 0],
    ["effective experts", effectiveExperts, 8, 1],
    ["dead experts", deadExperts, 0, 7],
  ])("%s has its reference values for an even load and for one expert of eight", (_, metric, balanced, collapsed) => {
    expect(metric(even)).toBeCloseTo(balanced, 4);
    expect(metric(one)).toBeCloseTo(collapsed, 4);
    expect(Number.isFinite(metric([0, 0]))).toBe(true);
  });

  it("Gini is half the mean difference over the mean", () => {
    const load = [1, 2, 5, 8];
    let difference = 0;
    for (const a of load) for (const b of load) difference += Math.abs(a - b);
    expect(gini(load)).toBeCloseTo(difference / 16 / 2 / 4, 9);
  });

  it("counts as dead what gets less than a share of the fair share, where asked", () => {
    expect(deadExperts([0, 1, 40, 59], 0.1)).toBe(2);
  });

  it("chance alone gives the CV that the formula says", () => {
    const rng = new Generator(5);
    let squares = 0;
    for (let i = 0; i < 400; i++) {
      const r = route(
        fromArray(new Array<number>(512).fill(0), [64, 8]),
        { select: "random", topK: 2 },
        { training: true, rng },
      );
      squares += loadCV(r.demand) ** 2 / 400;
    }
    expect(Math.sqrt(squares)).toBeCloseTo(loadCVByChance(64, 2, 8), 2);
  });
});

describe("mutual information", () => {
  it("is the entropy for labels that tell each other, and 0 for a constant", () => {
    const a = [0, 0, 1, 1, 2, 2];
    expect(
      mutualInformation(
        a,
        a.map((x) => 7 - x),
      ),
    ).toBeCloseTo(Math.log(3), 9);
    expect([
      nmi(
        a,
        a.map((x) => x * 10),
      ),
      nmi(a, [1, 1, 1, 1, 1, 1]),
      nmi([1, 1], [2, 2]),
    ]).toEqual([expect.closeTo(1, 9), 0, 0]);
    expect(mutualInformation([0, 0, 1, 1], [0, 1, 0, 1])).toBeCloseTo(0, 9);
    expect(() => nmi([1], [1, 2])).toThrow("nmi needs two labels for each thing, got 1 and 2");
  });

  it("of independent labels lies within its shuffled baseline, and of dependent ones far above", () => {
    const rng = new Generator(9);
    const a = Array.from({ length: 600 }, () => rng.below(4));
    const independent = a.map(() => rng.below(8));
    const dependent = a.map((x) => (rng.uniform() < 0.5 ? x : rng.below(8)));
    const baseline = shuffledNMI(a, independent, rng);
    expect(baseline.mean).toBeGreaterThan(0.005);
    expect(nmi(a, independent)).toBeLessThan(baseline.high * 1.5);
    expect(nmi(a, dependent)).toBeGreaterThan(5 * shuffledNMI(a, dependent, rng).high);
  });
});

describe("the shuffled baseline", () => {
  const rng = new Generator(4);
  const domain = Array.from({ length: 1200 }, (_, i) => Math.floor(i / 30) % 4);
  it("shuffles whole sequences where their tokens are no independent samples: the range is wider", () => {
    const expert = domain.map((_, i) => Math.floor(i / 30) % 3); // one expert a sequence
    const [single, whole] = [1, 30].map((together) => shuffledNMI(expert, domain, rng, { together }));
    expect(whole.mean).toBeGreaterThan(5 * single.mean);
    expect(whole.high - whole.low).toBeGreaterThan(5 * (single.high - single.low));
  });

  it("within equal characters it keeps what the characters explain", () => {
    const character = domain.map((d) => 2 * d + rng.below(2)); // tells the domain
    const byCharacter = character.map((c) => c % 3); // an expert that looks at nothing but the character
    expect(nmi(byCharacter, domain)).toBeGreaterThan(0.2);
    expect(shuffledNMI(byCharacter, domain, rng, { within: character }).low).toBeCloseTo(nmi(byCharacter, domain), 9);
    expect(shuffledNMI(byCharacter, domain, rng).high).toBeLessThan(0.05);
  });
});

describe("a row per layer", () => {
  const logits = randn([64, 8], new Generator(1));
  const routing = route(logits, { topK: 2, capacityFactor: 1 });

  it("is plain JSON and says what the routing did", () => {
    const rows = routingRows([routing, routing], [routing, routing]);
    expect(JSON.parse(JSON.stringify(rows))).toEqual(rows);
    expect(rows[0].agreement).toBeNull();
    expect(rows[1]).toMatchObject({ layer: 1, flipRate: 0, nToken: 64, rerouted: 0 });
    expect(rows[1].agreement).toBeCloseTo(1, 9);
    expect(rows[0].dropped).toBeCloseTo(routing.positions.filter((p) => p < 0).length / 128, 9);
    expect(rows[0].cv).toBe(loadCV(routing.demand)); // of what was asked for: a capacity would hide the unevenness
    expect(loadCV(routing.load)).toBeLessThan(rows[0].cv);
    expect(rows[0].padding).toBeCloseTo(rows[0].dropped, 9); // at capacity factor 1, a place is empty for each one dropped
    expect(routingRows([route(logits, { select: "hash" }, { ids: new Array<number>(64).fill(1) })])[0].z).toBeNull();
  });

  it("has 0 padding without a capacity, ln E router entropy where all is equal, and counts flips", () => {
    const flat = route(fromArray(new Array<number>(24).fill(0), [3, 8]), { topK: 1, renormalize: false });
    expect(paddingShare(flat)).toBe(0);
    expect(routerEntropy(flat)).toBeCloseTo(Math.log(8), 5);
    expect(firstWeight(flat)).toBeCloseTo(1 / 8, 6);
    const before = route(fromArray([1, 0, 1, 0], [2, 2]), { topK: 1 });
    const now = route(fromArray([1, 0, 0, 1], [2, 2]), { topK: 1 });
    expect(flipRate(before, now)).toBe(0.5);
    expect(() => flipRate(before, flat)).toThrow("flipRate needs two routings of the same tokens, got 2 and 3 tokens");
  });
});
