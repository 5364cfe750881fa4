/** The base of all layers: finds the parameters among a layer's own properties. */

import { markChanged, Tensor, write } from "../tensor/tensor.js";
import { sameShape, ShapeError, show } from "../tensor/check.js";
import { type Role, setRole } from "./state/role.js";
import { printTree } from "./tree.js";

/** What `parameter` marked. Apart from `requiresGrad`, so that a frozen parameter still belongs to its model. */
const parameters = new WeakSet<Tensor>();
/** What `buffer` marked. */
const buffers = new WeakSet<Tensor>();

/** The numbers of a model by path, as plain data: what `stateDict` gives and a checkpoint file holds. */
export type StateDict = Record<string, { shape: readonly number[]; data: Float32Array | Int32Array }>;

/** What `loadStateDict` read, which may be less exactly typed. */
export type StateInput = Readonly<Record<string, { shape: readonly number[]; data: ArrayLike<number> }>>;

/** A part of a model. Its parameters are those among its properties, and those of the modules among them, named by their
 *  path: `blocks.0.attention.query.weight`. To freeze one, set its `requiresGrad` to false.
 *  @example
 *  class Twice extends Module {
 *    readonly inner = new Linear(2, 3, { rng: new Generator(1) });
 *    forward(x: Tensor<[2]>) {
 *      return mul(this.inner.forward(x), 2);
 *    }
 *  }
 *  new Twice().namedParameters().map(([name]) => name); // => ["inner.weight", "inner.bias"] */
export abstract class Module {
  /** True while it trains, false while it is evaluated: dropout and noise look here. Set by `train()` and `eval()`. */
  training = true;

  /** Sets the mode of this module and of all in it: to train (the default), or with false to evaluate. */
  train(mode = true): this {
    for (const module of this.modules()) module.training = mode;
    return this;
  }

  /** The same as `train(false)`: no dropout, no noise. */
  eval(): this {
    return this.train(false);
  }

  /** Every parameter with its path. A tensor that is used in two places (a tied embedding) appears once. */
  namedParameters(): [string, Tensor][] {
    return marked(this, (tensor) => parameters.has(tensor));
  }

  /** What belongs to the state but is not trained by gradients: the tensors that `buffer` marked, with their paths. */
  namedBuffers(): [string, Tensor][] {
    return marked(this, (tensor) => buffers.has(tensor));
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

  /** This module and all below it. */
  modules(): Module[] {
    return [this, ...this.children().flatMap((child) => child.modules())];
  }

  /** All modules below this one with their paths: `blocks.0.attention.query`. */
  namedModules(): [string, Module][] {
    return this.namedChildren().flatMap(([name, child]): [string, Module][] => [
      [name, child],
      ...child.namedModules().map(([inner, module]): [string, Module] => [`${name}.${inner}`, module]),
    ]);
  }

  /** Every parameter: what an optimizer is given. */
  parameters(): Tensor[] {
    return this.namedParameters().map(([, parameter]) => parameter);
  }

  /** Number of all learned numbers, frozen ones too. How many of them work on one token: `countParameters` in
   *  `twinformer/models`. */
  totalParameters(): number {
    return this.parameters().reduce((sum, parameter) => sum + parameter.size, 0);
  }

  /** Number of those that are not frozen. */
  trainableParameters(): number {
    return this.parameters().reduce((sum, parameter) => sum + (parameter.requiresGrad ? parameter.size : 0), 0);
  }

  /** Forgets all gradients. */
  zeroGrad(): void {
    for (const parameter of this.parameters()) parameter.grad = null;
  }

  /** A copy of every parameter and buffer by path. `saveSafetensors` turns it into bytes. */
  stateDict(): StateDict {
    return Object.fromEntries(
      [...this.namedParameters(), ...this.namedBuffers()].map(([name, tensor]) => [
        name,
        { shape: [...tensor.shape], data: tensor.toTypedArray() },
      ]),
    );
  }

  /** Overwrites every parameter and buffer with the numbers of a `stateDict`. Nothing is written unless all of it fits.
   *  Throws a sentence that names what is missing, unknown or of another shape.
   *  @param options.strict default true; false loads what has the same name and leaves the rest
   *  @returns the names that the state lacks, and those that the model lacks */
  loadStateDict(
    state: StateInput,
    { strict = true }: { strict?: boolean } = {},
  ): { missing: string[]; unknown: string[] } {
    const own = new Map([...this.namedParameters(), ...this.namedBuffers()]);
    const unknown = Object.keys(state).filter((name) => !own.has(name));
    const missing = [...own.keys()].filter((name) => !Object.hasOwn(state, name));
    const hint = "; { strict: false } loads the rest";
    if (strict && unknown.length) throw new Error(`loadStateDict: this model has no ${listed(unknown)}${hint}`);
    if (strict && missing.length) throw new Error(`loadStateDict: the state has no ${listed(missing)}${hint}`);
    const both = [...own].filter(([name]) => Object.hasOwn(state, name));
    for (const [name, tensor] of both) checkFits(name, tensor, state[name]);
    for (const [name, tensor] of both) {
      write(tensor).set(state[name].data);
      markChanged(tensor, "loadStateDict");
    }
    return { missing, unknown };
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

/** Names for a sentence: the first few, and how many more. */
function listed(names: readonly string[]): string {
  const rest = names.length - 4;
  return rest > 1 ? `${names.slice(0, 4).join(", ")} and ${rest} more` : names.join(", ");
}

function checkFits(name: string, tensor: Tensor, { shape, data }: StateInput[string]): void {
  if (!sameShape(shape, tensor.shape)) {
    throw new ShapeError(`loadStateDict: ${name} is ${show(tensor.shape)} here and ${show(shape)} in the state`);
  }
  if (tensor.dtype === "float32" && data instanceof Int32Array)
    throw new ShapeError(`loadStateDict: ${name} is float32 here and int32 in the state`);
  if (data.length !== tensor.size) {
    throw new ShapeError(
      `loadStateDict: ${name} ${show(tensor.shape)} needs ${tensor.size} numbers, the state has ${data.length}`,
    );
  }
}

function marked(module: Module, wanted: (tensor: Tensor) => boolean): [string, Tensor][] {
  const found = new Map<Tensor, string>();
  collect(module, "", wanted, found);
  return [...found].map(([tensor, name]) => [name, tensor]);
}

function collect(value: unknown, path: string, wanted: (tensor: Tensor) => boolean, found: Map<Tensor, string>): void {
  if (value instanceof Tensor) {
    const tensor = value as Tensor;
    if (wanted(tensor) && !found.has(tensor)) found.set(tensor, path);
  } else if (value instanceof Module || Array.isArray(value)) {
    for (const [key, inner] of Object.entries(value)) collect(inner, path ? `${path}.${key}` : key, wanted, found);
  }
}

/** Marks a tensor as a parameter: float32, and not a view, for it will be changed in place.
 *  @param role what it is for, where its shape does not tell (see `roleOf`): optimizers let weights decay, not biases and norms
 *  @example
 *  parameter(zeros([2, 3])).requiresGrad; // => true */
export function parameter<T extends Tensor>(x: T, role?: Role): T {
  if (x.dtype !== "float32") throw new ShapeError(`a parameter must be float32, got ${x.dtype} ${show(x.shape)}`);
  checkOwn("parameter", x);
  x.requiresGrad = true;
  parameters.add(x);
  if (role) setRole(x, role);
  return x;
}

/** Marks a tensor that a module changes itself (a running mean, a selection bias): it is saved and loaded with the
 *  parameters, and no optimizer touches it.
 *  @example
 *  const calls = buffer(zeros([1]));
 *  calls.requiresGrad; // => false */
export function buffer<T extends Tensor>(x: T): T {
  checkOwn("buffer", x);
  buffers.add(x);
  return x;
}

function checkOwn(what: string, x: Tensor): void {
  if (x.node || !x.isContiguous || x.storage.length !== x.size) {
    throw new ShapeError(`a ${what} must own its numbers, but ${show(x.shape)} is a view or was computed from others`);
  }
}

/** Runs `body` with the model in evaluation mode, then gives each of its modules the mode that it had.
 *  @example
 *  const drop = new Dropout(0.5, { rng: new Generator(1) });
 *  evaluating(drop, () => drop.forward(ones([3]))); // => [1, 1, 1]
 *  drop.training; // => true */
export function evaluating<T>(model: Module, body: () => T): T {
  const modes = model.modules().map((module): [Module, boolean] => [module, module.training]);
  model.eval();
  try {
    return body();
  } finally {
    for (const [module, mode] of modes) module.training = mode;
  }
}
