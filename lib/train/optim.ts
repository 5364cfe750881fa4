/** Optimizers: how a gradient changes a parameter. With `decays: () => true` all equal PyTorch's, update for update; by
 *  default only weights decay, not biases and norms, as is the habit for transformers. */

import { checkNumbers } from "../config/options.js";
import { roleOf } from "../nn/state/role.js";
import { checkTensors, describe } from "../tensor/check.js";
import { adamStep, lastingZeros } from "../tensor/spans.js";
import { overwrite, read, type Tensor, write } from "../tensor/tensor.js";

/** Changes parameters in place, by their `grad`. Parameters without one (frozen, or not used) stay as they are. */
export interface Optimizer {
  /** @param lr learning rate of this step */
  step(lr: number): void;
  zeroGrad(): void;
}

/** What an optimizer remembers of one parameter that ever had a gradient. */
export interface OptimizerMemory<Numbers = Tensor> {
  /** How often it was changed. */
  step: number;
  /** The running means of its shape: of the gradient and of its square (Adam), of the steps (SGD with momentum), or none. */
  means: readonly Numbers[];
}

/** One whose state can be saved, as all of this library: see `RunState`. */
export interface SavedOptimizer extends Optimizer {
  readonly parameters: readonly Tensor[];
  /** The options that decide its numbers, as plain data, and for each parameter, by the name that it is given, whether it decays. */
  facts(nameOf: (parameter: Tensor) => string): Record<string, unknown>;
  memory(): ReadonlyMap<Tensor, OptimizerMemory>;
  /** Takes over copies of what another one remembered, and forgets all else. */
  remember(memory: ReadonlyMap<Tensor, OptimizerMemory<ArrayLike<number>>>): void;
}

export interface DecayOptions {
  /** How fast weights shrink by themselves. Default 0.01 for AdamW, else 0. */
  weightDecay?: number;
  /** Which parameters decay. Default: those whose `roleOf` is "weight" (matrices and embeddings), not biases and norms. */
  decays?: (parameter: Tensor) => boolean;
}

export interface AdamOptions extends DecayOptions {
  /** How slowly the running means of gradient and squared gradient forget. Default [0.9, 0.999]. */
  betas?: readonly [number, number];
  /** Keeps the division finite. Default 1e-8. */
  eps?: number;
}

export interface SGDOptions extends DecayOptions {
  /** Share of the last step that is kept. Default 0. */
  momentum?: number;
  /** Look ahead: step by g + momentum · u in place of u. Default false. */
  nesterov?: boolean;
}

const isWeight = (parameter: Tensor): boolean => roleOf(parameter) === "weight";

/** One parameter, its gradient and how often it was changed before, plus one. */
interface Update {
  p: Tensor;
  g: Tensor;
  /** As many running means as the optimizer keeps, zeros at first. */
  means: readonly Tensor[];
  lr: number;
  step: number;
  decay: number;
}

abstract class Base implements SavedOptimizer {
  /** Each once, also where it was given twice: a tensor that two models share. */
  readonly parameters: readonly Tensor[];
  readonly #decay: Required<DecayOptions>;
  /** Kept only for parameters that ever had a gradient: frozen ones cost nothing. */
  readonly #state = new Map<Tensor, { step: number; means: readonly Tensor[] }>();

  constructor(
    parameters: readonly Tensor[],
    { weightDecay = 0, decays = isWeight }: DecayOptions,
    readonly means: number,
  ) {
    checkTensors(this.name, "parameter", parameters);
    if (parameters.length === 0) throw new RangeError(`${this.name}: there are no parameters`);
    checkNumbers(this.name, { weightDecay }, { from: 0 });
    if (typeof decays !== "function")
      throw new RangeError(`${this.name}: decays must be a function of a parameter, got ${describe(decays)}`);
    this.parameters = [...new Set(parameters)];
    this.#decay = { weightDecay, decays };
  }

  /** For sentences. */
  protected get name(): string {
    return this.constructor.name;
  }

  step(lr: number): void {
    checkNumbers(`${this.name}.step`, { lr }, { from: 0 });
    for (const parameter of this.parameters) {
      const { grad } = parameter;
      if (!grad) continue;
      const before = this.#state.get(parameter);
      const means = before?.means ?? Array.from({ length: this.means }, () => lastingZeros(parameter.shape));
      const step = (before?.step ?? 0) + 1;
      this.#state.set(parameter, { step, means });
      const decay = this.#decay.decays(parameter) ? this.#decay.weightDecay : 0;
      overwrite(parameter, `${this.name}.step`);
      this.update({ p: parameter, g: grad, means, lr, step, decay });
    }
  }

  zeroGrad(): void {
    for (const parameter of this.parameters) parameter.grad = null;
  }

  facts(nameOf: (parameter: Tensor) => string): Record<string, unknown> {
    const { weightDecay, decays } = this.#decay;
    const rows = this.parameters.map((p) => [nameOf(p), decays(p) ? "with decay" : "without decay"]);
    return { kind: this.name, weightDecay, ...this.options, parameters: Object.fromEntries(rows) };
  }

  memory(): ReadonlyMap<Tensor, OptimizerMemory> {
    return this.#state;
  }

  remember(memory: ReadonlyMap<Tensor, OptimizerMemory<ArrayLike<number>>>): void {
    for (const [parameter, { means }] of memory)
      if (means.length !== this.means || means.some(({ length }) => length !== parameter.size))
        throw new RangeError(`${this.name}.remember: needs ${this.means} running means of the size of each parameter`);
    this.#state.clear();
    for (const [parameter, { step, means }] of memory) {
      const copies = means.map((mean) => {
        const copy = lastingZeros(parameter.shape);
        write(copy).set(mean);
        return copy;
      });
      this.#state.set(parameter, { step, means: copies });
    }
  }

  /** Beside the decay, as plain data. */
  protected abstract readonly options: Readonly<Record<string, unknown>>;
  protected abstract update(update: Update): void;
}

/** Adam: p ← p − lr · m̂ / (√v̂ + eps), with m and v the running means of the gradient and of its square.
 *  m̂ = m / (1 − β₁ᵗ) and v̂ = v / (1 − β₂ᵗ) undo the start at zero. Decay is added to the gradient, so it passes through
 *  the running means. Throws for options and learning rates out of range.
 *  Source: Kingma & Ba 2014, alg. 1, https://arxiv.org/abs/1412.6980
 *  @example
 *  const w = parameter(tensor([1]));
 *  const adam = new Adam([w]);
 *  mul(w, w).backward({ gradient: ones([1]) });
 *  adam.step(0.1);
 *  w; // => [0.9] */
export class Adam extends Base {
  protected readonly options: { betas: readonly [number, number]; eps: number };

  constructor(parameters: readonly Tensor[], { betas = [0.9, 0.999], eps = 1e-8, ...decay }: AdamOptions = {}) {
    super(parameters, decay, 2);
    checkNumbers(this.name, { "betas[0]": betas?.[0], "betas[1]": betas?.[1] }, { from: 0, below: 1 });
    checkNumbers(this.name, { eps }, { from: 0 });
    this.options = { betas, eps };
  }

  protected update(update: Update): void {
    this.move(update, 1, update.decay);
  }

  /** @param weightDecayFactor what the weight is multiplied by first  @param decay what of it joins the gradient */
  protected move({ p, g, means: [m, v], lr, step }: Update, weightDecayFactor: number, decay: number): void {
    const { betas, eps } = this.options;
    const [b1, b2] = betas;
    const stepSize = lr / (1 - b1 ** step);
    const invSqrtBiasCorrection2 = 1 / Math.sqrt(1 - b2 ** step);
    adamStep(p, g, m, v, { betas, stepSize, invSqrtBiasCorrection2, eps, weightDecayFactor, decay });
  }
}

/** AdamW: p ← p (1 − lr · decay), then Adam without decay. Decay acts on the weight itself, apart from the gradient.
 *  Default decay 0.01, of weights alone. Throws as Adam does.
 *  Source: Loshchilov & Hutter 2017, alg. 2, https://arxiv.org/abs/1711.05101
 *  @example
 *  const w = parameter(tensor([[1]]));
 *  const adamw = new AdamW([w], { weightDecay: 0.5 });
 *  mul(w, w).backward({ gradient: ones([1, 1]) });
 *  adamw.step(0.1);
 *  w; // => [[0.85]] */
export class AdamW extends Adam {
  constructor(parameters: readonly Tensor[], { weightDecay = 0.01, ...options }: AdamOptions = {}) {
    super(parameters, { weightDecay, ...options });
  }

  protected override update(update: Update): void {
    this.move(update, 1 - update.lr * update.decay, 0);
  }
}

/** Stochastic gradient descent with momentum: u ← momentum · u + g, p ← p − lr · u; with `nesterov` p ← p − lr · (g +
 *  momentum · u). Decay is added to the gradient. Throws for options and learning rates out of range. Source: Sutskever et al. 2013, §2, https://proceedings.mlr.press/v28/sutskever13.html
 *  @example
 *  const w = parameter(tensor([1]));
 *  const sgd = new SGD([w], { momentum: 0.9 });
 *  mul(w, w).backward({ gradient: ones([1]) });
 *  sgd.step(0.1);
 *  w; // => [0.8] */
export class SGD extends Base {
  protected readonly options: { momentum: number; nesterov: boolean };

  constructor(parameters: readonly Tensor[], { momentum = 0, nesterov = false, ...decay }: SGDOptions = {}) {
    super(parameters, decay, momentum === 0 ? 0 : 1);
    checkNumbers(this.name, { momentum }, { from: 0 });
    if (nesterov && momentum === 0) throw new RangeError("SGD: nesterov needs a momentum above 0");
    this.options = { momentum, nesterov };
  }

  protected update({ p, g, means: [u], lr, decay }: Update): void {
    const { momentum, nesterov } = this.options;
    const [P, G, U] = [write(p), read(g), u && write(u)];
    for (let i = 0; i < P.length; i++) {
      const gi = G[i] + decay * P[i];
      const ui = U ? (U[i] = momentum * U[i] + gi) : gi;
      P[i] -= lr * (nesterov ? gi + momentum * ui : ui);
    }
  }
}
