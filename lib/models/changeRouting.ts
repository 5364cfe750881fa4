/** Another balance, capacity or noise for a model that is being trained. */

import { type ModelConfig, modelConfig, modelPart } from "../config/model.js";
import { checkObject } from "../config/options.js";
import { routerBuffers, routerPart, routerShapes } from "../config/router/defaults.js";
import type { RouterConfig } from "../config/router/fields.js";
import { routersIn } from "../moe/balance/selectionBias.js";
import { checkHasExperts } from "../moe/check.js";
import { checkModel, type Transformer } from "./transformer.js";

/** All but the routing, and what of that shapes the weights. */
const fixed = (config: ModelConfig): string => {
  const { nSharedExpert, nNullExpert, dLatent, nSlot, topK } = config;
  const sizes = { V: 0, E: 0, K: topK, D: 0, "E·S": 0 }; // all but K stay
  const shapes = [routerShapes(config, sizes), routerBuffers(config, sizes).state];
  return JSON.stringify([modelPart(config), nSharedExpert, nNullExpert, dLatent, nSlot, shapes]);
};

/** Changes how all routers of a model route, from the next step on, while its weights and the optimizer's memory stay: balance, capacity,
 *  overflow, noise and whatever else needs no other weights. A selection bias (`balance.bias`, `balance.quantile`) begins at zero.
 *  What was left to a default before stays what it was: `{ capacityFactor: 1 }` alone is refused, as overflow is still "dropless".
 *  Throws a sentence, and changes nothing, for a dense model, a field that is none, a config that makes no sense, and a change of shape.
 *  @example
 *  const { moe } = twins({ vocabSize: 3, blockSize: 4, nLayer: 1, nHead: 1, dModel: 4, balance: 0 });
 *  changeRouting(moe, { balance: 0.01, capacityFactor: 1.25, overflow: "nextBest" });
 *  moe.config.balance; // => 0.01 */
export function changeRouting(model: Transformer, changes: Partial<RouterConfig>): void {
  checkModel("changeRouting", model);
  checkObject("changeRouting", "changes", changes);
  const { config } = model;
  checkHasExperts("changeRouting", config);
  const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
  const after = modelConfig({ ...config, ...given });
  if (fixed(config) !== fixed(after))
    throw new RangeError(`changeRouting: ${Object.keys(given).join(", ")} needs a new model`);
  const part = routerPart(after);
  Object.assign(config, part);
  for (const router of routersIn(model)) {
    Object.assign(router.config, part);
    router.renewSelectionBias();
  }
}
