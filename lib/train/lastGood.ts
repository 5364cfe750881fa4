/** Keeps the last state of a model that worked, for a training that runs into infinity. */

import type { Module, StateDict } from "../nn/module.js";
import { overwrite, read, type Tensor } from "../tensor/tensor.js";

/** Training met a loss or gradient that is not a number. The model has the last good weights. */
export class TrainingError extends Error {
  override readonly name = "TrainingError";
  constructor(
    message: string,
    readonly step: number,
  ) {
    super(message);
  }
}

/** A model, or a module without a config. */
type Trained = Module & { readonly config?: { readonly balance: unknown } };

/** The parameters and buffers (such as a router's selection bias) that last gave a loss and a gradient of ordinary numbers. The
 *  optimizer's running means are not among them: no training goes on after `restore`. */
export class LastGood {
  readonly #model: Trained;
  /** As it was when the model was last looked at: by it, routers have a selection bias or not. */
  #balance: unknown;
  #saved = new Map<Tensor, Float32Array | Int32Array>();
  /** The same numbers by path, not copies of them: who overwrites them changes what `restore` goes back to. */
  readonly state: StateDict = {};

  constructor(model: Trained) {
    this.#model = model;
    this.#begin();
  }

  #begin(): void {
    this.#balance = this.#model.config?.balance;
    for (const path in this.state) Reflect.deleteProperty(this.state, path);
    const saved = new Map<Tensor, Float32Array | Int32Array>();
    for (const [path, x] of [...this.#model.namedParameters(), ...this.#model.namedBuffers()]) {
      const data = this.#saved.get(x) ?? x.toTypedArray();
      saved.set(x, data);
      this.state[path] = { shape: x.shape, data };
    }
    this.#saved = saved;
  }

  /** After each moment in which somebody else had the model: `changeRouting` makes buffers come and go. */
  follow(): void {
    if (this.#model.config?.balance !== this.#balance) this.#begin();
  }

  save(): void {
    for (const [x, numbers] of this.#saved) numbers.set(read(x));
  }

  restore(): void {
    for (const [x, numbers] of this.#saved) {
      overwrite(x, "train").set(numbers);
      x.grad = null;
    }
  }

  /** Throws, with the last good state restored, unless `value` is finite. */
  check(value: number, what: string, step: number): void {
    if (Number.isFinite(value)) return;
    this.restore();
    const rest =
      step === 1 && what !== "validation loss"
        ? "the model came with weights that give no number"
        : "the model has the last weights that worked. Try a lower learning rate";
    throw new TrainingError(`training stopped: the ${what} of step ${step} is ${value}; ${rest}`, step);
  }
}
