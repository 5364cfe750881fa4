/** Many small experts instead of few large ones. */

import { checkIntegers } from "../config/options.js";

/** Each expert is split into `parts`, and each token uses as many times more: equal total and active parameters, far more
 *  combinations (C(8, 2) = 28, but C(64, 16) = 4.9e14). Source: Dai et al. 2024 (DeepSeekMoE), §3.1, https://arxiv.org/abs/2401.06066 */
export function fineGrained(
  { nExpert, topK, dExpert }: { nExpert: number; topK: number; dExpert: number },
  parts: number,
): { nExpert: number; topK: number; dExpert: number } {
  checkIntegers("fineGrained", { nExpert, topK, dExpert }, { from: 1 });
  if (!(Number.isInteger(parts) && parts >= 1) || dExpert % parts !== 0)
    throw new RangeError(
      `fineGrained: an expert of width ${dExpert} cannot be split into ${String(parts)} equal parts`,
    );
  return { nExpert: nExpert * parts, topK: topK * parts, dExpert: dExpert / parts };
}

/** C(E, K): how many different sets of experts a token can use; 0 where K is more than E, Infinity beyond what a number holds. */
export function combinations(nExpert: number, topK: number): number {
  checkIntegers("combinations", { nExpert, topK }, { from: 0 });
  const few = Math.min(topK, nExpert - topK); // C(E, K) = C(E, E − K)
  let count = few < 0 ? 0 : 1;
  for (let i = 1; i <= few && count < Infinity; i++) count = (count * (nExpert - few + i)) / i;
  return Math.round(count);
}
