import { checkIntegers, checkNumbers } from "../../config/options.js";
import { checkGenerator, type Generator } from "../../tensor/random.js";

/** Experts that sit out this step, each with probability p; at least `atLeast` remain. Their score counts as
 *  −∞ for the choice, so that others must do their work and learn it; probabilities and weights stay as they are. In training alone. */
export function hiddenExperts(nExpert: number, p: number, atLeast: number, rng: Generator): number[] {
  checkIntegers("hiddenExperts", { nExpert, atLeast }, { from: 0 });
  checkNumbers("hiddenExperts", { p }, { from: 0 });
  checkGenerator("hiddenExperts", rng);
  const order = Array.from({ length: nExpert }, (_, e) => ({ e, u: rng.uniform() })).sort((a, b) => a.u - b.u);
  const unlucky = order.filter(({ u }) => u < p).map(({ e }) => e);
  return unlucky.slice(0, nExpert - atLeast);
}
