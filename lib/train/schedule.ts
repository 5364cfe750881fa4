/** How the learning rate changes during training: functions of the step, which counts from 0. Each begins, where `warmup` is
 *  given, with a straight line up: lr · (step + 1) / warmup. */

export interface ConstantOptions {
  /** Highest learning rate, reached after the warm-up. */
  lr: number;
  /** Steps of linear rise. Default 0. */
  warmup?: number;
}

export interface FallingOptions extends ConstantOptions {
  /** Learning rate at the end. Default lr / 10. */
  minLr?: number;
  /** Steps of the whole training, warm-up included. */
  steps: number;
}

export type WarmupCosineOptions = FallingOptions;

/** Warm-up, then `after` of the steps since. */
function warmed(step: number, { lr, warmup = 0 }: ConstantOptions, after: (since: number) => number): number {
  if (!(step >= 0)) throw new RangeError(`schedule: the step must be a number from 0, got ${step}`);
  return step < warmup ? (lr * (step + 1)) / warmup : after(step - warmup);
}

/** Share of the fall that is over: 0 after the warm-up, 1 at the end and beyond. */
const progress = (since: number, { warmup = 0, steps }: FallingOptions): number =>
  Math.min(1, since / Math.max(1, steps - warmup));

/** lr, after the warm-up.
 *  @example
 *  [0, 1, 2, 9].map((step) => warmupConstant(step, { lr: 1, warmup: 2 })); // => [0.5, 1, 1, 1] */
export function warmupConstant(step: number, options: ConstantOptions): number {
  return warmed(step, options, () => options.lr);
}

/** A straight line up, then one down from `lr` to `minLr`: minLr + (lr − minLr) (1 − progress).
 *  @example
 *  [0, 1, 2, 3, 4].map((step) => warmupLinear(step, { lr: 1, minLr: 0, steps: 4 })); // => [1, 0.75, 0.5, 0.25, 0] */
export function warmupLinear(step: number, options: FallingOptions): number {
  const { lr, minLr = lr / 10 } = options;
  return warmed(step, options, (since) => minLr + (lr - minLr) * (1 - progress(since, options)));
}

/** A straight line up, then half a cosine wave down: minLr + (lr − minLr) (1 + cos(π · progress)) / 2.
 *  Source: Loshchilov & Hutter 2016, §3, https://arxiv.org/abs/1608.03983
 *  @example
 *  [0, 1, 2, 3, 4].map((step) => warmupCosine(step, { lr: 1, minLr: 0, steps: 4 })); // => [1, 0.853553, 0.5, 0.146447, 0] */
export function warmupCosine(step: number, options: WarmupCosineOptions): number {
  const { lr, minLr = lr / 10 } = options;
  return warmed(
    step,
    options,
    (since) => minLr + 0.5 * (lr - minLr) * (1 + Math.cos(Math.PI * progress(since, options))),
  );
}

export interface StepDecayOptions extends ConstantOptions {
  /** Steps between two falls. With 1 the rate falls exponentially. */
  every: number;
  /** Factor of each fall. Default 0.1. */
  gamma?: number;
}

/** Stairs: lr · gamma^⌊since / every⌋, `since` the steps after the warm-up.
 *  @example
 *  [0, 1, 2, 3, 4].map((step) => stepDecay(step, { lr: 1, every: 2, gamma: 0.5 })); // => [1, 1, 0.5, 0.5, 0.25] */
export function stepDecay(step: number, options: StepDecayOptions): number {
  const { lr, every, gamma = 0.1 } = options;
  if (!(every >= 1)) throw new RangeError(`stepDecay: every must be at least 1 step, got ${every}`);
  return warmed(step, options, (since) => lr * gamma ** Math.floor(since / every));
}

/** lr · √(warmup / (step + 1)) after the warm-up: the schedule of the first transformer, with lr = (D · warmup)^−½ there.
 *  Source: Vaswani et al. 2017, §5.3, https://arxiv.org/abs/1706.03762
 *  @example
 *  [0, 1, 7].map((step) => inverseSquareRoot(step, { lr: 1, warmup: 2 })); // => [0.5, 1, 0.5] */
export function inverseSquareRoot(step: number, options: ConstantOptions & { warmup: number }): number {
  const { lr, warmup } = options;
  return warmed(step, options, () => lr * Math.sqrt(Math.max(1, warmup) / (step + 1)));
}

/** Warm-up, a long constant stretch, then a straight line down to `minLr` over the last `cooldown` steps.
 *  Source: Hu et al. 2024 (MiniCPM), §4, https://arxiv.org/abs/2404.06395
 *  @example
 *  [0, 1, 6, 8, 10].map((step) => warmupStableDecay(step, { lr: 1, minLr: 0, warmup: 2, steps: 10, cooldown: 4 })); // => [0.5, 1, 1, 0.5, 0] */
export function warmupStableDecay(step: number, options: FallingOptions & { cooldown: number }): number {
  const { lr, minLr = lr / 10, steps, cooldown } = options;
  const left = (): number => Math.max(0, Math.min(1, (steps - step) / Math.max(1, cooldown)));
  return warmed(step, options, () => minLr + (lr - minLr) * left());
}
