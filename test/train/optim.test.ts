import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  add,
  fromArray,
  matmul,
  mul,
  parameter,
  pow,
  reshape,
  sum,
  tensor,
  zeros,
  type Tensor,
} from "../../lib/index.js";
import * as train from "../../lib/train/index.js";
import { Adam, AdamW, clipGradNorm, SGD } from "../../lib/train/index.js";

interface Written {
  shape: number[];
  data: number[];
}
interface Case {
  name: "Adam" | "AdamW" | "SGD";
  options: train.AdamOptions & train.SGDOptions;
  decayVectors: boolean;
  clip: number | null;
  init: { w: Written; v: Written };
  norms: number[];
  w: Written;
  v: Written;
}
type Named = "warmupConstant" | "warmupLinear" | "warmupCosine" | "stepDecay";
interface Rates {
  name: Named;
  options: never;
  rates: number[];
}

const golden = <T>(name: string): { madeWith: string; cases: T[] } =>
  JSON.parse(readFileSync(new URL(`../golden/data/nn/${name}.json`, import.meta.url), "utf8")) as never;
const tensorOf = ({ shape, data }: Written): Tensor => parameter(fromArray(data, shape));

const optimizers = golden<Case>("optimizers");
describe(`optimizers equal PyTorch's after ten steps (${optimizers.madeWith})`, () => {
  test.each(optimizers.cases)(
    "$name $options, decay of vectors $decayVectors, clipped to $clip",
    ({ name, options, decayVectors, clip, init, norms, ...after }) => {
      const [w, v] = [tensorOf(init.w), tensorOf(init.v)];
      const decays = decayVectors ? { decays: (): boolean => true } : {};
      const optimizer = new { Adam, AdamW, SGD }[name]([w, v], { ...options, ...decays });
      for (const norm of norms) {
        optimizer.zeroGrad();
        const wv = matmul(w, reshape(v, [3, 1]));
        add(mul(sum(mul(wv, wv)), 0.5), mul(sum(pow(v, 4)), 0.25)).backward();
        expect(clipGradNorm([w, v], clip ?? Infinity)).toBeCloseTo(norm, 4);
        optimizer.step(0.05);
      }
      for (const [x, wanted] of [
        [w, after.w],
        [v, after.v],
      ] as const) {
        x.toTypedArray().forEach((value, i) => expect(value).toBeCloseTo(wanted.data[i], 5));
      }
    },
  );
});

const schedules = golden<Rates>("schedules");
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

  test("refuse a step that is no number", () => {
    expect(() => train.warmupConstant(NaN, { lr: 1 })).toThrow("warmupConstant: step must be a number from 0, got NaN");
    expect(() => train.stepDecay(1, { lr: 1, every: 0 })).toThrow("stepDecay: every must be a number from 1, got 0");
  });
});

describe("an optimizer", () => {
  const w = (): Tensor => parameter(tensor([[1, 2]]));

  test.each<[string, () => unknown]>([
    ["Adam: there are no parameters", () => new Adam([])],
    ["Adam: betas[1] must be a number from 0 to below 1, got 1", () => new Adam([w()], { betas: [0.9, 1] })],
    ["AdamW: eps must be a number from 0, got -1", () => new AdamW([w()], { eps: -1 })],
    ["SGD: weightDecay must be a number from 0, got NaN", () => new SGD([w()], { weightDecay: NaN })],
    ["SGD: momentum must be a number from 0, got -0.5", () => new SGD([w()], { momentum: -0.5 })],
    ["SGD: nesterov needs a momentum above 0", () => new SGD([w()], { nesterov: true })],
    ["SGD.step: lr must be a number from 0, got NaN", () => new SGD([w()]).step(NaN)],
    [
      "SGD: a gradient [2] does not fit its parameter [1, 2]",
      () => {
        const p = w();
        p.grad = zeros([2]);
        new SGD([p]).step(1);
      },
    ],
  ])("refuses what makes no sense: %s", (sentence, call) => {
    expect(call).toThrow(sentence);
  });

  test("leaves parameters without a gradient alone, also where they would decay", () => {
    const [frozen, other] = [w(), w()];
    const optimizer = new AdamW([frozen, other], { weightDecay: 0.5 });
    sum(other).backward();
    optimizer.step(0.1);
    expect(frozen.toArray()).toEqual([[1, 2]]);
    expect(other.toArray()).not.toEqual([[1, 2]]);
  });

  test("changes a parameter once that is given twice: two models' parameters, of which they share some", () => {
    const gradient = (p: Tensor): void => void (p.grad = tensor([[2, -3]]));
    for (const make of [
      (all: Tensor[]) => new SGD(all, { momentum: 0.9, weightDecay: 0.1 }),
      (all: Tensor[]) => new Adam(all, { weightDecay: 0.1 }),
      (all: Tensor[]) => new AdamW(all),
    ]) {
      const [once, twice, other] = [w(), w(), w()];
      const [alone, both] = [make([once]), make([twice, other, twice])];
      for (let step = 0; step < 3; step++) {
        [once, twice, other].forEach(gradient);
        expect(clipGradNorm([twice, other, twice], Infinity)).toBeCloseTo(Math.sqrt(26), 5);
        expect(clipGradNorm([twice, twice], 1)).toBeCloseTo(Math.sqrt(13), 5);
        expect(clipGradNorm([once], 1)).toBeCloseTo(Math.sqrt(13), 5);
        expect(twice.grad!.toArray()).toEqual(once.grad!.toArray());
        for (const optimizer of [alone, both]) optimizer.step(0.1);
        expect(twice.toArray()).toEqual(once.toArray());
      }
      expect(both.parameters.map((p) => [twice, other].indexOf(p))).toEqual([0, 1]);
    }
  });

  test("counts the steps of each parameter apart, so that one that joins late starts as a new one would", () => {
    const [early, late, alone] = [w(), w(), w()];
    const both = new Adam([early, late]);
    sum(early).backward();
    both.step(0.1);
    both.zeroGrad();
    sum(late).backward();
    both.step(0.1);
    sum(alone).backward();
    new Adam([alone]).step(0.1);
    expect(late.toArray()).toEqual(alone.toArray());
  });
});

describe("clipping", () => {
  const clipped = (grad: number[], maxNorm: number): [number, unknown] => {
    const p: Tensor = parameter(zeros([grad.length]));
    p.grad = tensor(grad);
    return [clipGradNorm([p], maxNorm), p.grad.toArray()];
  };

  test("leaves short gradients as they are, bit for bit", () => {
    expect(clipped([0.3, 0.4], 0.6)).toEqual([expect.closeTo(0.5, 6), [Math.fround(0.3), Math.fround(0.4)]]);
  });

  test("leaves gradients without a length as they are, and says so", () => {
    expect(clipped([NaN, 1], 1)).toEqual([NaN, [NaN, 1]]);
    expect(clipped([Infinity, 1], 1)).toEqual([Infinity, [Infinity, 1]]);
  });

  test("refuses a longest length of 0", () => {
    expect(() => clipGradNorm([], 0)).toThrow("clipGradNorm: maxNorm must be a number above 0, or Infinity, got 0");
  });
});
