import type { Generator } from "../tensor/random.js";

/** G = −ln(−ln u), u even over (0, 1]: where each of some numbers gets one added, the largest is a draw from their softmax.
 *  Source: Jang et al. 2016, §2, https://arxiv.org/abs/1611.01144 */
export const gumbel = (rng: Generator): number => -Math.log(-Math.log(1 - rng.uniform() || Number.MIN_VALUE));
