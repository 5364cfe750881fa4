/** Optimisers: how a gradient changes a parameter. With `decays: () => true` all equal PyTorch's, update for update; by
 *  default only matrices decay, as is the habit for transformers. */

import { sameShape, ShapeError, show } from "../tensor/check.js";
import { full } from "../tensor/create.js";
import { read, type Tensor, write } from "../tensor/tensor.js";

/** Changes parameters in place, by their `grad`. Parameters without one stay as they are. */
export interface Optimizer {
  /** @param lr learning rate of this step */
  step(lr: number): void;
  zeroGrad(): void;
}

export interface AdamOptions {
  /** How slowly the running means of gradient and squared gradient forget. Default [0.9, 0.999]. */
  betas?: readonly [number, number];
  /** Keeps the division finite. Default 1e-8. */
  eps?: number;
  /** Default 0.01 for AdamW, 0 for Adam. */
  weightDecay?: number;
  /** Which parameters decay. Default: matrices, not vectors (norm weights and biases). */
  decays?: (parameter: Tensor) => boolean;
}

const isMatrix = (parameter: Tensor): boolean => parameter.rank >= 2;

abstract class Base implements Optimizer {
  constructor(readonly parameters: readonly Tensor[]) {}

  /** Updates of each parameter so far. */
  readonly #steps = new Map<Tensor, number>();

  step(lr: number): void {
    if (!(lr >= 0)) throw new RangeError(`optimizer: the learning rate must be a number from 0, got ${lr}`);
    this.parameters.forEach((parameter, i) => {
      const { grad } = parameter;
      if (!grad) return;
      if (!sameShape(grad.shape, parameter.shape)) {
        throw new ShapeError(
          `optimizer: a gradient ${show(grad.shape)} does not fit its parameter ${show(parameter.shape)}`,
        );
      }
      const step = (this.#steps.get(parameter) ?? 0) + 1;
      this.#steps.set(parameter, step);
      this.update(write(parameter) as Float32Array, read(grad) as Float32Array, i, lr, step);
    });
  }

  zeroGrad(): void {
    for (const parameter of this.parameters) parameter.grad = null;
  }

  protected abstract update(p: Float32Array, g: Float32Array, index: number, lr: number, step: number): void;
}

/** Two running means per parameter, in kernel memory. */
const moments = (parameters: readonly Tensor[]): Tensor[] => parameters.map((p) => full([...p.shape], 0));

/** Adam: p ← p − lr · m̂ / (√v̂ + eps), with m and v the running means of the gradient and of its square.
 *  m̂ = m / (1 − β₁ᵗ) and v̂ = v / (1 − β₂ᵗ) undo the start at zero. Decay is added to the gradient, so it passes through
 *  the running means. Source: Kingma & Ba 2014, alg. 1, https://arxiv.org/abs/1412.6980 */
export class Adam extends Base {
  readonly #m: Tensor[];
  readonly #v: Tensor[];
  readonly #options: Required<AdamOptions>;

  constructor(parameters: readonly Tensor[], options: AdamOptions = {}) {
    super(parameters);
    const { betas = [0.9, 0.999], eps = 1e-8, weightDecay = 0, decays = isMatrix } = options;
    this.#m = moments(parameters);
    this.#v = moments(parameters);
    this.#options = { betas, eps, weightDecay, decays };
  }

  /** Decay of one parameter. */
  protected decayOf(parameter: Tensor): number {
    return this.#options.decays(parameter) ? this.#options.weightDecay : 0;
  }

  protected update(p: Float32Array, g: Float32Array, index: number, lr: number, step: number): void {
    this.move(p, g, index, lr, step, this.decayOf(this.parameters[index]));
  }

  /** One step of Adam; `decay` · p joins the gradient. */
  protected move(p: Float32Array, g: Float32Array, index: number, lr: number, step: number, decay: number): void {
    adam(p, g, write(this.#m[index]), write(this.#v[index]), step, lr, this.#options, decay);
  }
}

/** AdamW: p ← p (1 − lr · decay), then Adam without decay. Decay acts on the weight itself, apart from the gradient.
 *  Source: Loshchilov & Hutter 2017, alg. 2, https://arxiv.org/abs/1711.05101 */
export class AdamW extends Adam {
  constructor(parameters: readonly Tensor[], { weightDecay = 0.01, ...options }: AdamOptions = {}) {
    super(parameters, { weightDecay, ...options });
  }

  protected override update(p: Float32Array, g: Float32Array, index: number, lr: number, step: number): void {
    const shrink = 1 - lr * this.decayOf(this.parameters[index]);
    if (shrink !== 1) for (let i = 0; i < p.length; i++) p[i] *= shrink;
    this.move(p, g, index, lr, step, 0);
  }
}

function adam(
  p: Float32Array,
  g: Float32Array,
  m: Float32Array | Int32Array,
  v: Float32Array | Int32Array,
  step: number,
  lr: number,
  { betas: [b1, b2], eps }: Required<AdamOptions>,
  decay: number,
): void {
  const size = lr / (1 - b1 ** step);
  const unbias = 1 / Math.sqrt(1 - b2 ** step);
  for (let i = 0; i < p.length; i++) {
    const gi = g[i] + decay * p[i];
    const mi = b1 * m[i] + (1 - b1) * gi;
    const vi = b2 * v[i] + (1 - b2) * gi * gi;
    m[i] = mi;
    v[i] = vi;
    p[i] -= (size * mi) / (Math.sqrt(vi) * unbias + eps);
  }
}

export interface SGDOptions {
  /** Share of the last step that is kept. Default 0. */
  momentum?: number;
  weightDecay?: number;
  decays?: (parameter: Tensor) => boolean;
}

/** Stochastic gradient descent with momentum: u ← momentum · u + g, p ← p − lr · u. */
export class SGD extends Base {
  readonly #velocity: (Float32Array | null)[];
  readonly #options: Required<SGDOptions>;

  constructor(parameters: readonly Tensor[], { momentum = 0, weightDecay = 0, decays = isMatrix }: SGDOptions = {}) {
    super(parameters);
    this.#velocity = parameters.map(() => null);
    this.#options = { momentum, weightDecay, decays };
  }

  protected update(p: Float32Array, g: Float32Array, index: number, lr: number): void {
    const { momentum, weightDecay, decays } = this.#options;
    const decay = decays(this.parameters[index]) ? weightDecay : 0;
    const u = (this.#velocity[index] ??= new Float32Array(p.length));
    for (let i = 0; i < p.length; i++) {
      u[i] = momentum * u[i] + g[i] + decay * p[i];
      p[i] -= lr * u[i];
    }
  }
}
