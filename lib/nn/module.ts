/** The base of all layers: finds the parameters among a layer's own properties. */

import { Tensor, write } from "../tensor/tensor.js";
import { sameShape, ShapeError, show } from "../tensor/check.js";
import { printTree } from "./tree.js";

/** What `parameter` marked. Apart from `requiresGrad`, so that a frozen parameter still belongs to its model. */
const parameters = new WeakSet<Tensor>();

/** A part of a model. Its parameters are those among its properties, and those of the modules among them, named by their
 *  path: `blocks.0.attention.query.weight`. To freeze one, set its `requiresGrad` to false. */
export abstract class Module {
  /** Every parameter with its path. A tensor that is used in two places (a tied embedding) appears once. */
  namedParameters(): [string, Tensor][] {
    const found = new Map<Tensor, string>();
    collect(this, "", found);
    return [...found].map(([parameter, name]) => [name, parameter]);
  }

  /** The modules among this one's own properties, in arrays too. */
  children(): Module[] {
    const values: unknown[] = Object.values(this).flatMap((value: unknown): unknown => value);
    return values.filter((value) => value instanceof Module);
  }

  /** The same with their names: `attention`, or `blocks.0` for the first of an array. */
  namedChildren(): [string, Module][] {
    const entries = Object.entries(this).flatMap(([name, value]: [string, unknown]): [string, unknown][] =>
      Array.isArray(value) ? value.map((item: unknown, i) => [`${name}.${i}`, item]) : [[name, value]],
    );
    return entries.filter((entry): entry is [string, Module] => entry[1] instanceof Module);
  }

  parameters(): Tensor[] {
    return this.namedParameters().map(([, parameter]) => parameter);
  }

  /** Number of all trainable numbers. How many of them work on one token: `countParameters` in `twinformer/models`. */
  totalParameters(): number {
    return this.parameters().reduce((sum, parameter) => sum + parameter.size, 0);
  }

  /** Forgets all gradients. */
  zeroGrad(): void {
    for (const parameter of this.parameters()) parameter.grad = null;
  }

  /** A copy of every parameter by path. */
  stateDict(): Record<string, { shape: number[]; data: Float32Array }> {
    return Object.fromEntries(
      this.namedParameters().map(([name, p]) => [
        name,
        { shape: [...p.shape], data: p.toTypedArray() as Float32Array },
      ]),
    );
  }

  /** Overwrites every parameter with the numbers of a `stateDict`. Nothing is written unless all of it fits. */
  loadStateDict(state: Readonly<Record<string, { shape: readonly number[]; data: ArrayLike<number> }>>): void {
    const named = this.namedParameters();
    const unknown = Object.keys(state).filter((name) => !named.some(([own]) => own === name));
    if (unknown.length) throw new Error(`loadStateDict: this model has no parameter ${unknown.join(", ")}`);
    for (const [name, parameter] of named) {
      const entry = state[name];
      if (!entry) throw new Error(`loadStateDict: the parameter ${name} is missing`);
      if (!sameShape(entry.shape, parameter.shape)) {
        throw new ShapeError(
          `loadStateDict: ${name} is ${show(parameter.shape)} here and ${show(entry.shape)} in the state`,
        );
      }
      if (entry.data.length !== parameter.size) {
        throw new ShapeError(
          `loadStateDict: ${name} ${show(parameter.shape)} needs ${parameter.size} numbers, the state has ${entry.data.length}`,
        );
      }
    }
    for (const [name, parameter] of named) write(parameter).set(state[name].data);
  }

  /** The modules as a tree, with shapes and numbers of parameters. */
  toString(): string {
    return printTree(this);
  }

  /** What Node's console and a notebook show. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }
}

function collect(value: unknown, path: string, found: Map<Tensor, string>): void {
  if (value instanceof Tensor) {
    const tensor = value as Tensor;
    if (parameters.has(tensor) && !found.has(tensor)) found.set(tensor, path);
  } else if (value instanceof Module || Array.isArray(value)) {
    for (const [key, inner] of Object.entries(value)) collect(inner, path ? `${path}.${key}` : key, found);
  }
}

/** Marks a tensor as a parameter: float32, and not a view, for it will be changed in place. */
export function parameter<T extends Tensor>(x: T): T {
  if (x.dtype !== "float32") throw new ShapeError(`a parameter must be float32, got ${x.dtype} ${show(x.shape)}`);
  if (x.node || !x.isContiguous || x.storage.length !== x.size) {
    throw new ShapeError(
      `a parameter must own its numbers, but ${show(x.shape)} is a view or was computed from others`,
    );
  }
  x.requiresGrad = true;
  parameters.add(x);
  return x;
}
