import { describe, expect, test, vi } from "vitest";
import * as t from "../../lib/index.js";
import * as tensors from "../../lib/tensor/index.js";
import { int32 } from "./layouts.js";

const f = (...values: number[]): t.Tensor => t.tensor(values);
const rng = new t.Generator(1);
const square: t.Tensor = t.tensor([[1, 2], [3, 4]]); // prettier-ignore
const four: t.Tensor = t.ones([1, 1, 2, 2]);

/** What an argument may be. Everything else must be refused. */
type Kind =
  | "tensor"
  | "tensorOrNumber"
  | "tensorOrNull"
  | "tensors"
  | "number"
  | "integer"
  | "axis"
  | "axes"
  | "list"
  | "values"
  | "word"
  | "function"
  | "generator"
  | "options"
  | "creation"
  | "names";

/** A right call of every function: arguments, each with its kind. `?` after the kind: it may be left out. */
const calls: Record<string, [Kind | `${Kind}?`, unknown][]> = {
  // creation
  arange: [["integer", 3]],
  eye: [["integer", 3]],
  dim: [["word", "T"], ["integer", 3]], // prettier-ignore
  fromArray: [["values", [1, 2]], ["list", [2]], ["creation?", {}]], // prettier-ignore
  full: [["list", [2]], ["number", 1], ["creation?", {}]], // prettier-ignore
  ones: [["list", [2]], ["creation?", {}]], // prettier-ignore
  zeros: [["list", [2]], ["creation?", {}]], // prettier-ignore
  tensor: [["values", [1, 2]], ["creation?", {}]], // prettier-ignore
  randn: [["list", [2]], ["generator", rng], ["options?", {}]], // prettier-ignore
  uniform: [["list", [2]], ["generator", rng], ["options?", {}]], // prettier-ignore
  oneHot: [["tensor", int32([1, 0])], ["integer", 2]], // prettier-ignore
  // autograd
  defineOp: [["word", "f"], ["function", (x: t.Tensor) => x], ["function", (dy: t.Tensor) => [dy]]], // prettier-ignore
  gradcheck: [["function", (x: t.Tensor) => x], ["tensors", [t.tensor([1], { requiresGrad: true })]], ["options?", {}]], // prettier-ignore
  graph: [["tensor", f(1)], ["names?", {}]], // prettier-ignore
  markChanged: [["tensor", f(1)], ["word", "me"]], // prettier-ignore
  noGrad: [["function", () => 1]],
  nudged: [["tensor", square], ["integer", 0], ["number", 1], ["function", () => 1]], // prettier-ignore
  // two tensors
  ...Object.fromEntries(
    ["add", "sub", "mul", "div", "maximum"].map((name) => [name, [["tensorOrNumber", f(1, 2)], ["tensorOrNumber", f(3, 4)]]]), // prettier-ignore
  ),
  where: [["tensor", f(1, 0)], ["tensorOrNumber", f(1, 2)], ["tensorOrNumber", f(3, 4)]], // prettier-ignore
  maskedFill: [["tensor", f(1, 2)], ["tensor", f(1, 0)], ["number", 3]], // prettier-ignore
  swiglu: [["tensor", f(1, 2)], ["tensor", f(1, 2)]], // prettier-ignore
  matmul: [["tensor", square], ["tensor", square]], // prettier-ignore
  linear: [["tensor", square], ["tensor", square], ["tensorOrNull?", f(1, 2)]], // prettier-ignore
  einsum: [["word", "ij,jk->ik"], ["tensor", square], ["tensor", square]], // prettier-ignore
  // one tensor, number by number
  ...Object.fromEntries(
    ["abs", "cos", "exp", "log", "neg", "normalCdf", "reciprocal", "rsqrt", "sin", "sqrt"]
      .concat(["gelu", "geluTanh", "relu", "sigmoid", "silu", "softplus", "sqrtSoftplus", "squaredRelu", "tanh"])
      .map((name) => [name, [["tensor", f(1, 2)]]]),
  ),
  pow: [["tensor", f(1, 2)], ["number", 2]], // prettier-ignore
  clamp: [["tensor", f(1, 2)], ["options", { min: 0 }]], // prettier-ignore
  cast: [["tensor", f(1, 2)], ["word", "int32"]], // prettier-ignore
  dropout: [["tensor", f(1, 2)], ["number", 0.5], ["generator", rng]], // prettier-ignore
  // shapes
  expand: [["tensor", f(1)], ["list", [3]]], // prettier-ignore
  flip: [["tensor", square], ["axes", 0]], // prettier-ignore
  permute: [["tensor", square], ["list", [1, 0]]], // prettier-ignore
  reshape: [["tensor", square], ["list", [4]]], // prettier-ignore
  view: [["tensor", square], ["list", [4]]], // prettier-ignore
  squeeze: [["tensor", t.ones([1, 2])], ["axis", 0]], // prettier-ignore
  unsqueeze: [["tensor", square], ["axis", 0]], // prettier-ignore
  transpose: [["tensor", square], ["axis", 0], ["axis", 1]], // prettier-ignore
  concat: [["tensors", [square, square]], ["axis", 0]], // prettier-ignore
  stack: [["tensors", [square, square]], ["axis", 0]], // prettier-ignore
  repeat: [["tensor", square], ["list", [2, 1]]], // prettier-ignore
  select: [["tensor", square], ["axis", 0], ["integer", 1]], // prettier-ignore
  slice: [["tensor", square], ["axis", 0], ["integer", 1], ["integer?", 2]], // prettier-ignore
  split: [["tensor", square], ["list", [1, 1]], ["axis", 0]], // prettier-ignore
  pad: [["tensor", square], ["axis", 0], ["list", [1, 1]], ["number?", 0]], // prettier-ignore
  tril: [["tensor", square], ["integer?", 0]], // prettier-ignore
  // folds and order
  ...Object.fromEntries(
    ["sum", "mean", "variance", "max", "min"].map((name) => [name, [["tensor", square], ["axes?", 0], ["options?", {}]]]), // prettier-ignore
  ),
  argmax: [["tensor", square], ["axes", 0], ["options?", {}]], // prettier-ignore
  cumsum: [["tensor", square], ["axis", 0]], // prettier-ignore
  sort: [["tensor", square], ["axis?", 0], ["options?", {}]], // prettier-ignore
  topk: [["tensor", square], ["integer", 1], ["axis?", 0]], // prettier-ignore
  topkMaskedSoftmax: [["tensor", square], ["integer", 1], ["axis?", 0]], // prettier-ignore
  softmax: [["tensor", square], ["axis", 0]], // prettier-ignore
  logSoftmax: [["tensor", square], ["axis", 0]], // prettier-ignore
  logsumexp: [["tensor", square], ["axis", 0], ["options?", {}]], // prettier-ignore
  maskedSoftmax: [["tensor", square], ["tensor", square], ["axis", 0]], // prettier-ignore
  // indices
  embedding: [["tensor", square], ["tensor", int32([0])]], // prettier-ignore
  gather: [["tensor", square], ["axis", 0], ["tensor", int32([0, 1], [1, 2])]], // prettier-ignore
  indexSelect: [["tensor", square], ["axis", 0], ["tensor", int32([0])]], // prettier-ignore
  indexAdd: [["tensor", square], ["axis", 0], ["tensor", int32([0])], ["tensor", t.ones([1, 2])], ["number?", 1]], // prettier-ignore
  scatter: [["tensor", square], ["axis", 0], ["tensor", int32([0], [1, 1])], ["tensor", t.ones([1, 1])]], // prettier-ignore
  scatterAdd: [["tensor", square], ["axis", 0], ["tensor", int32([0], [1, 1])], ["tensor", t.ones([1, 1])]], // prettier-ignore
  // layers
  crossEntropy: [["tensor", square], ["tensor", int32([0, 1])], ["options?", {}]], // prettier-ignore
  layerNorm: [["tensor", square], ["tensorOrNull", f(1, 1)], ["tensorOrNull?", f(1, 1)], ["number?", 1e-5]], // prettier-ignore
  rmsNorm: [["tensor", square], ["tensorOrNull", f(1, 1)], ["number?", 1e-5]], // prettier-ignore
  rotary: [["tensor", square], ["tensor", int32([0, 1])], ["options?", {}]], // prettier-ignore
  scaledDotProductAttention: [["tensor", four], ["tensor", four], ["tensor", four], ["options?", {}]], // prettier-ignore
};

class Loop extends Array<unknown> {}
const cyclic = new Loop();
cyclic.push(cyclic);

/** Values that plain JavaScript, JSON or CSV hands over, and which kinds they may be. */
const values: [name: string, value: unknown, kinds: Kind[]][] = [
  ["undefined", undefined, []],
  ["null", null, ["tensorOrNull", "axes"]],
  ["a boolean", true, []],
  ["a bigint", 1n, []],
  ["a digit", "1", ["word"]],
  ["a word", "no such word", ["word"]],
  ["a symbol", Symbol("s"), []],
  ["a Date", new Date(0), ["names"]],
  ["an object", { a: 1 }, ["options", "creation"]],
  ["a Map", new Map(), ["names"]],
  ["a function", () => 1, ["function"]],
  ["NaN", NaN, ["tensorOrNumber", "number", "values"]],
  ["a fraction", 1.5, ["tensorOrNumber", "number", "values"]],
  ["an integer that is too large", 1e20, ["tensorOrNumber", "number", "values", "integer"]],
  ["an array of numbers", [1, 2], ["values", "list", "axes"]],
  ["an array of strings", ["1", "2"], []],
  ["an array with null", [1, null], []],
  ["an array with a hole", [1, , 2], []],
  ["a cyclic array", cyclic, []],
  ["a typed array", Float32Array.of(1, 2), ["values"]],
  ["a BigInt64Array", BigInt64Array.of(1n), []],
  ["a DataView", new DataView(new ArrayBuffer(8)), ["names"]],
  ["a tensor", f(1, 2), ["tensor", "tensorOrNumber", "tensorOrNull"]],
];

/** Null if `call` throws a sentence that names `name`, as an engine's own TypeError does not; else what it did. */
function isRefused(name: string, call: () => unknown): string | null {
  let result: unknown;
  try {
    result = call();
  } catch (error) {
    const { message } = error as Error;
    return new RegExp(`\\b${name}\\b`).test(message) ? null : `threw ${String(error)}`;
  }
  return `gave ${String(result)}`;
}

const functions = { ...tensors, dropout: t.dropout } as unknown as Record<string, (...args: unknown[]) => unknown>;

describe("what the compiler cannot see is refused at the door, in a sentence that names the function", () => {
  test("by every function that is exported", () => {
    const exported = Object.entries(tensors).filter(([, value]) => typeof value === "function" && !/^[A-Z]/.test(value.name)); // prettier-ignore
    expect(Object.keys(calls).sort()).toEqual([...exported.map(([name]) => name), "dropout"].sort());
  });

  test.each(Object.keys(calls))("%s", (name) => {
    const args = calls[name].map(([, value]) => value);
    expect(() => functions[name](...args)).not.toThrow();
    const wrong = calls[name].flatMap(([said], i) =>
      values.flatMap(([what, value, kinds]) => {
        const kind = said.replace("?", "") as Kind;
        if (kinds.includes(kind) || (value === undefined && said.endsWith("?"))) return [];
        const answer = isRefused(name, () => functions[name](...args.with(i, value)));
        return answer === null ? [] : [`argument ${i}: ${what} ${answer}`];
      }),
    );
    expect(wrong).toEqual([]);
  });

  test("a tensor inside a list or the options, too", () => {
    const inner: [string, (x: never) => unknown][] = [
      ["concat", (x) => t.concat([square, x], 0)],
      ["stack", (x) => t.stack([square, x], 0)],
      ["gradcheck", (x) => t.gradcheck((a) => a, [x])],
      ["scaledDotProductAttention", (x) => t.scaledDotProductAttention(four, four, four, { bias: x })],
      ["scaledDotProductAttention", (x) => t.scaledDotProductAttention(four, four, four, { mask: x })],
      ["backward", (x) => t.sum(t.tensor([1], { requiresGrad: true })).backward({ gradient: x })],
    ];
    for (const [name, call] of inner)
      for (const x of ["1", 1, [1], { shape: [1] }, true])
        expect([name, x, isRefused(name, () => call(x as never))]).toEqual([name, x, null]);
  });

  test("numbers and words inside the options, too", () => {
    const x = t.tensor([1], { requiresGrad: true });
    const inner: [string, () => unknown][] = [
      ["crossEntropy", () => t.crossEntropy(square, int32([0, 1]), { labelSmoothing: 2 })],
      ["crossEntropy", () => t.crossEntropy(square, int32([0, 1]), { labelSmoothing: -0.1 })],
      ["crossEntropy", () => t.crossEntropy(square, int32([0, 1]), { labelSmoothing: NaN })],
      ["crossEntropy", () => t.crossEntropy(square, int32([0, 1]), { labelSmoothing: "0.1" as never })],
      ["crossEntropy", () => t.crossEntropy(square, int32([0, 1]), { reduction: "avg" as never })],
      ["crossEntropy", () => t.crossEntropy(square, int32([0, 1]), { ignoreIndex: 0.5 })],
      ["layerNorm", () => t.layerNorm(square, null, null, -5)],
      ["rmsNorm", () => t.rmsNorm(square, null, NaN)],
      ["rotary", () => t.rotary(square, int32([0, 1]), { layout: "x" as never })],
      ["rotary", () => t.rotary(square, int32([0, 1]), { theta: 0 })],
      ["scaledDotProductAttention", () => t.scaledDotProductAttention(four, four, four, { scale: "1" as never })],
      ["clamp", () => t.clamp(square, { min: "0" as never })],
      ["variance", () => t.variance(square, 0, { correction: "1" as never })],
      ["tensor", () => t.tensor([1], { dtype: "float64" as never })],
      ["zeros", () => t.zeros([1], "int64" as never)],
      ["requiresGrad", () => t.tensor([1], { dtype: "int32", requiresGrad: true })],
      ["requiresGrad", () => (t.arange(2).requiresGrad = true)],
      ["gradcheck", () => t.gradcheck((a) => a, [x], { step: "1" as never })],
      ["randn", () => t.randn([1], rng, { std: "1" as never })],
      ["uniform", () => t.uniform([1], rng, { low: "0" as never })],
    ];
    for (const [name, call] of inner) expect([String(call), isRefused(name, call)]).toEqual([String(call), null]);
  });

  test("in place: set writes nothing unless it can write all", () => {
    const x = t.tensor([1, 2], "int32");
    for (const wrong of [
      "12",
      [3, NaN],
      [3, "4"],
      [3, 1.5],
      f(3, 0.5),
      Float32Array.of(3, 3e9),
      [3, 4n],
      null,
      {},
      [3],
      1.5,
    ])
      expect(isRefused("set", () => x.set(wrong as never))).toBeNull();
    expect(x.toArray()).toEqual([1, 2]);
  });
});

test("ragged and cyclic arrays end in a sentence, as does an array that is nested too deep", () => {
  expect(() => t.tensor([[1, 2], [3]])).toThrow("tensor: rows must be equally long; at depth 1 there is 1 elements");
  expect(() => t.tensor([[1], "2"] as never)).toThrow('tensor: the string "2" is not a number');
  expect(() =>
    t.tensor([
      [1, 2],
      ["3", "4"],
    ] as never),
  ).toThrow('tensor: the string "3" is not a number');
  expect(() => t.tensor([[1], [[2]]] as never)).toThrow("tensor: an array of 1 is not a number");
  expect(() => t.tensor([cyclic] as never)).toThrow("tensor: the arrays are nested more than 6 deep");
  expect(t.tensor([[Int32Array.of(1, 2)], [[3, 4]]] as never).toArray()).toEqual([[[1, 2]], [[3, 4]]]);
});

describe("the highest rank is spoken where it is crossed", () => {
  const six = t.ones([1, 1, 1, 1, 1, 1]);
  const crossing: [string, () => unknown][] = [
    ["reshape", () => t.reshape(six, [1, 1, 1, 1, 1, 1, 1])],
    ["view", () => t.view(six, [1, 1, 1, 1, 1, 1, 1])],
    ["unsqueeze", () => t.unsqueeze(six, 0)],
    ["expand", () => t.expand(six, [1, 1, 1, 1, 1, 1, 1])],
    ["stack", () => t.stack([six, six], 0)],
    ["repeat", () => t.repeat(six, [2, 1, 1, 1, 1, 1, 1])],
    ["embedding", () => t.embedding(square as never, t.zeros([1, 1, 1, 1, 1, 1], "int32"))],
    ["oneHot", () => t.oneHot(t.zeros([1, 1, 1, 1, 1, 1], "int32"), 2)],
    ["einsum", () => t.einsum("abcd,efgh->abcdefgh", t.ones([1, 1, 1, 1]), t.ones([1, 1, 1, 1]))],
    ["zeros", () => t.zeros([1, 1, 1, 1, 1, 1, 1])],
    ["tensor", () => t.tensor([[[[[[[1]]]]]]])],
  ];
  test.each(crossing)("%s", (name, call) => {
    expect(isRefused(name, call)).toBeNull();
    expect(call).toThrow(/6/);
  });
});

describe("two copies of the package in one process", () => {
  test("a tensor of the other copy is refused with what mends it, by each op and by the layers", async () => {
    vi.resetModules();
    const other = await import("../../lib/index.js");
    expect(other.Tensor).not.toBe(t.Tensor);
    const sentence = /is a tensor of another copy of twinformer.*load the package once/;
    expect(() => t.add(f(1, 2), other.tensor([1, 2]) as never)).toThrow(sentence);
    expect(() => t.matmul(square, other.ones([2, 2]) as never)).toThrow(sentence);
    const layer = new t.Linear(2, 2, { rng });
    expect(() => layer.forward(other.ones([2, 2]) as never)).toThrow(sentence);
    for (const [name, args] of Object.entries(calls))
      args.forEach(([kind], i) => {
        if (!kind.startsWith("tensor") || kind === "tensors") return;
        const call = (): unknown => functions[name](...args.map(([, x]) => x).with(i, other.ones([2, 2])));
        expect(call, name).toThrow(sentence);
      });
    expect(() => f(1).set(other.tensor([1]) as never)).toThrow(/set/);
  });
});
