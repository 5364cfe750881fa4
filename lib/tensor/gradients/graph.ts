/** The recorded graph as plain rows, to print or draw. */

import { type Node, nodesFrom } from "../autograd.js";
import { checkTensor, describe, isTensor, ShapeError } from "../check.js";
import type { Tensor } from "../tensor.js";

/** One op or one leaf of a graph. */
export interface GraphRow {
  /** Position in the list: each row stands behind those that it was computed from. */
  id: number;
  /** "mul", "softmax"; "leaf" for a tensor with `requiresGrad`. */
  op: string;
  shape: number[];
  /** Ids of the rows that it was computed from. Constants are not recorded, so an op may have fewer than it has arguments. */
  inputs: number[];
  /** What a leaf is called, where that was told; null for ops. */
  name: string | null;
}

/** The graph that `loss` was computed by, leaves and ops in an order of computation.
 *  @param names what the leaves are called: `{ w, b }`, or `model.namedParameters()`
 *  @example
 *  const w = tensor([1, 2], { requiresGrad: true });
 *  graph(sum(mul(w, w)), { w }).map((row) => [row.op, row.inputs]) // => [["leaf", []], ["mul", [0, 0]], ["sum", [1]]] */
export function graph(
  loss: Tensor,
  names: Readonly<Record<string, Tensor>> | Iterable<readonly [string, Tensor]> = {},
): GraphRow[] {
  checkTensor("graph", "loss", loss);
  if (typeof names !== "object" || names === null)
    throw new ShapeError(`graph: the names must be an object or pairs of a name and a tensor, got ${describe(names)}`);
  const pairs = Symbol.iterator in names ? [...names] : Object.entries(names);
  for (const pair of pairs) {
    if (!Array.isArray(pair)) throw new ShapeError(`graph: ${describe(pair)} is no pair of a name and a tensor`);
    checkTensor("graph", `the leaf ${pair[0]}`, pair[1]);
  }
  const nameOf = new Map(pairs.map(([name, x]) => [x, name]));
  const rows: GraphRow[] = [];
  const ids = new Map<Node | Tensor, number>();
  const add = (of: Node | Tensor, op: string, inputs: number[], name: string | null): number => {
    const id = rows.push({ id: rows.length, op, shape: [...of.shape], inputs, name }) - 1;
    ids.set(of, id);
    return id;
  };
  const leaf = (x: Tensor): number => ids.get(x) ?? add(x, "leaf", [], nameOf.get(x) ?? null);
  if (!loss.node) {
    leaf(loss);
    return rows;
  }
  for (const node of nodesFrom(loss.node).reverse()) {
    const inputs = node.inputs.filter((edge) => edge !== null);
    add(
      node,
      node.name,
      inputs.map((edge) => (isTensor(edge) ? leaf(edge) : ids.get(edge)!)),
      null,
    );
  }
  return rows;
}
