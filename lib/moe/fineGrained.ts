/** Many small experts instead of few large ones. */

/** Each expert is split into `parts`, and each token uses as many times more: equal total and active parameters, far more
 *  combinations (C(8, 2) = 28, but C(64, 16) = 4.9e14). Source: Dai et al. 2024 (DeepSeekMoE), §3.1, https://arxiv.org/abs/2401.06066 */
export function fineGrained(
  { nExpert, topK, dExpert }: { nExpert: number; topK: number; dExpert: number },
  parts: number,
): { nExpert: number; topK: number; dExpert: number } {
  if (!Number.isInteger(parts) || parts < 1 || dExpert % parts !== 0)
    throw new RangeError(`fineGrained: an expert of width ${dExpert} cannot be split into ${parts} equal parts`);
  return { nExpert: nExpert * parts, topK: topK * parts, dExpert: dExpert / parts };
}

/** C(E, K): how many different sets of experts a token can use. */
export function combinations(nExpert: number, topK: number): number {
  let count = 1;
  for (let i = 1; i <= topK; i++) count = (count * (nExpert - topK + i)) / i;
  return Math.round(count);
}
