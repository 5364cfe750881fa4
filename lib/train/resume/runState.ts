/** All that a training run consists of, as one file, and back. */

import { checkObject } from "../../config/options.js";
import { type Module, checkModule, type StateDict } from "../../nn/module.js";
import { asBytes } from "../../nn/state/safetensors.js";
import { isRecord } from "../../nn/state/entry.js";
import { ShapeError, sameShape, show } from "../../tensor/check.js";
import { fromArray } from "../../tensor/create.js";
import { Generator, type GeneratorState } from "../../tensor/random.js";
import { overwrite, read, type Tensor } from "../../tensor/tensor.js";
import { named, show as shown } from "../../text/show.js";
import type { OptimizerMemory, SavedOptimizer } from "../optim.js";
import { difference, type Facts, factsOf, modelFacts } from "./facts.js";
import { fromFile, toFile } from "./file.js";
import { fromText, toText } from "./plain.js";

export interface RunParts {
  /** Its parameters with their gradients, its buffers, its generators (see `namedGenerators`), which parameters are frozen and which
   *  modules are in evaluation mode. */
  model: Module;
  /** Its running means and counts of steps. Each of its parameters must be one of the model's. */
  optimizer?: SavedOptimizer;
  /** Generators that are not the model's, by name, such as that which draws the batches. */
  generators?: Readonly<Record<string, Generator>>;
  /** Numbers that are kept beside the model, such as an average of its weights: `load` overwrites each `data` in place. */
  more?: StateDict;
  /** What has to be the same when the run goes on, as plain data: batch size, schedule, text. */
  plan?: Readonly<Record<string, unknown>>;
}

/** What stands in the metadata beside the tensors. */
interface Head {
  facts: Facts;
  progress: Record<string, unknown>;
  /** By name; those of the model after "model.". */
  generators: Record<string, GeneratorState>;
  /** How often each parameter was changed, and how many running means it has. */
  optimizer: Record<string, { step: number; means: number }>;
  frozen: string[];
  evaluating: string[];
}

/** A training run that can be saved at any moment between two steps, and goes on to the same numbers, bit for bit: `save` gives
 *  the bytes of a safetensors file, `load` gives all of it back to parts that were made in the same way. `train` does so by itself
 *  (`saveTo`, `resume`); this is for loops of your own.
 *
 *  What a run consists of: parameters, buffers (a router's selection bias, its learned tables), gradients that are not used up yet,
 *  frozen parameters, modes, generators (of batches, dropout, a router's noise), the optimizer's running means and counts, and what
 *  the loop itself counts and keeps, `progress` and `more`: the step, which is the place in the schedule, the best loss so far, the
 *  place in the text, an average of the weights. Only what is in `#private` fields of your own modules cannot be seen.
 *  The same bits need the same kernels (see `kernelName`): other ones round otherwise.
 *  @example
 *  const made = () => {
 *    const model = new Linear(2, 1, { rng: new Generator(1) });
 *    return new RunState({ model, optimizer: new AdamW(model.parameters()), plan: { batchSize: 8 } });
 *  };
 *  const bytes = made().save({ step: 3 });
 *  made().load(bytes).step; // => 3 */
export class RunState {
  readonly #parts: Required<Omit<RunParts, "optimizer">> & { optimizer: SavedOptimizer | null };
  readonly #facts: Facts;
  readonly #names: ReadonlyMap<Tensor, string>;

  /** To be made before the first step. Throws for an optimizer of parameters that the model does not have. */
  constructor(parts: RunParts) {
    checkObject("RunState", "its parts", parts);
    const { model, optimizer = null, generators = {}, more = {}, plan = {} } = parts;
    checkModule("RunState", model);
    if (optimizer && typeof (optimizer as Partial<SavedOptimizer>).memory !== "function")
      throw new TypeError(`RunState: needs an optimizer of this library, got ${shown(optimizer)}`);
    for (const [name, rng] of Object.entries(generators))
      if (!(rng instanceof Generator))
        throw new TypeError(`RunState: generators.${name} is no Generator, but ${shown(rng)}`);
    this.#parts = { model, optimizer, generators, more, plan };
    this.#names = new Map(model.namedParameters().map(([name, p]) => [p, name]));
    const options = optimizer?.facts((p) => this.#nameOf(p)) ?? null;
    toText("RunState", "plan", plan); // what is left out of the comparison must be told
    this.#facts = { ...factsOf(plan, ""), ...factsOf(options, "optimizer"), ...modelFacts(model) };
  }

  /** All of it as the bytes of a file.
   *  @param progress what the loop counts, as plain data: `load` gives it back. Throws for what is none */
  save(progress: Readonly<Record<string, unknown>> = {}): Uint8Array {
    const { model, optimizer } = this.#parts;
    const tensors: [string, StateDict[string]][] = [];
    const add = (name: string, x: Tensor): unknown => tensors.push([name, { shape: x.shape, data: read(x) }]);
    for (const [name, x] of this.#own()) add(name, x);
    const head: Head = {
      facts: this.#facts,
      progress,
      generators: Object.fromEntries(this.#generators().map(([name, rng]) => [name, rng.state()])),
      optimizer: {},
      frozen: model.namedParameters().flatMap(([name, p]) => (p.requiresGrad ? [] : [name])),
      evaluating: modesOf(model).flatMap(([name, module]) => (module.training ? [] : [name])),
    };
    for (const [name, p] of model.namedParameters()) if (p.grad) add(`gradient.${name}`, p.grad);
    for (const [p, { step, means }] of optimizer?.memory() ?? []) {
      const name = this.#nameOf(p);
      head.optimizer[name] = { step, means: means.length };
      means.forEach((mean, i) => add(`optimizer.${name}.${i}`, mean));
    }
    for (const [name, entry] of Object.entries(this.#parts.more)) tensors.push([`more.${name}`, entry]);
    return toFile(Object.fromEntries(tensors), toText("RunState.save", "progress", head));
  }

  /** Overwrites all of the parts with what was saved, once it is sure that all of it fits.
   *  Throws one sentence for bytes that are no whole save or of a newer format, and for a save of another run: of another model,
   *  optimizer or plan; it names what differs.
   *  @returns the `progress` that was saved */
  load(bytes: Uint8Array | ArrayBuffer, who = "RunState.load"): Record<string, unknown> {
    const view = asBytes(bytes);
    if (!view) throw new TypeError(`${who}: needs the bytes of a save, got ${shown(bytes)}`);
    const { tensors, run } = fromFile(who, view);
    const head = fromText(run) as Head;
    const other = difference(this.#facts, head.facts);
    if (other !== null) throw new Error(`${who}: the save is of another run: ${other}`);
    const { model, optimizer, more } = this.#parts;
    const generators = this.#generators();
    const placed = (name: string): string => `${named(name)} is`;
    for (const name of new Set([...generators.map(([name]) => name), ...Object.keys(head.generators)]))
      if (!Object.hasOwn(head.generators, name) || !generators.some(([own]) => own === name))
        throw new Error(`${who}: the save is of another run: only one of the two has the generator ${named(name)}`);

    // Everything is asked for before anything is written.
    const rest = new Set(Object.keys(tensors));
    const take = (
      name: string,
      like: { shape: readonly number[]; dtype?: string; data?: object },
    ): StateDict[string] => {
      const entry = Object.hasOwn(tensors, name) ? tensors[name] : undefined;
      if (!entry) throw new Error(`${who}: the save is of another run: ${placed(name)} not in it`);
      const isInteger = like.dtype === "int32" || like.data instanceof Int32Array;
      if (!sameShape(entry.shape, like.shape) || entry.data instanceof Int32Array !== isInteger)
        throw new ShapeError(
          `${who}: the save is of another run: ${placed(name)} ${isInteger ? "int32" : "float32"} ${show(like.shape)} here and ${entry.data instanceof Int32Array ? "int32" : "float32"} ${show(entry.shape)} in it`,
        );
      rest.delete(name);
      return entry;
    };
    const writes: (() => void)[] = [];
    for (const [name, x] of this.#own()) {
      const { data } = take(name, x);
      writes.push(() => overwrite(x, who).set(data));
    }
    for (const [name, p] of model.namedParameters()) {
      const entry = Object.hasOwn(tensors, `gradient.${name}`) ? take(`gradient.${name}`, p) : null;
      writes.push(() => (p.grad = entry && fromArray(entry.data, [...p.shape])));
    }
    const memory = new Map<Tensor, OptimizerMemory<ArrayLike<number>>>();
    for (const p of optimizer?.parameters ?? []) {
      const name = this.#nameOf(p);
      if (!Object.hasOwn(head.optimizer, name)) continue;
      const { step, means } = head.optimizer[name];
      const data = Array.from({ length: means }, (_, i) => take(`optimizer.${name}.${i}`, p).data);
      memory.set(p, { step, means: data });
    }
    for (const [name, { shape, data }] of Object.entries(more)) {
      const entry = take(`more.${name}`, { shape, data });
      writes.push(() => data.set(entry.data));
    }
    const [unknown] = rest;
    if (unknown !== undefined)
      throw new Error(`${who}: the save is of another run: ${placed(unknown)} not in this one`);

    for (const write of writes) write();
    optimizer?.remember(memory);
    for (const [name, rng] of generators) rng.restore(head.generators[name]);
    for (const [name, p] of model.namedParameters()) p.requiresGrad = !head.frozen.includes(name);
    for (const [name, module] of modesOf(model)) module.training = !head.evaluating.includes(name);
    return isRecord(head.progress) ? head.progress : {};
  }

  /** Parameters and buffers as the file has them. */
  #own(): [string, Tensor][] {
    const { model } = this.#parts;
    return [...model.namedParameters(), ...model.namedBuffers()].map(([name, x]) => [`model.${name}`, x]);
  }

  #generators(): [string, Generator][] {
    const { model, generators } = this.#parts;
    return [
      ...model.namedGenerators().map(([name, rng]): [string, Generator] => [`model.${name}`, rng]),
      ...Object.entries(generators),
    ];
  }

  #nameOf(parameter: Tensor): string {
    const name = this.#names.get(parameter);
    if (name === undefined)
      throw new Error(
        `RunState: the optimizer has a parameter ${show(parameter.shape)} that is not the model's; a module that holds both models can stand for them`,
      );
    return name;
  }
}

const modesOf = (model: Module): [string, Module][] => [["", model], ...model.namedModules()];
