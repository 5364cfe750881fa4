import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import {
  applyLora,
  buffer,
  Dropout,
  evaluating,
  Generator,
  Linear,
  KVCache,
  loadSafetensors,
  loraState,
  mergeLora,
  Module,
  ones,
  parameter,
  saveSafetensors,
  type Tensor,
  treeRows,
  zeros,
} from "../../lib/index.js";

const rng = new Generator(1);
class Net extends Module {
  constructor(readonly held: unknown) {
    super();
  }
}
class Layer extends Module {
  readonly linear = new Linear(2, 2, { rng });
  readonly drop = new Dropout(0.5, { rng });
  readonly counts = buffer(zeros([1]));
}

/** A module somewhere in containers, and the path at which it must be found. */
interface Nested {
  held: unknown;
  path: string;
}
const wrap = (inner: fc.Arbitrary<Nested>): fc.Arbitrary<Nested> => {
  const key = fc.constantFrom("a", "left", "0", "x1");
  const index = fc.integer({ min: 0, max: 2 });
  const filled = (i: number, value: unknown): unknown[] => [
    ...Array.from({ length: i }, (_, j) => j),
    value,
    null,
    "text",
  ];
  return fc.oneof(
    fc.tuple(inner, index).map(([{ held, path }, i]) => ({ held: filled(i, held), path: `${i}.${path}` })),
    fc.tuple(inner, key).map(([{ held, path }, k]) => ({ held: { note: 1, [k]: held }, path: `${k}.${path}` })),
    fc.tuple(inner, key).map(([{ held, path }, k]) => ({
      held: Object.assign(Object.create(null) as object, { [k]: held }),
      path: `${k}.${path}`,
    })),
    fc.tuple(inner, key).map(([{ held, path }, k]) => ({
      held: new Map([
        ["n", 3],
        [k, held],
      ] as never),
      path: `${k}.${path}`,
    })),
    fc.tuple(inner, index).map(([{ held, path }, i]) => ({ held: new Map([[i, held]]), path: `${i}.${path}` })),
    inner.map(({ held, path }) => ({ held: new Map([[{}, held]]), path: `0.${path}` })),
    fc.tuple(inner, index).map(([{ held, path }, i]) => ({ held: new Set(filled(i, held)), path: `${i}.${path}` })),
    inner.map(({ held, path }) => ({ held: new Net(held), path: `held.${path}` })),
  );
};
const nested: fc.Arbitrary<{ net: Net; layer: Layer; path: string }> = fc.integer({ min: 0, max: 5 }).chain((depth) => {
  const start = fc.constant(null).map(() => ({ held: new Layer(), path: "" }));
  return start.chain((leaf) => {
    let arbitrary: fc.Arbitrary<Nested> = fc.constant(leaf);
    for (let i = 0; i < depth; i++) arbitrary = wrap(arbitrary);
    return arbitrary.map(({ held, path }) => ({
      net: new Net(held),
      layer: leaf.held,
      path: `held.${path}`.replace(/\.$/, ""),
    }));
  });
});

describe("a module in arrays, objects, Maps and Sets, however deep", () => {
  test("is found by parameters, buffers, modes, gradients, children, LoRA, checkpoints and printing alike", () => {
    fc.assert(
      fc.property(nested, ({ net, layer, path }) => {
        expect(net.namedParameters().map(([name]) => name)).toEqual([`${path}.linear.weight`, `${path}.linear.bias`]);
        expect(net.namedBuffers().map(([name]) => name)).toEqual([`${path}.counts`]);
        expect(net.parameters()[0]).toBe(layer.linear.weight);
        expect(net.modules()).toContain(layer);
        expect(new Map(net.namedModules()).get(path)).toBe(layer);
        expect(net.children()).toHaveLength(1);
        expect(net.namedChildren()[0][1]).toBe(net.children()[0]);
        net.eval();
        expect([layer.training, layer.drop.training]).toEqual([false, false]);
        net.train();
        expect(evaluating(net, () => layer.drop.forward(ones([8])).toArray())).toEqual(ones([8]).toArray());
        expect(layer.drop.training).toBe(true);
        layer.linear.weight.grad = ones([2, 2]);
        net.zeroGrad();
        expect(layer.linear.weight.grad).toBeNull();
        expect(net.totalParameters()).toBe(6);
        expect(treeRows(net)[0].count).toBe(6);
        expect(String(net)).toContain("weight [2, 2], bias [2]");
        const other = new Net(net.held);
        const { state } = loadSafetensors(saveSafetensors(net.stateDict()));
        expect(Object.keys(other.loadStateDict(state))).toEqual(["missing", "unknown"]);
        expect([...applyLora(net, ["linear"], { rng, rank: 1 }).keys()]).toEqual([`${path}.linear`]);
        expect(net.trainableParameters()).toBe(4);
        expect(mergeLora(net)).toBe(1);
      }),
      { numRuns: 150 },
    );
  });

  test("so are parameters that stand in containers by themselves", () => {
    const [a, b, c] = [1, 2, 3].map((n) => parameter(zeros([n])));
    const net = new Net({ list: [[a]], map: new Map([["b", b]]), set: new Set([c]) });
    expect(net.namedParameters().map(([name]) => name)).toEqual(["held.list.0.0", "held.map.b", "held.set.0"]);
    expect(net.parameters().every((p, i) => p === [a, b, c][i])).toBe(true);
  });

  test("the mode of a dropout in a nested array, as a student writes it", () => {
    class Blocks extends Module {
      blocks = [[new Linear(2, 2, { rng }), new Dropout(0.5, { rng })]];
    }
    const net = new Blocks().eval();
    expect(net.blocks[0][1].training).toBe(false);
    expect(net.modules()).toHaveLength(3);
    expect(String(net)).toContain("blocks.0.1  Dropout");
  });
});

describe("what is used in two places", () => {
  const one = new Linear(2, 2, { rng });
  const net = new Net([one, { again: one }, new Net(one)]);

  test("is one module and counts once, by its first path", () => {
    expect(net.modules()).toEqual([net, one, (net.held as unknown[])[2]]);
    expect(net.namedModules().map(([path]) => path)).toEqual(["held.0", "held.2"]);
    expect(net.children()).toHaveLength(2);
    expect(net.totalParameters()).toBe(6);
    expect(treeRows(net)[0].count).toBe(6);
    expect(Object.keys(net.stateDict())).toEqual(["held.0.weight", "held.0.bias"]);
  });

  test("many times over does not make the walk long", () => {
    let deep: Module = new Linear(2, 2, { rng });
    for (let i = 0; i < 60; i++) deep = new Net([deep, deep]);
    expect(deep.modules()).toHaveLength(61);
    expect(deep.totalParameters()).toBe(6);
  });

  test("a container that contains itself is opened once", () => {
    const list: unknown[] = [one];
    list.push(list, { list });
    expect(new Net(list).namedModules().map(([path]) => path)).toEqual(["held.0"]);
  });
});

describe("what cannot be walked is refused in one sentence", () => {
  class Child extends Module {
    parent: unknown = null;
    readonly linear = new Linear(2, 2, { rng });
  }
  class Parent extends Module {
    readonly child = new Child();
    constructor(reference: (parent: Parent) => unknown) {
      super();
      this.child.parent = reference(this);
    }
  }
  const sentence =
    "Parent: child.parent leads back to the model itself, so it would be a part of itself; keep a reference to a parent in a #private field, where no walk goes";
  const walks: [string, (model: Module) => unknown][] = [
    ["parameters", (m) => m.parameters()],
    ["buffers", (m) => m.namedBuffers()],
    ["modules", (m) => m.modules()],
    ["namedModules", (m) => m.namedModules()],
    ["eval", (m) => m.eval()],
    ["zeroGrad", (m) => m.zeroGrad()],
    ["stateDict", (m) => m.stateDict()],
    ["evaluating", (m) => evaluating(m, () => 1)],
    ["applyLora", (m) => applyLora(m, ["linear"], { rng, rank: 1 })],
    ["toString", (m) => String(m)],
  ];
  test.each(walks)("a child that refers to its parent: %s", (_, walk) => {
    expect(() => walk(new Parent((parent) => parent))).toThrow(sentence);
    expect(() => walk(new Parent((parent) => new Map([["up", [parent]]])))).toThrow(
      "Parent: child.parent.up.0 leads back",
    );
    const deep = new Net([new Parent((parent) => parent)]);
    expect(() => walk(deep)).toThrow("Net: held.0.child.parent leads back to held.0, so");
  });

  test("two parts under one path", () => {
    const net = new Net({ "a.0": new Linear(2, 2, { rng }), a: [new Linear(2, 2, { rng })] });
    expect(() => net.parameters()).toThrow("Net: two of its parts are both called held.a.0; rename one");
    expect(() => new Net(new Map<unknown, Tensor>([[1, parameter(zeros([1]))], ["1", parameter(zeros([1]))]])).stateDict()).toThrow("both called held.1"); // prettier-ignore
  });

  test("a #private field is not seen, as the documentation of Module says, and a reference kept there does no harm", () => {
    class Private extends Module {
      readonly #parent: Module;
      readonly linear = new Linear(2, 2, { rng });
      constructor(parent: Module) {
        super();
        this.#parent = parent;
      }
      get above(): Module {
        return this.#parent;
      }
    }
    const top = new Net(null);
    Object.assign(top, { held: new Private(top) });
    expect(top.totalParameters()).toBe(6);
  });
});

test("the tree joins equal neighbors by the numbers that they have, and no others", () => {
  const sizes = Object.fromEntries([8, 16, 17].map((n) => [`x${n}`, new Linear(2, 2, { rng })]));
  expect(treeRows(new Net(sizes)).map(({ name }) => name)).toEqual(["", "held.x8", "held.x16-17"]);
});

describe("what is no module or parameter of this package", () => {
  const lora = { rng, rank: 1 };
  const doors: [string, (model: never) => unknown][] = [
    ["evaluating", (model) => evaluating(model, () => 1)],
    ["applyLora", (model) => applyLora(model, ["x"], lora)],
    ["mergeLora", mergeLora],
    ["loraState", loraState],
  ];
  test.each([...doors, ["treeRows", treeRows]] as typeof doors)("%s refuses what is no module", (name, call) => {
    for (const model of [undefined, null, 3, "a", {}, [], ones([2]), () => 1])
      expect(() => call(model as never)).toThrow(`${name}: needs a module, got`);
  });

  test("evaluating needs a function", () => {
    for (const body of [undefined, null, 3, {}, ones([1])])
      expect(() => evaluating(new Net(null), body as never)).toThrow("evaluating: needs a function to run, got");
  });

  test.each([
    ["parameter", parameter],
    ["buffer", buffer],
  ] as const)("%s needs a tensor", (name, mark) => {
    for (const x of [undefined, null, 3, "a", {}, [1]]) expect(() => mark(x as never)).toThrow(`${name}: it must be a tensor, got`); // prettier-ignore
  });

  test("modules and tensors of another copy are refused, not passed over", async () => {
    vi.resetModules();
    const other = await import("../../lib/index.js");
    const rngThere = new other.Generator(1);
    const sentence = /of another copy of twinformer.*load the package once/;
    for (const held of [new other.Linear(2, 2, { rng: rngThere }), other.parameter(other.ones([2]))])
      for (const net of [
        new Net(held),
        new Net([[held]]),
        new Net(new Map([["a", held]])),
        new Net({ a: { b: held } }),
      ])
        for (const walk of [() => net.parameters(), () => net.eval(), () => net.stateDict(), () => String(net)])
          expect(walk).toThrow(sentence);
    for (const [name, call] of doors)
      expect(() => call(new other.Linear(2, 2, { rng: rngThere }) as never), name).toThrow(sentence);
    for (const mark of [parameter, buffer]) expect(() => mark(other.ones([2]) as never)).toThrow(sentence);
    const [here, there] = [ones([1, 1, 1, 2]), other.ones([1, 1, 1, 2]) as never];
    expect(() => new KVCache().append(here, there)).toThrow(sentence);
    expect(() => new KVCache().append(there, here)).toThrow(sentence);
  });
});
