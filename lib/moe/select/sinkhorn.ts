import { checkScored } from "../check.js";
import { checkIntegers, checkNumbers } from "../../config/options.js";
import { best, fixed, rankOf, type Scored, type Selection } from "./selection.js";

/** Rows and columns of exp(logits / τ) are divided in turn by their sums, until each token spends 1 and each expert gets N/E: the
 *  smoothest transport plan. Each token then takes its K largest entries: nearly even, though not exactly.
 *  @param scored logits, not probabilities  @param rounds of dividing
 *  Sources: Clark et al. 2022 (S-BASE), §3.1 and appendix B, https://arxiv.org/abs/2202.01169; Cuturi 2013, alg. 1,
 *  https://arxiv.org/abs/1306.0895 */
export function selectSinkhorn(
  scored: Scored,
  topK: number,
  options?: { rounds?: number; temperature?: number },
): Selection {
  checkScored("selectSinkhorn", scored, topK);
  const plan = sinkhorn(scored, options);
  const balanced: Scored = { ...scored, scores: plan, logits: ranking(scored, plan) };
  const all = Array.from({ length: scored.nExpert }, (_, e) => e);
  const selection = fixed(scored.nToken, topK, (n) => best(balanced, n, topK, all));
  return { ...selection, ranks: selection.experts.map((e, i) => rankOf(scored, selection.tokens[i], e)) };
}

/** [N, E] the plan, and below all of it, where an entry is too small for a number and so 0, the logits' distance from the token's
 *  largest: a hidden expert (−∞) must not tie with one that is only unlikely. */
function ranking({ scores, nExpert }: Scored, plan: Float64Array): Float64Array {
  return plan.map((p, i) => {
    if (p > 0) return p;
    const first = i - (i % nExpert);
    let top = -Infinity;
    for (let e = first; e < first + nExpert; e++) if (scores[e] > top) top = scores[e];
    return scores[i] === top ? -1 : scores[i] - top - 1;
  });
}

/** The plan, [N, E]: rows sum to 1, columns to N/E in the limit. */
export function sinkhorn(scored: Scored, { rounds = 20, temperature = 1 } = {}): Float64Array {
  checkScored("sinkhorn", scored);
  checkIntegers("sinkhorn", { rounds }, { from: 0 });
  checkNumbers("sinkhorn", { temperature }, { above: 0 });
  const { scores, nToken, nExpert } = scored;
  const plan = new Float64Array(nToken * nExpert);
  for (let n = 0; n < nToken; n++) {
    const row = Array.from({ length: nExpert }, (_, e) => scores[n * nExpert + e]);
    const top = Math.max(...row.filter(Number.isFinite), -Number.MAX_VALUE);
    row.forEach((z, e) => (plan[n * nExpert + e] = z === Infinity ? 1 : Math.exp((z - top) / temperature) || 0));
  }
  for (let round = 0; round < rounds; round++) {
    for (let e = 0; e < nExpert; e++) rescale(plan, e, nExpert, nToken, nToken / nExpert);
    for (let n = 0; n < nToken; n++) rescale(plan, n * nExpert, 1, nExpert, 1);
  }
  return plan;
}

/** Divides a line so that it sums to `to`. */
function rescale(plan: Float64Array, first: number, step: number, count: number, to: number): void {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += plan[first + i * step];
  if (sum > 0) for (let i = 0; i < count; i++) plan[first + i * step] *= to / sum;
}
