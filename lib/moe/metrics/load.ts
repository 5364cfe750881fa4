/** How even a load is, as one number. `load` is any list of counts or shares, one per expert. */

import { checkLoad } from "../check.js";
import { checkNumbers } from "../../config/options.js";

const total = (load: readonly number[]): number => load.reduce((a, b) => a + b, 0);

/** Coefficient of variation: standard deviation / mean (dividing by E). 0 when even, √(E − 1) when one expert takes all. */
export function loadCV(load: readonly number[]): number {
  checkLoad("loadCV", load);
  const mean = total(load) / load.length;
  if (!(mean > 0)) return 0;
  return Math.sqrt(load.reduce((sum, x) => sum + (x - mean) ** 2, 0) / load.length) / mean;
}

/** max / mean − 1: how far the busiest expert is over its fair share. 0 when even, E − 1 when one takes all.
 *  Source: Wang et al. 2024, §4.1, https://arxiv.org/abs/2408.15664 */
export function maxViolation(load: readonly number[]): number {
  checkLoad("maxViolation", load);
  const mean = total(load) / load.length;
  return mean > 0 ? Math.max(...load) / mean - 1 : 0;
}

/** Gini coefficient: half the mean difference of two experts, over the mean. 0 when even, 1 − 1/E when one takes all. */
export function gini(load: readonly number[]): number {
  checkLoad("gini", load);
  const sum = total(load);
  if (!(sum > 0)) return 0;
  const sorted = [...load].sort((a, b) => a - b);
  const weighted = sorted.reduce((acc, x, i) => acc + (2 * (i + 1) - load.length - 1) * x, 0);
  return weighted / (load.length * sum);
}

/** −Σ p ln p of the load, in nats. ln E when even, 0 when one takes all. */
export function loadEntropy(load: readonly number[]): number {
  checkLoad("loadEntropy", load);
  const sum = total(load);
  if (!(sum > 0)) return 0;
  return -load.reduce((h, x) => (x > 0 ? h + (x / sum) * Math.log(x / sum) : h), 0) + 0;
}

/** e to the entropy of the load: how many equally busy experts would be as spread out. E when even, 1 when one takes all. */
export function effectiveExperts(load: readonly number[]): number {
  checkLoad("effectiveExperts", load);
  return total(load) > 0 ? Math.exp(loadEntropy(load)) : 0;
}

/** Experts that got less than `share` of a fair share. Default 0: those that got nothing. */
export function deadExperts(load: readonly number[], share = 0): number {
  checkLoad("deadExperts", load);
  checkNumbers("deadExperts", { share }, { from: 0 });
  const fair = total(load) / load.length;
  return load.filter((x) => (share > 0 ? x < share * fair : x === 0)).length;
}
