import { describe, expect, it } from "vitest";
import { Generator, noGrad, randn, topkMaskedSoftmax } from "../../lib/index.js";
import { nmi, selectRandom } from "../../lib/moe/index.js";
import { executed } from "./claims.js";

const { claimed, html } = executed("04-routing");

describe("B1, the router is a classifier that learns by its gradient", () => {
  const { sums, gradient, slopes } = claimed("B1") as Record<string, number[]>;
  it("its probabilities sum to 1, and its gradient is the slope that a nudge measures", () => {
    for (const sum of sums) expect(sum).toBeCloseTo(1, 5);
    expect(gradient.length).toBe(6);
    expect(Math.abs(gradient[0])).toBeGreaterThan(0.1);
    gradient.forEach((g, i) => expect(Math.abs(g - slopes[i])).toBeLessThan(2e-3 + 0.05 * Math.abs(slopes[i])));
  });

  it("would not hold for a gradient of another weight", () => {
    const difference = gradient.map((_, i) => Math.abs(gradient[(i + 1) % 6] - slopes[i]));
    expect(Math.max(...difference)).toBeGreaterThan(0.02);
  });
});

describe("D3, all but the top K at minus infinity", () => {
  it("zeros are exact, the kept sum to 1, and the masked get no gradient", () => {
    expect(claimed("D3")).toMatchObject({ zeros: 6, maskedWithGradient: 0 });
    expect((claimed("D3") as { sumOfKept: number }).sumOfKept).toBeCloseTo(1, 6);
  });

  it("would not hold for a softmax over all", () => {
    const all = noGrad(() => topkMaskedSoftmax(randn([1, 8], new Generator(1)), 8)).toTypedArray();
    expect(all.filter((w) => w === 0).length).toBe(0);
  });
});

it("B2: each layer computed tokens × 2 rows", () => {
  expect(claimed("B2")).toEqual({ tokens: 256, expertsPerToken: 2, rowsExecuted: [512, 512, 512] });
});

describe("B3, tokens and layers choose differently", () => {
  const { expertsUsed, agreement, byChance } = claimed("B3") as Record<string, number[]>;
  it("several experts are somebody's favourite in each layer, and layers do not choose alike", () => {
    for (const count of expertsUsed) expect(count).toBeGreaterThan(2);
    for (const value of agreement) expect(value).toBeLessThan(0.9);
    for (const value of byChance) expect(value).toBeLessThan(0.2);
  });

  it("would not hold for layers that choose alike", () => {
    const { experts } = selectRandom(256, 8, 1, new Generator(1));
    expect(nmi(experts, experts)).toBeCloseTo(1, 9);
  });
});

it("B5: with one expert every token takes one path", () => {
  expect(claimed("B5")).toEqual({ pathsPerLayer: [1, 1, 1], tokens: 256 });
});

describe("B6, coverage of a batch", () => {
  const { groups, uniform, measured } = claimed("B6") as Record<string, number[]>;
  it("follows 1 − (1 − k/E)^B: a quarter for one token, nine tenths for eight, and nearly all in a batch", () => {
    groups.forEach((size, i) => expect(uniform[i]).toBeCloseTo(1 - 0.75 ** size, 9));
    expect(uniform[3]).toBeCloseTo(0.9, 3);
    expect(measured[0]).toBe(0.25);
    measured.slice(1).forEach((share, i) => expect(share).toBeGreaterThanOrEqual(measured[i]));
    expect(measured[5]).toBeGreaterThan(0.6);
  });
});

it("the maps are there", () => {
  expect(html.some((output) => output.includes('data-figure="routing-map"'))).toBe(true);
  expect(html.filter((output) => output.includes('data-figure="expert-flow"')).length).toBe(2);
});
