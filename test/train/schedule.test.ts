import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import * as train from "../../lib/train/index.js";

type Named =
  "warmupConstant" | "warmupLinear" | "warmupCosine" | "stepDecay" | "inverseSquareRoot" | "warmupStableDecay";
interface Rates {
  name: Exclude<Named, "inverseSquareRoot" | "warmupStableDecay">;
  options: never;
  rates: number[];
}

const schedules = JSON.parse(readFileSync(new URL("../golden/data/nn/schedules.json", import.meta.url), "utf8")) as {
  madeWith: string;
  cases: Rates[];
};
test.each(schedules.cases)(
  `$name $options gives PyTorch's rates (${schedules.madeWith})`,
  ({ name, options, rates }) => {
    rates.forEach((rate, step) => expect(train[name](step, options)).toBeCloseTo(rate, 12));
  },
);

describe("schedules", () => {
  test.each(["warmupLinear", "warmupCosine"] as const)("%s stays at the end of its fall", (name) => {
    expect(train[name](500, { lr: 1, minLr: 0.25, steps: 10 })).toBe(0.25);
  });

  test("the inverse square root goes through lr at the end of the warm-up and halves after four times as long", () => {
    const at = (step: number): number => train.inverseSquareRoot(step, { lr: 0.3, warmup: 100 });
    expect([at(49), at(99), at(399)]).toEqual([0.15, 0.3, 0.15]);
  });

  test("warmupStableDecay rises, stays, and falls in its last steps", () => {
    const options = { lr: 1, minLr: 0.1, warmup: 4, steps: 20, cooldown: 5 };
    const rates = Array.from({ length: 21 }, (_, step) => train.warmupStableDecay(step, options));
    expect(rates.slice(0, 4)).toEqual([0.25, 0.5, 0.75, 1]);
    expect(rates.slice(4, 16).every((rate) => rate === 1)).toBe(true);
    expect(rates[20]).toBe(0.1);
    expect(rates.slice(15).every((rate, i, all) => i === 0 || rate < all[i - 1])).toBe(true);
  });

  const falling = ["warmupLinear", "warmupCosine", "warmupStableDecay"] as const;
  test.each(falling)("%s falls to a tenth of lr where no minLr is given", (name) => {
    expect(train[name](10, { lr: 2, steps: 10, cooldown: 3 })).toBeCloseTo(0.2, 12);
  });

  test.each(falling)("%s has numbers also where the warm-up leaves one step, or none, to fall in", (name) => {
    const rates = (warmup: number): number[] =>
      [8, 9, 10, 11].map((step) => train[name](step, { lr: 10, minLr: 1, warmup, steps: 10, cooldown: 1 }));
    expect(rates(9)).toEqual([10, 10, 1, 1]);
    expect(rates(10).slice(0, 2)).toEqual([9, 10]);
    expect(rates(10)[3]).toBe(1);
  });

  test("warmupStableDecay without a cooldown stays up to the last step", () => {
    const options = { lr: 10, minLr: 1, steps: 5, cooldown: 0 };
    expect([3, 4, 5, 6].map((step) => train.warmupStableDecay(step, options))).toEqual([10, 10, 1, 1]);
  });

  test("the inverse square root without a warm-up begins at lr", () => {
    expect([0, 3].map((step) => train.inverseSquareRoot(step, { lr: 2, warmup: 0 }))).toEqual([2, 1]);
  });

  test("stepDecay falls to a tenth where no gamma is given", () => {
    expect([0, 1, 2].map((step) => train.stepDecay(step, { lr: 1, every: 2 }))).toEqual([1, 1, 0.1]);
  });

  test.each<[Named, Record<string, number>]>([
    ["warmupConstant", { lr: 1 }],
    ["warmupLinear", { lr: 1, steps: 4 }],
    ["warmupCosine", { lr: 1, steps: 4 }],
    ["stepDecay", { lr: 1, every: 2 }],
    ["inverseSquareRoot", { lr: 1, warmup: 2 }],
    ["warmupStableDecay", { lr: 1, steps: 4, cooldown: 2 }],
  ])("%s needs %j, and names the one that is missing", (name, options) => {
    const rate = train[name] as (step: number, options: object) => number;
    expect(rate(1, options)).toBeGreaterThan(0);
    for (const missing of Object.keys(options)) {
      const rest = Object.fromEntries(Object.entries(options).filter(([option]) => option !== missing));
      expect(() => rate(1, rest)).toThrow(new RegExp(`^${name}: ${missing} must be a number from .*, got undefined$`));
    }
  });

  test.each(["warmupLinear", "warmupCosine"] as const)(
    "%s begins its fall at lr, also where no step is left",
    (name) => {
      for (const steps of [4, 3]) expect(train[name](4, { lr: 3, minLr: 1, warmup: 4, steps })).toBe(3);
      expect(train[name](5, { lr: 3, minLr: 1, warmup: 4, steps: 5 })).toBe(1);
    },
  );

  test("refuse a step that is no number", () => {
    expect(() => train.warmupConstant(NaN, { lr: 1 })).toThrow("warmupConstant: step must be a number from 0, got NaN");
    expect(() => train.stepDecay(1, { lr: 1, every: 0 })).toThrow("stepDecay: every must be a number from 1, got 0");
  });
});
