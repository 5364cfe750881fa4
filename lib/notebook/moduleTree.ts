import { ownWords, treeRows } from "../nn/structure/tree.js";
import type { Module } from "../nn/module.js";
import { type Figure, modules, type ModulesOptions } from "../plot/index.js";

/** The parts of a model as a tree: name, class, weights with their shapes, number of parameters (of all copies that a line stands
 *  for), and a bar for their share of the whole. */
export function moduleTree(model: Module, options: ModulesOptions = {}): Figure {
  const rows = treeRows(model).map((row) => ({
    name: row.depth === 0 ? "model" : row.name,
    depth: row.depth,
    kind: row.kind,
    shape: ownWords(row),
    parameters: row.copies * row.count,
  }));
  return modules(rows, options);
}
