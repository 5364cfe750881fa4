/** Keeps the last weights that worked, for a training that runs into infinity. */

import type { Module } from "../nn/module.js";
import type { Tensor } from "../tensor/tensor.js";

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

/** The weights that last gave a loss and a gradient of ordinary numbers. */
export class LastGood {
  readonly #weights: Float32Array[];
  readonly #parameters: Tensor[];

  constructor(model: Module) {
    this.#parameters = model.parameters();
    this.#weights = this.#parameters.map((p) => p.storage.f32().slice());
  }

  save(): void {
    this.#parameters.forEach((p, i) => this.#weights[i].set(p.storage.f32()));
  }

  restore(): void {
    this.#parameters.forEach((p, i) => {
      p.storage.f32().set(this.#weights[i]);
      p.grad = null;
    });
  }

  /** Throws, with the last good weights restored, unless `value` is finite. */
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
