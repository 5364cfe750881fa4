/** How the learning rate changes during training. */

export interface WarmupCosineOptions {
  /** Highest learning rate, reached after the warm-up. */
  lr: number;
  /** Learning rate at the end. Default lr / 10. */
  minLr?: number;
  /** Steps of linear rise. Default 0. */
  warmup?: number;
  /** Steps of the whole training. */
  steps: number;
}

/** Learning rate of a step: a straight line up, then half a cosine wave down from `lr` to `minLr`.
 *  Source: Loshchilov & Hutter 2016, §3, https://arxiv.org/abs/1608.03983 */
export function warmupCosine(step: number, { lr, minLr = lr / 10, warmup = 0, steps }: WarmupCosineOptions): number {
  if (step < warmup) return (lr * (step + 1)) / warmup;
  const progress = Math.min(1, (step - warmup) / Math.max(1, steps - warmup));
  return minLr + 0.5 * (lr - minLr) * (1 + Math.cos(Math.PI * progress));
}
