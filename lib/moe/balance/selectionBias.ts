import { checkModule, type Module } from "../../nn/module.js";
import { checkLoad, checkRoutings } from "../check.js";
import { describe, ShapeError } from "../../tensor/check.js";
import { checkNumbers } from "../../config/options.js";
import { noGrad } from "../../tensor/autograd.js";
import { overwrite, read } from "../../tensor/tensor.js";
import { balanceFactors } from "../../config/router/defaults.js";
import { Router } from "../router.js";
import { scoresOf } from "../scores.js";
import type { Routing } from "../routing.js";
import { updateQuantile } from "./quantile.js";

/** bₑ ← bₑ + u · sign(mean load − loadₑ): an expert with too few tokens is chosen a little more easily next time. The bias takes part
 *  in the choice alone, never in the weights, so that no gradient fights the loss. In place; load [E] in any unit.
 *  Sources: Wang et al. 2024, §3.1, alg. 1, https://arxiv.org/abs/2408.15664; DeepSeek-AI 2024 (V3), §2.1.2. */
export function updateBias(bias: Float32Array | number[], load: readonly number[], rate: number): void {
  checkLoad("updateBias", load);
  checkNumbers("updateBias", { rate }, { from: 0 });
  if (bias?.length !== load.length)
    throw new ShapeError(
      `updateBias: a bias and a load of equally many experts are needed, got ${describe(bias)} and ${load.length}`,
    );
  const mean = load.reduce((a, b) => a + b, 0) / load.length;
  load.forEach((l, e) => (bias[e] += rate * Math.sign(mean - l)));
}

/** Updates the selection bias of every router in a model, from the routings of one training step: one per layer, in order; by the
 *  counts of what tokens asked for (balance.bias), or by their scores, without noise (balance.quantile). Called once a step with what that step decided, so that a layer that is computed twice does not count twice. */
export function updateSelectionBiases(model: Module, routings: readonly Routing[]): void {
  const routers = routersIn(model);
  checkRoutings("updateSelectionBiases", routings);
  if (routers.every((router) => router.selectionBias === null)) return;
  if (routers.length !== routings.length)
    throw new RangeError(`updateSelectionBiases: ${routers.length} routers in the model, ${routings.length} routings`);
  routers.forEach((router, i) => {
    if (!router.selectionBias) return;
    const { bias: rate, quantile } = balanceFactors(router.config.balance);
    const bias = overwrite(router.selectionBias, "updateSelectionBiases") as Float32Array;
    if (quantile) {
      const { logits } = routings[i];
      const { score, topK } = router.config;
      if (logits) updateQuantile(bias, read(noGrad(() => scoresOf(logits, score))), { topK, step: quantile });
      return;
    }
    const counts = new Array<number>(routings[i].nExpert).fill(0); // integers, so that an even load is exactly even
    for (const e of routings[i].wanted) counts[e]++;
    updateBias(bias, counts, rate!); // without a quantile there is a rate, else there were no selection bias
  });
}

/** Every router in a model, from the first layer to the last. */
export function routersIn(module: Module): Router[] {
  checkModule("routersIn", module);
  return module instanceof Router ? [module] : module.children().flatMap(routersIn);
}
