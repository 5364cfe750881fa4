import { describe, expect, test } from "vitest";
import { add, graph, linear, mul, sum, tensor, type Tensor } from "../../../lib/tensor/index.js";
import { Linear } from "../../../lib/nn/linear.js";
import { Generator } from "../../../lib/tensor/random.js";
import type { X } from "../layouts.js";

const leaf = (values: number[] | number[][]): X => tensor(values, { requiresGrad: true });

describe("graph", () => {
  test("lists leaves and ops, each behind what it was computed from; constants are left out", () => {
    const [w, b] = [leaf([[1, 2]]), leaf([3])];
    const y = sum(add(linear(tensor([1, 1]), w as never), b) as Tensor);
    expect(graph(y, { w })).toEqual([
      { id: 0, op: "leaf", shape: [1, 2], inputs: [], name: "w" },
      { id: 1, op: "linear", shape: [1], inputs: [0], name: null },
      { id: 2, op: "leaf", shape: [1], inputs: [], name: null },
      { id: 3, op: "add", shape: [1], inputs: [1, 2], name: null },
      { id: 4, op: "sum", shape: [], inputs: [3], name: null },
    ]);
  });

  test("shows a tensor that is used twice once, with two edges", () => {
    const x = leaf([1]);
    const rows = graph(mul(x, x));
    expect(rows.map((row) => row.inputs)).toEqual([[], [0, 0]]);
  });

  test("takes the names of a module", () => {
    const layer = new Linear(2, 3, { rng: new Generator(0) });
    const rows = graph(sum(layer.forward(tensor([1, 1]) as never)), layer.namedParameters());
    expect(rows.filter((row) => row.op === "leaf").map((row) => row.name)).toEqual(["weight", "bias"]);
  });

  test("is plain data that outlives the graph", () => {
    const x = leaf([1, 2]);
    const y = sum(mul(x, x));
    const rows = graph(y);
    y.backward();
    expect(JSON.parse(JSON.stringify(rows))).toEqual(rows);
    expect(graph(y)).toEqual(rows);
  });

  test("of a leaf or a constant is that one row", () => {
    expect(graph(leaf([1]), { x: tensor([2]) })).toEqual([{ id: 0, op: "leaf", shape: [1], inputs: [], name: null }]);
  });

  test("of 50,000 ops neither overflows the stack nor takes long", () => {
    let y: X = leaf([1]);
    for (let i = 0; i < 50_000; i++) y = add(y, 1);
    expect(graph(y)).toHaveLength(50_001);
  });
});
