/** All that a training run consists of, as one file, and back. */

import { checkObject } from "../../config/options.js";
import { type Module, checkModule, type StateDict } from "../../nn/module.js";
import { asBytes } from "../../format/record.js";
import { show } from "../../tensor/check.js";
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
  /** What the loop counts, as plain data, such as `{ step: 0, best: Infinity }`: `save` reads it, `load` writes into it. */
  progress?: object;
  /** What has to be the same when the run goes on, as plain data: batch size, schedule, text. */
  plan?: object;
}

/** What stands in the metadata beside the tensors. */
interface Head {
  facts: Facts;
  progress: object;
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
 *  const started = () => {
 *    const model = new Linear(2, 1, { rng: new Generator(1) });
 *    const progress = { step: 0 };
 *    return { progress, run: new RunState({ model, optimizer: new AdamW(model.parameters()), progress, plan: { batchSize: 8 } }) };
 *  };
 *  const first = started();
 *  first.progress.step = 3;
 *  const second = started();
 *  second.run.load(first.run.save());
 *  second.progress.step; // => 3 */
export class RunState {
  readonly #parts: Required<Omit<RunParts, "optimizer" | "plan">> & { optimizer: SavedOptimizer | null };
  readonly #facts: Facts;
  readonly #names: ReadonlyMap<Tensor, string>;

  /** To be made before the first step. Throws for an optimizer of parameters that the model does not have. */
  constructor(parts: RunParts) {
    checkObject("RunState", "its parts", parts);
    const { model, optimizer = null, generators = {}, more = {}, progress = {}, plan = {} } = parts;
    checkModule("RunState", model);
    if (optimizer && typeof (optimizer as Partial<SavedOptimizer>).memory !== "function")
      throw new TypeError(`RunState: needs an optimizer of this library, got ${shown(optimizer)}`);
    for (const [name, rng] of Object.entries(generators))
      if (!(rng instanceof Generator))
        throw new TypeError(`RunState: generators.${name} is no Generator, but ${shown(rng)}`);
    toText("RunState", "plan", plan); // what is no plain data would be left out of the comparison
    toText("RunState", "progress", progress);
    this.#parts = { model, optimizer, generators, more, progress };
    this.#names = new Map(model.namedParameters().map(([name, p]) => [p, name]));
    const streams: [string, string][] = this.#generators().map(([name]) => [`generator ${name}`, "there"]);
    this.#facts = {
      ...modelFacts(model),
      ...factsOf(plan, ""),
      ...factsOf(
        optimizer?.facts((p) => this.#nameOf(p)),
        "optimizer",
      ),
      ...Object.fromEntries(streams),
    };
  }

  /** With what may have changed since it was made. */
  #factsNow(): Facts {
    const forms = this.#kept().map(([name, { shape, data }]) => [name, formOf(shape, data)] as const);
    return { ...modelFacts(this.#parts.model, true), ...this.#facts, ...Object.fromEntries(forms) };
  }

  /** All of it as the bytes of a file. Throws where `progress` is no longer plain data. */
  save(): Uint8Array {
    const { model, optimizer, progress } = this.#parts;
    const tensors = this.#kept();
    const add = (name: string, x: Tensor): unknown => tensors.push([name, { shape: x.shape, data: read(x) }]);
    const head: Head = {
      facts: this.#factsNow(),
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
    return toFile(Object.fromEntries(tensors), toText("RunState.save", "run", head));
  }

  /** Overwrites all of the parts with what was saved, once it is sure that all of it fits.
   *  Throws one sentence for bytes that are no whole save or of a newer format, and for a save of another run: of another model,
   *  optimizer or plan; it names what differs.
   *  @param who the function that was given the bytes, for the sentences */
  load(bytes: Uint8Array | ArrayBuffer, who = "RunState.load"): void {
    const view = asBytes(bytes);
    if (!view) throw new TypeError(`${who}: needs the bytes of a save, got ${shown(bytes)}`);
    const { tensors, run } = fromFile(who, view);
    const head = fromText(run) as Head;
    const refuse = (why: string): never => {
      throw new Error(`${who}: the save is of another run: ${why}`);
    };
    const other = difference(this.#factsNow(), head.facts);
    if (other !== null) refuse(other);
    const numbers = (name: string, size: number): ArrayLike<number> => {
      const data = Object.hasOwn(tensors, name) ? tensors[name].data : [];
      return data.length === size ? data : refuse(`${named(name)} has ${data.length} numbers in it, not ${size}`);
    };

    // All is asked for before anything is written.
    const { model, optimizer, more, progress } = this.#parts;
    const parameters = model.namedParameters();
    const own = this.#own().map(([name, x]) => ({ x, data: numbers(name, x.size) }));
    const beside = Object.entries(more).map(([name, { data: to }]) => ({
      to,
      data: numbers(`more.${name}`, to.length),
    }));
    const gradients = parameters.map(([name, p]) => {
      const hasGradient = Object.hasOwn(tensors, `gradient.${name}`);
      return hasGradient ? fromArray(numbers(`gradient.${name}`, p.size), [...p.shape]) : null;
    });
    const memory = new Map<Tensor, OptimizerMemory<ArrayLike<number>>>();
    for (const p of optimizer?.parameters ?? []) {
      const name = this.#nameOf(p);
      if (!Object.hasOwn(head.optimizer, name)) continue; // it never had a gradient
      const { step, means } = head.optimizer[name];
      const data = Array.from({ length: means }, (_, i) => numbers(`optimizer.${name}.${i}`, p.size));
      memory.set(p, { step, means: data });
    }

    for (const { x, data } of own) overwrite(x, who).set(data);
    for (const { to, data } of beside) to.set(data);
    parameters.forEach(([name, p], i) => {
      p.requiresGrad = !head.frozen.includes(name); // first, for freezing forgets the gradient
      p.grad = gradients[i];
    });
    optimizer?.remember(memory);
    for (const [name, rng] of this.#generators()) rng.restore(head.generators[name]);
    for (const [name, module] of modesOf(model)) module.training = !head.evaluating.includes(name);
    Object.assign(progress, head.progress);
  }

  /** Parameters and buffers, named as in the file. */
  #own(): [string, Tensor][] {
    const { model } = this.#parts;
    return [...model.namedParameters(), ...model.namedBuffers()].map(([name, x]) => [`model.${name}`, x]);
  }

  /** What every save of the run has, named as in the file; views, not copies. */
  #kept(): [string, StateDict[string]][] {
    const own = this.#own().map(([name, x]): [string, StateDict[string]] => [name, { shape: x.shape, data: read(x) }]);
    return [
      ...own,
      ...Object.entries(this.#parts.more).map(([name, entry]): (typeof own)[number] => [`more.${name}`, entry]),
    ];
  }

  #generators(): [string, Generator][] {
    const { model, generators } = this.#parts;
    const own = model.namedGenerators().map(([name, rng]): [string, Generator] => [`model.${name}`, rng]);
    return [...own, ...Object.entries(generators)];
  }

  #nameOf(parameter: Tensor): string {
    const name = this.#names.get(parameter);
    if (name !== undefined) return name;
    throw new Error(
      `RunState: the optimizer has a parameter ${show(parameter.shape)} that is not the model's; make one module that holds all that it trains`,
    );
  }
}

const formOf = (shape: readonly number[], data: object): string =>
  `${data instanceof Int32Array ? "int32" : "float32"} ${show(shape)}`;

const modesOf = (model: Module): [string, Module][] => [["", model], ...model.namedModules()];
