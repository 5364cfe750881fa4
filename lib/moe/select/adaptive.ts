import { preference, type Scored, type Selection, varied } from "./selection.js";

/** Each token takes its k best experts, with k = e^H rounded, at least 1 and at most `most`, where H = −Σ p ln p is the entropy of its
 *  probabilities: e^H is the number of equally likely experts that would leave the router as undecided. A sure token gets one expert,
 *  one that could go anywhere gets `most`. Unlike top-p there is no threshold to choose. Scores must be probabilities; those at −∞ are
 *  hidden, and H is of the others.
 *  That k follows the entropy is the idea of Li et al. 2025 (DynMoLE), https://arxiv.org/abs/2504.00661, and that harder tokens get
 *  more experts that of Huang et al. 2024, https://arxiv.org/abs/2403.07652; the form e^H is this library's own. */
export function selectAdaptive(scored: Scored, most: number): Selection {
  return varied(
    Array.from({ length: scored.nToken }, (_, n) =>
      preference(scored, n)
        .slice(0, Math.min(most, Math.max(1, Math.round(undecided(scored, n)))))
        .map((expert, rank) => ({ expert, rank })),
    ),
  );
}

/** e^H of a token's probabilities; Infinity where there are none to go by. */
function undecided({ scores, nExpert }: Scored, token: number): number {
  let [sum, sumOfLogs] = [0, 0]; // Σ p and Σ p ln p
  for (let i = token * nExpert; i < (token + 1) * nExpert; i++) {
    const p = scores[i];
    if (p === 0 || p === -Infinity) continue;
    sum += p;
    sumOfLogs += p * Math.log(p);
  }
  // With shares p / sum: H = ln sum − Σ p ln p / sum.
  return sum > 0 ? sum * Math.exp(-sumOfLogs / sum) : Infinity;
}
