/** How the learning rate changes during training: functions of the step, which counts from 0. Each begins, where `warmup` is
 *  given, with a straight line up: lr · (step + 1) / warmup. Each throws a RangeError for a number that is missing or makes no sense. */

import { checkNumbers } from "../config/options.js";

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
function warmed(
  name: string,
  step: number,
  { lr, warmup = 0 }: ConstantOptions,
  after: (since: number) => number,
): number {
  checkNumbers(name, { step, lr, warmup }, { from: 0 });
  return step < warmup ? (lr * (step + 1)) / warmup : after(step - warmup);
}

/** As `warmed`, then down from `lr` to `minLr` as `left` falls from 1 to 0. */
function falling(name: string, step: number, options: FallingOptions, left: (since: number) => number): number {
  const { lr, minLr, steps } = options;
  checkNumbers(name, { steps }, { from: 1 });
  if (minLr !== undefined) checkNumbers(name, { minLr }, { from: 0 });
  const end = minLr ?? lr / 10;
  return warmed(name, step, options, (since) => end + (lr - end) * left(since));
}

/** Share of the fall that is over: 0 after the warm-up, 1 at the end and beyond. */
const progress = (since: number, { warmup = 0, steps }: FallingOptions): number =>
  Math.min(1, since / Math.max(1, steps - warmup));

/** lr, after the warm-up.
 *  @example
 *  [0, 1, 2, 9].map((step) => warmupConstant(step, { lr: 1, warmup: 2 })); // => [0.5, 1, 1, 1] */
export function warmupConstant(step: number, options: ConstantOptions): number {
  return warmed("warmupConstant", step, options, () => options.lr);
}

/** A straight line up, then one down from `lr` to `minLr`: minLr + (lr − minLr) (1 − progress).
 *  @example
 *  [0, 1, 2, 3, 4].map((step) => warmupLinear(step, { lr: 1, minLr: 0, steps: 4 })); // => [1, 0.75, 0.5, 0.25, 0] */
export function warmupLinear(step: number, options: FallingOptions): number {
  return falling("warmupLinear", step, options, (since) => 1 - progress(since, options));
}

/** A straight line up, then half a cosine wave down: minLr + (lr − minLr) (1 + cos(π · progress)) / 2.
 *  Source: Loshchilov & Hutter 2016, §3, https://arxiv.org/abs/1608.03983
 *  @example
 *  [0, 1, 2, 3, 4].map((step) => warmupCosine(step, { lr: 1, minLr: 0, steps: 4 })); // => [1, 0.853553, 0.5, 0.146447, 0] */
export function warmupCosine(step: number, options: WarmupCosineOptions): number {
  return falling("warmupCosine", step, options, (since) => (1 + Math.cos(Math.PI * progress(since, options))) / 2);
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
  checkNumbers("stepDecay", { every }, { from: 1 });
  checkNumbers("stepDecay", { gamma }, { from: 0 });
  return warmed("stepDecay", step, options, (since) => lr * gamma ** Math.floor(since / every));
}

/** lr · √(warmup / (step + 1)) after the warm-up: the schedule of the first transformer, with lr = (D · warmup)^−½ there.
 *  Source: Vaswani et al. 2017, §5.3, https://arxiv.org/abs/1706.03762
 *  @example
 *  [0, 1, 7].map((step) => inverseSquareRoot(step, { lr: 1, warmup: 2 })); // => [0.5, 1, 0.5] */
export function inverseSquareRoot(step: number, options: ConstantOptions & { warmup: number }): number {
  const { lr, warmup } = options;
  checkNumbers("inverseSquareRoot", { warmup }, { from: 0 });
  return warmed("inverseSquareRoot", step, options, () => lr * Math.sqrt(Math.max(1, warmup) / (step + 1)));
}

/** Warm-up, a long constant stretch, then a straight line down to `minLr` over the last `cooldown` steps.
 *  Source: Hu et al. 2024 (MiniCPM), §4, https://arxiv.org/abs/2404.06395
 *  @example
 *  [0, 1, 6, 8, 10].map((step) => warmupStableDecay(step, { lr: 1, minLr: 0, warmup: 2, steps: 10, cooldown: 4 })); // => [0.5, 1, 1, 0.5, 0] */
export function warmupStableDecay(step: number, options: FallingOptions & { cooldown: number }): number {
  const { steps, cooldown } = options;
  checkNumbers("warmupStableDecay", { cooldown }, { from: 0 });
  return falling("warmupStableDecay", step, options, () =>
    Math.max(0, Math.min(1, (steps - step) / Math.max(1, cooldown))),
  );
}
