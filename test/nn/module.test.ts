import { describe, expect, test } from "vitest";
import {
  buffer,
  Dropout,
  dropout,
  evaluating,
  FeedForward,
  Generator,
  Linear,
  Module,
  noGrad,
  ones,
  parameter,
  sum,
  tensor,
  type Tensor,
  zeros,
} from "../../lib/index.js";

const rng = new Generator(1);

class Model extends Module {
  readonly drops = [new Dropout(0.5, { rng }), new Dropout(0.25, { rng })];
  readonly head = new Linear(2, 3, { rng });
  readonly seen = buffer(zeros([3]));
}

describe("modes", () => {
  const modes = (model: Module): boolean[] => model.modules().map((module) => module.training);

  test("train and eval reach every module", () => {
    const model = new Model();
    expect(modes(model)).toEqual([true, true, true, true]);
    expect(modes(model.eval())).toEqual([false, false, false, false]);
    expect(modes(model.train())).toEqual([true, true, true, true]);
  });

  test("evaluating gives each module its own mode back, also after an error", () => {
    const model = new Model();
    model.drops[1].eval();
    const before = modes(model);
    expect(evaluating(model, () => modes(model))).toEqual([false, false, false, false]);
    expect(modes(model)).toEqual(before);
    expect(() =>
      evaluating(model, () => {
        throw new Error("inside");
      }),
    ).toThrow("inside");
    expect(modes(model)).toEqual(before);
  });
});

describe("dropout", () => {
  test("drops each number as often, the first as the last, and its gradient with it", () => {
    const kept = [0, 0, 0];
    for (let seed = 0; seed < 400; seed++) {
      const x = parameter(ones([3]));
      const y = dropout(x, 0.25, new Generator(seed));
      sum(y).backward();
      const factors = Array.from(y.toTypedArray());
      expect(Array.from(x.grad!.toTypedArray())).toEqual(factors);
      factors.forEach((factor, i) => {
        expect([0, Math.fround(4 / 3)]).toContain(factor);
        kept[i] += Number(factor > 0) / 400;
      });
    }
    for (const share of kept) expect(Math.abs(share - 0.75)).toBeLessThan(4 * Math.sqrt(0.1875 / 400));
  });

  const x = ones([100_000]);

  test("keeps the expected value, zeroes the share it should, and does nothing at evaluation", () => {
    const drop = new Dropout(0.3, { rng: new Generator(5) });
    const y = Array.from(drop.forward(x).toTypedArray());
    expect(y.filter((v) => v === 0).length / y.length).toBeCloseTo(0.3, 2);
    expect(y.reduce((a, b) => a + b, 0) / y.length).toBeCloseTo(1, 2);
    expect(new Set(y)).toEqual(new Set([0, Math.fround(1 / 0.7)]));
    expect(drop.eval().forward(x)).toBe(x);
  });

  test("comes from its seed, and differs from call to call", () => {
    const make = (): Dropout => new Dropout(0.5, { rng: new Generator(7) });
    const [a, b] = [make(), make()];
    const first = a.forward(x).toTypedArray();
    expect(b.forward(x).toTypedArray()).toEqual(first);
    expect(a.forward(x).toTypedArray()).not.toEqual(first);
  });

  test("hands gradients through what it kept alone, with the same factor", () => {
    const w = parameter(ones([64]));
    const y = new Dropout(0.5, { rng }).forward(w);
    sum(y).backward();
    expect(w.grad!.toArray()).toEqual(y.toArray());
  });

  test.each([1, -0.1, NaN])("refuses the probability %d", (p) => {
    const sentence = `dropout: p must be at least 0 and below 1, got ${p}`;
    expect(() => new Dropout(p, { rng })).toThrow(sentence);
    expect(() => dropout(x, p, rng)).toThrow(sentence);
  });
});

describe("a state", () => {
  test("has parameters and buffers; optimizers see parameters alone", () => {
    const model = new Model();
    expect(Object.keys(model.stateDict())).toEqual(["head.weight", "head.bias", "seen"]);
    expect(model.namedBuffers().map(([name]) => name)).toEqual(["seen"]);
    expect(model.parameters()).toHaveLength(2);
    expect(model.totalParameters()).toBe(9);
    model.loadStateDict({ ...model.stateDict(), seen: { shape: [3], data: [1, 2, 3] } });
    expect(model.seen.toArray()).toEqual([1, 2, 3]);
  });

  test("must name everything and nothing else, unless it is loaded loosely", () => {
    const model = new Model();
    const { "head.bias": _, ...rest } = model.stateDict();
    const state = { ...rest, extra: { shape: [1], data: [1] } };
    expect(() => model.loadStateDict(state)).toThrow(
      "loadStateDict: this model has no extra; { strict: false } loads the rest",
    );
    expect(model.loadStateDict(state, { strict: false })).toEqual({ missing: ["head.bias"], unknown: ["extra"] });
    expect(() => model.loadStateDict({})).toThrow(
      "loadStateDict: the state has no head.weight, head.bias, seen; { strict: false } loads the rest",
    );
    const many = Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`x${i}`, { shape: [1], data: [1] }]));
    expect(() => model.loadStateDict({ ...model.stateDict(), ...many })).toThrow(
      "loadStateDict: this model has no x0, x1, x2, x3 and 5 more; { strict: false } loads the rest",
    );
  });

  test("must have the shapes and the kind of numbers, loosely too, and nothing is written before that is sure", () => {
    const model = new Model();
    const before = model.stateDict();
    const changed = { "head.weight": { shape: [3, 2], data: new Float32Array(6) } };
    const load = (wrong: object): (() => unknown) => {
      return () => model.loadStateDict({ ...changed, ...wrong }, { strict: false });
    };
    expect(load({ "head.bias": { shape: [2], data: [1, 2] } })).toThrow(
      "loadStateDict: head.bias is [3] here and [2] in the state",
    );
    expect(load({ "head.bias": { shape: [3], data: new Int32Array(3) } })).toThrow(
      "loadStateDict: head.bias is float32 here and int32 in the state",
    );
    expect(model.stateDict()).toEqual(before);
  });

  test("is not fooled by names that every object has", () => {
    const model = Object.assign(new Dropout(0, { rng }), { toString: parameter(ones([1])) });
    expect(() => model.loadStateDict({})).toThrow("loadStateDict: the state has no toString;");
  });
});

describe("a buffer", () => {
  test("must own its numbers", () => {
    expect(() => buffer(noGrad(() => tensor([[1, 2]])).detach())).not.toThrow();
    const w: Tensor = parameter(ones([2]));
    expect(() => buffer(sum(w))).toThrow("a buffer must own its numbers, but [] is a view or was computed from others");
  });
});

test("module paths name every part", () => {
  expect(new Model().namedModules().map(([name]) => name)).toEqual(["drops.0", "drops.1", "head"]);
  const part = new FeedForward(2, 3, { rng, gated: true });
  expect(part.namedModules().map(([name]) => name)).toEqual(["up", "gate", "down"]);
});
