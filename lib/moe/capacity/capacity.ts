/** C = max(minimum, ceil(factor · M / E)): places of one expert, as a multiple of its fair share of M assignments (M = N · K).
 *  At factor 1 an even load fits exactly; chance alone already makes loads uneven, so some are dropped even then.
 *  Source: Fedus et al. 2021 (Switch), §2.2, eq. 3, https://arxiv.org/abs/2101.03961 */
export function capacityOf(nAssignment: number, nExpert: number, factor: number, minimum = 1): number {
  return Math.max(minimum, Math.ceil((factor * nAssignment) / nExpert));
}

/** Share of assignments that find no place when every choice is even chance: E[max(X − C, 0)] / E[X] with X ~ Bin(N, K/E), the load
 *  of one expert when each of N tokens picks K of E different experts. Computed by its recurrence, exact up to rounding. */
export function chanceDropShare(nToken: number, topK: number, nExpert: number, capacity: number): number {
  const p = topK / nExpert;
  if (p >= 1) return Math.max(0, nToken - capacity) / Math.max(nToken, 1);
  let probability = (1 - p) ** nToken; // of x = 0; then P(x + 1) = P(x) · (N − x) / (x + 1) · p / (1 − p)
  let over = 0;
  for (let x = 0; x <= nToken; x++) {
    over += Math.max(0, x - capacity) * probability;
    probability *= ((nToken - x) / (x + 1)) * (p / (1 - p));
  }
  return nToken > 0 ? over / (nToken * p) : 0;
}
