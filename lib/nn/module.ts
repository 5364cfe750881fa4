/** The base of all layers: finds the parameters among a layer's own properties. */

import { inWords, isRecord } from "../format/record.js";
import { checkWord } from "../config/options.js";
import { Generator } from "../tensor/random.js";
import { overwrite, type Tensor } from "../tensor/tensor.js";
import {
  brand,
  checkCopy,
  checkFinished,
  checkTensor,
  describe,
  isTensor,
  sameShape,
  ShapeError,
  show,
} from "../tensor/check.js";
import { type Role, setRole } from "./state/role.js";
import { checkElements } from "../tensor/numbers.js";
import { clip, show as shown } from "../text/show.js";
import { checkedEntry } from "./state/entry.js";
import { printTree } from "./structure/tree.js";
import { partsOf, placesIn } from "./structure/walk.js";

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
 *  Arrays, plain objects, Maps and Sets of parameters, modules and generators are searched at any depth. What is in a #private field, under a
 *  symbol or in an object of another class cannot be seen, so it is not trained, saved or set to evaluate. A module that contains
 *  itself, as by a reference to its parent, is an error.
 *  @example
 *  class Twice extends Module {
 *    readonly inner = new Linear(2, 3, { rng: new Generator(1) });
 *    forward(x: Tensor<[2]>) {
 *      return mul(this.inner.forward(x), 2);
 *    }
 *  }
 *  new Twice().namedParameters().map(([name]) => name); // => ["inner.weight", "inner.bias"] */
export abstract class Module {
  static {
    brand(this.prototype, "module");
  }

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

  /** Every parameter with its path. A tensor that is used in two places (a tied embedding) appears once, by its first path. */
  namedParameters(): [string, Tensor][] {
    return tensorsIn(this, parameters);
  }

  /** What belongs to the state but is not trained by gradients: the tensors that `buffer` marked, with their paths. */
  namedBuffers(): [string, Tensor][] {
    return tensorsIn(this, buffers);
  }

  /** The generators of random numbers that it draws from (dropout, a router's noise), with their paths: where they stand is state too.
   *  @example
   *  new Dropout(0.5, { rng: new Generator(1) }).namedGenerators().map(([name]) => name); // => ["rng"] */
  namedGenerators(): [string, Generator][] {
    return placesIn<Module | Generator>(this, isModuleOrGenerator).flatMap(({ path, value, isFirst }) =>
      value instanceof Generator && isFirst ? [[path, value] as [string, Generator]] : [],
    );
  }

  /** The modules among this one's own properties, each once. */
  children(): Module[] {
    return this.namedChildren().map(([, child]) => child);
  }

  /** The same with their names: `attention`, or `blocks.0` for the first of an array. */
  namedChildren(): [string, Module][] {
    const names = new Map<Module, string>();
    for (const [name, part] of partsOf<Module>(this, isModule))
      if (part instanceof Module && !names.has(part)) names.set(part, name);
    return [...names].map(([child, name]) => [name, child]);
  }

  /** This module and all below it, each once. */
  modules(): Module[] {
    return [this, ...this.namedModules().map(([, module]) => module)];
  }

  /** All modules below this one with their paths: `blocks.0.attention.query`. One that is used in two places appears once. */
  namedModules(): [string, Module][] {
    return placesIn<Module>(this, isModule).flatMap(({ path, value, isFirst }): [string, Module][] =>
      value instanceof Module && isFirst ? [[path, value]] : [],
    );
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

  /** Overwrites every parameter and buffer with the numbers of a `stateDict`, also one that went through JSON. Nothing is written
   *  unless all of it fits.
   *  Throws a sentence that names what is missing, unknown or of another shape.
   *  @param options.strict default true; false loads what has the same name and leaves the rest
   *  @returns the names that the state lacks, and those that the model lacks */
  loadStateDict(
    state: StateInput,
    { strict = true }: { strict?: boolean } = {},
  ): { missing: string[]; unknown: string[] } {
    if (!isRecord(state)) throw new TypeError(`loadStateDict: needs entries by name, got ${shown(state)}`);
    const own = new Map([...this.namedParameters(), ...this.namedBuffers()]);
    const unknown = Object.keys(state).filter((name) => !own.has(name));
    const missing = [...own.keys()].filter((name) => !Object.hasOwn(state, name));
    const hint = "; { strict: false } loads the rest";
    if (strict && unknown.length) throw new Error(`loadStateDict: this model has no ${listed(unknown)}${hint}`);
    if (strict && missing.length) throw new Error(`loadStateDict: the state has no ${listed(missing)}${hint}`);
    const both = [...own].filter(([name]) => Object.hasOwn(state, name));
    const numbers = both.map(([name, tensor]) => numbersFor(name, tensor, state[name]));
    both.forEach(([, tensor], i) => overwrite(tensor, "loadStateDict").set(numbers[i]));
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

export const isModule = (value: unknown): value is Module => value instanceof Module;
const isModuleOrGenerator = (value: unknown): value is Module | Generator =>
  value instanceof Module || value instanceof Generator;

/** Names for a sentence: the first few, and how many more. */
function listed(names: readonly string[]): string {
  const rest = names.length - 4;
  const few = names.slice(0, rest > 1 ? 4 : 5).map((name) => inWords(name));
  return `${few.join(", ")}${rest > 1 ? ` and ${rest} more` : ""}`;
}

/** The numbers of an entry, if each can be an element of the tensor. */
function numbersFor(name: string, tensor: Tensor, entry: unknown): ArrayLike<number> {
  const { shape, data } = checkedEntry("loadStateDict", name, entry);
  const own = show(tensor.shape);
  if (!sameShape(shape, tensor.shape))
    throw new ShapeError(`loadStateDict: ${inWords(name)} is ${own} here and ${clip(show(shape), 80)} in the state`);
  if (tensor.dtype === "float32" && data instanceof Int32Array)
    throw new ShapeError(`loadStateDict: ${inWords(name)} is float32 here and int32 in the state`);
  checkElements(`loadStateDict: ${inWords(name)}`, data, tensor.dtype);
  return data;
}

function tensorsIn(module: Module, wanted: WeakSet<Tensor>): [string, Tensor][] {
  return placesIn<Module>(module, isModule).flatMap(({ path, value, isFirst }): [string, Tensor][] =>
    isTensor(value) && isFirst && wanted.has(value) ? [[path, value]] : [],
  );
}

/** Each module of a model, the model itself included (by the path ""), with every path to it. */
export function pathsOf(model: Module): Map<Module, string[]> {
  const paths = new Map<Module, string[]>([[model, [""]]]);
  for (const { path, value } of placesIn<Module>(model, isModule, true))
    if (value instanceof Module) paths.set(value, [...(paths.get(value) ?? []), path]);
  return paths;
}

/** The paths at which one tensor stands, in the modules that use it. */
export const tensorPaths = (model: Module, tensor: Tensor): string[] =>
  placesIn<Module>(model, isModule).flatMap(({ path, value }) => (value === tensor ? [path] : []));

/** Marks a tensor as a parameter: float32, and not a view, for it will be changed in place.
 *  @param role what it is for, where its shape does not tell (see `roleOf`): optimizers let weights decay, not biases and norms
 *  @example
 *  parameter(zeros([2, 3])).requiresGrad; // => true */
export function parameter<T extends Tensor>(x: T, role?: Role): T {
  checkOwn("parameter", x);
  if (x.dtype !== "float32") throw new ShapeError(`a parameter must be float32, got ${x.dtype} ${show(x.shape)}`);
  x.requiresGrad = true;
  parameters.add(x);
  if (role !== undefined) {
    checkWord("parameter", "role", role, ["weight", "bias", "norm"]);
    setRole(x, role);
  }
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

/** Refuses what is no module of this package. */
export function checkModule(op: string, model: unknown): void {
  if (model instanceof Module) return;
  checkCopy(op, "the model", model);
  throw new TypeError(`${op}: needs a module, got ${describe(model)}`);
}

function checkOwn(what: string, x: Tensor): void {
  checkTensor(what, "it", x);
  if (x.node || !x.isContiguous || x.storage.length !== x.size) {
    throw new ShapeError(`a ${what} must own its numbers, but ${show(x.shape)} is a view or was computed from others`);
  }
}

/** Runs `body` with the model in evaluation mode, then gives each of its modules the mode that it had. The body must not be async
 *  or a generator, since what runs after it returned would run in the old mode.
 *  @example
 *  const drop = new Dropout(0.5, { rng: new Generator(1) });
 *  evaluating(drop, () => drop.forward(ones([3]))); // => [1, 1, 1]
 *  drop.training; // => true */
export function evaluating<T>(model: Module, body: () => T): T {
  checkModule("evaluating", model);
  if (typeof body !== "function") throw new TypeError(`evaluating: needs a function to run, got ${describe(body)}`);
  const modes = model.modules().map((module): [Module, boolean] => [module, module.training]);
  model.eval();
  try {
    const result = body();
    checkFinished("evaluating", result, "would run in training mode");
    return result;
  } finally {
    for (const [module, mode] of modes) module.training = mode;
  }
}
