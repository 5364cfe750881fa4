import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  applyLora,
  buffer,
  expand,
  flip,
  Generator,
  init,
  Linear,
  matmul,
  mergeLora,
  Module,
  mul,
  parameter,
  select,
  sum,
  tensor,
  type Tensor,
  transpose,
  zeros,
} from "../../lib/index.js";
import { updateSelectionBiases } from "../../lib/moe/balance/selectionBias.js";
import { MoE, type Routing } from "../../lib/moe/index.js";
import { Adam, AdamW, clipGradNorm, SGD } from "../../lib/train/index.js";
import { LastGood } from "../../lib/train/lastGood.js";

class Holder extends Module {
  constructor(readonly weight: Tensor) {
    super();
  }
}
/** A tensor that was made a parameter as a whole tensor, and whose numbers are then looked at through a view. */
const numbers = (x: Tensor): number[] => Array.from(x.toTypedArray());
const rng = (): Generator => new Generator(9);

/** Each function that changes a tensor in place, with what it is called in sentences. */
const writers: [name: string, run: (x: Tensor) => void][] = [
  ["SGD.step", (x) => new SGD([x]).step(0.5)],
  ["SGD.step", (x) => new SGD([x], { momentum: 0.9, nesterov: true, weightDecay: 0.1 }).step(0.5)],
  ["Adam.step", (x) => new Adam([x]).step(0.5)],
  ["AdamW.step", (x) => new AdamW([x], { weightDecay: 0.1, decays: () => true }).step(0.5)],
  ["clipGradNorm", (x) => clipGradNorm([Object.assign(zeros([...x.shape]) as Tensor, { grad: x })], 0.01)],
  ["set", (x) => x.set(Array.from({ length: x.size }, (_, i) => 10 + i))],
  ["init.constant", (x) => init.constant(x, 3)],
  ["init.uniform", (x) => init.uniform(x, rng())],
  ["init.normal", (x) => init.normal(x, rng())],
  ["init.truncatedNormal", (x) => init.truncatedNormal(x, rng())],
];
/** Those that need a matrix or a module around the tensor. */
const ofMatrices: typeof writers = [
  ["init.uniform", (x) => init.xavierUniform(x, rng())],
  ["init.normal", (x) => init.kaimingNormal(x, rng())],
  ["init.orthogonal", (x) => init.orthogonal(x, rng())],
];

/** Views of a base, and whether their numbers lie one after the other. */
const views: [string, view: (base: Tensor) => Tensor][] = [
  ["the base itself", (x) => x.detach()],
  ["a row", (x) => select(x, 0, 1)],
  ["a column", (x) => select(x, 1, 1)],
  ["transposed", (x) => transpose(x, 0, 1)],
  ["a transposed row of columns", (x) => transpose(select(transpose(x, 0, 1), 0, 0).detach() as Tensor, 0, 0)],
  ["flipped", (x) => flip(x, 1)],
  ["a row, expanded", (x) => expand(select(x, 0, 0), [2, x.shape[1]])],
  ["one number, expanded", (x) => expand(select(select(x, 0, 0), 0, 0), [3])],
];

describe("each function that changes a tensor in place", () => {
  test.each(
    writers.flatMap(([name, run], i) => views.map(([kind, view]) => [`${name} ${i}`, kind, name, run, view] as const)),
  )(
    "%s, %s: changes just the numbers of the view, as it changes those of a copy, or refuses in one sentence",
    (_, __, name, run, view) => {
      fc.assert(
        fc.property(fc.integer({ min: 2, max: 4 }), fc.integer({ min: 2, max: 4 }), (rows, columns) => {
          const values = Array.from({ length: rows * columns }, (_, i) => i + 1);
          const make = (): { base: Tensor; x: Tensor } => {
            const base = zeros([rows, columns]).set(values) as Tensor;
            const x = view(base);
            x.requiresGrad = true;
            x.grad = zeros(x.shape).set(Array.from({ length: x.size }, (_, i) => (i % 3) - 1.5));
            return { base, x };
          };
          const { base, x } = make();
          const copy = zeros(x.shape).set(x);
          Object.assign(copy, { requiresGrad: true, grad: x.grad });
          const isBase = x.storage === base.storage;
          let refused: unknown;
          try {
            run(x);
          } catch (error) {
            refused = error;
          }
          if (refused !== undefined) {
            expect(x.isContiguous).toBe(false);
            expect((refused as Error).message).toBe(
              `${name}: [${x.shape.join(", ")}] is a view that does not lie in one piece; change the tensor it shows`,
            );
            expect(numbers(base)).toEqual(values);
            return;
          }
          run(copy);
          expect(numbers(x)).toEqual(numbers(copy));
          expect(numbers(x)).not.toEqual(numbers(view(zeros([rows, columns]).set(values) as Tensor)));
          // What the view does not show is as it was.
          const marks = zeros([rows, columns]).set(values) as Tensor;
          if (isBase) view(marks).set(-1);
          numbers(marks).forEach((mark, i) => {
            if (mark !== -1) expect(numbers(base)[i]).toBe(values[i]);
          });
        }),
        { numRuns: 8 },
      );
    },
  );

  test.each(ofMatrices)("%s of a strided matrix", (name, run) => {
    const base = tensor([[1, 2], [3, 4]]) as Tensor; // prettier-ignore
    expect(() => run(transpose(base, 0, 1))).toThrow(`${name}: [2, 2] is a view that does not lie in one piece`);
    expect(numbers(base)).toEqual([1, 2, 3, 4]);
  });

  test("loadStateDict and mergeLora refuse a strided weight, too", () => {
    const model = new Holder(parameter(tensor([[1, 2], [3, 4]]) as Tensor)); // prettier-ignore
    const state = model.stateDict();
    Object.assign(model.weight, { strides: [1, 2] });
    expect(() => model.loadStateDict(state)).toThrow("loadStateDict: [2, 2] is a view that does not lie in one piece");
    const layer = new Linear(2, 2, { rng: rng() });
    applyLora(layer, [""], { rng: rng(), rank: 1 });
    Object.assign(layer.weight, { strides: [1, 2] });
    expect(() => mergeLora(layer)).toThrow("mergeLora: [2, 2] is a view that does not lie in one piece");
  });

  test.each(writers)("%s refuses a tensor in the middle of a graph", (name, run) => {
    const x = mul(parameter(tensor([1, 2])), 2) as Tensor;
    x.grad = tensor([5, 6]);
    expect(() => run(x)).toThrow(`${name}: this tensor [2] was computed by mul and carries a gradient; change what it`);
  });

  const stale: [string, (w: Tensor, model: Holder) => void][] = [
    ...writers.filter(([name]) => name !== "clipGradNorm"),
    ...ofMatrices,
    ["loadStateDict", (_, model) => model.loadStateDict(model.stateDict())],
    ["train", (_, model) => new LastGood(model).restore()],
    ["mergeLora", (_, model) => {
      const layer = new Linear(2, 2, { rng: rng() });
      Object.assign(layer, { weight: model.weight, bias: null });
      applyLora(layer, [""], { rng: rng(), rank: 1 });
      mergeLora(layer);
    }],
  ]; // prettier-ignore
  test.each(stale)("%s: a backward pass that needs the old numbers says so", (name, run) => {
    const w = parameter(tensor([[1, 2], [3, 4]]) as Tensor); // prettier-ignore
    w.grad = tensor([[1, 1], [1, 1]]); // prettier-ignore
    const x = parameter(tensor([[5, 6]])); // prettier-ignore
    const y = sum(matmul(x, w as Tensor<[2, 2]>));
    run(w, new Holder(w));
    expect(() => y.backward()).toThrow(
      `needs numbers that it saw, but ${name} changed the tensor [2, 2] in place since; call backward before that`,
    );
  });

  test("the router's selection bias, moved between forward and backward, is marked as well", () => {
    const layer = new MoE(2, 2, { rng: rng(), nExpert: 2, topK: 1, balance: { bias: 0.1 } });
    const bias = layer.router.selectionBias!;
    const x = parameter(tensor([1, 2]));
    const y = sum(mul(x, bias as Tensor<[2]>));
    const routings: Routing[] = [];
    layer.forward(tensor([[1, 2], [3, 5]]), { routings }); // prettier-ignore
    updateSelectionBiases(layer, routings);
    expect(() => y.backward()).toThrow("updateSelectionBiases changed the tensor [2] in place");
  });

  test("a buffer of a module is loaded the same way", () => {
    class Counted extends Module {
      readonly calls = buffer(zeros([2]));
    }
    const model = new Counted();
    const x = parameter(tensor([1, 2]));
    const y = sum(mul(x, model.calls));
    model.loadStateDict(model.stateDict());
    expect(() => y.backward()).toThrow("loadStateDict changed the tensor [2] in place");
  });
});
