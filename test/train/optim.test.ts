import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  add,
  fromArray,
  Generator,
  Linear,
  matmul,
  mul,
  parameter,
  pow,
  reshape,
  sum,
  tensor,
  type Tensor,
  zeros,
} from "../../lib/index.js";
import { memoryUse } from "../../lib/kernels/memory.js";
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
    ...[SGD, Adam, AdamW].flatMap((Kind): [string, () => unknown][] => [
      [`${Kind.name}: needs an array of tensors, got undefined`, () => new Kind(undefined as never)],
      [`${Kind.name}: needs an array of tensors, got the tensor [1, 2]`, () => new Kind(w() as never)],
      [
        `${Kind.name}: needs an array of tensors, got an object`,
        () => new Kind(new Linear(2, 2, { rng: new Generator(1) }) as never),
      ],
      [`${Kind.name}: parameter 1 must be a tensor, got 3`, () => new Kind([w(), 3] as never)],
    ]),
    ["clipGradNorm: needs an array of tensors, got the tensor [1, 2]", () => clipGradNorm(w() as never, 1)],
    ["clipGradNorm: parameter 0 must be a tensor, got undefined", () => clipGradNorm([undefined] as never, 1)],
  ])("refuses what makes no sense: %s", (sentence, call) => {
    expect(call).toThrow(sentence);
  });

  test.each([Adam, AdamW])(
    "%o divides by √v̂ + 1e-8 unless told otherwise: a gradient of 1e-8 moves by half",
    (Kind) => {
      const after = (options: train.AdamOptions): number => {
        const p: Tensor = parameter(tensor([0]));
        p.grad = tensor([1e-8]);
        new Kind([p], options).step(1);
        return p.item();
      };
      expect(after({})).toBeCloseTo(-0.5, 4);
      expect(after({ eps: 3e-8 })).toBeCloseTo(-0.25, 4);
    },
  );

  test("SGD with momentum 1 adds up all gradients, with 0 none", () => {
    const after = (momentum: number): unknown => {
      const p = w();
      const optimizer = new SGD([p], { momentum });
      for (let step = 0; step < 3; step++) {
        p.grad = tensor([[1, -1]]);
        optimizer.step(1);
      }
      return p.toArray();
    };
    expect(after(1)).toEqual([[1 - 6, 2 + 6]]); // 1 + 2 + 3 times
    expect(after(0)).toEqual([[1 - 3, 2 + 3]]);
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

describe("the memory of an optimizer", () => {
  const size = 4096;
  /** Numbers that its first step keeps, for each of a parameter. */
  function kept(make: (p: Tensor[]) => train.Optimizer): number {
    const [p, frozen]: Tensor[] = [parameter(zeros([size])), parameter(zeros([size]))];
    p.grad = zeros([size]);
    const optimizer = make([p, frozen]);
    const before = memoryUse().liveBytes;
    optimizer.step(0.1);
    return (memoryUse().liveBytes - before) / (4 * size);
  }

  test.each<[string, number, (p: Tensor[]) => train.Optimizer]>([
    ["Adam", 2, (p) => new Adam(p)],
    ["AdamW", 2, (p) => new AdamW(p)],
    ["SGD with momentum", 1, (p) => new SGD(p, { momentum: 0.9 })],
    ["SGD with momentum 1", 1, (p) => new SGD(p, { momentum: 1 })],
    ["SGD", 0, (p) => new SGD(p)],
    ["SGD, told that it has no momentum", 0, (p) => new SGD(p, { momentum: 0 })],
  ])("%s keeps as many means as its formula has: %d, and none of what has no gradient", (_, means, make) => {
    expect(kept(make)).toBeCloseTo(means, 1);
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

  test("adds 1e-6 to the length before it divides, as PyTorch does", () => {
    // torch.nn.utils.clip_grad_norm_ of [3e-6, 4e-6] to 1e-6 divides by 6e-6; to 5e-6, their own length, as well.
    const near = (values: number[]): unknown => values.map((value): unknown => expect.closeTo(value, 12));
    expect(clipped([3e-6, 4e-6], 1e-6)[1]).toEqual(near([0.5e-6, 4e-6 / 6]));
    expect(clipped([3e-6, 4e-6], 5e-6)[1]).toEqual(near([2.5e-6, 20e-6 / 6]));
    expect(clipped([3e-6, 4e-6], 7e-6)[1]).toEqual(near([3e-6, 4e-6]));
  });

  test("is of the gradients that there are: a parameter without one has none", () => {
    const [frozen, other]: Tensor[] = [parameter(zeros([2])), parameter(zeros([2]))];
    other.grad = tensor([3, 4]);
    expect(clipGradNorm([frozen, other], Infinity)).toBeCloseTo(5, 6);
    expect(frozen.grad).toBeNull();
    expect(clipGradNorm([frozen], 1)).toBe(0);
  });

  test("refuses a longest length of 0", () => {
    expect(() => clipGradNorm([], 0)).toThrow("clipGradNorm: maxNorm must be a number above 0, or Infinity, got 0");
  });
});
