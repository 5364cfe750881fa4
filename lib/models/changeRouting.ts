/** Another balance, capacity or noise for a model that is being trained. */

import { modelConfig } from "../config/model.js";
import { checkObject } from "../config/options.js";
import { routerBuffers, routerFields, routerPart, routerShapes } from "../config/router/defaults.js";
import type { RouterConfig } from "../config/router/fields.js";
import { routersIn } from "../moe/balance/selectionBias.js";
import { showAll } from "../text/show.js";
import { checkModel, type Transformer } from "./transformer.js";

/** What the weights of a model are shaped by: a model that differs in it is another model. */
const shapesOf = (config: RouterConfig): Record<string, unknown> => {
  const { nSharedExpert, nNullExpert, dLatent, nSlot } = config;
  const sizes = { V: "V", E: "E", K: config.topK, D: "D", "E·S": "E·S" };
  const { state } = routerBuffers<string | number>(config, sizes);
  return { nSharedExpert, nNullExpert, dLatent, nSlot, ...routerShapes<string | number>(config, sizes), state };
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
  checkObject("changeRouting", "the changes", changes);
  const { config } = model;
  if (config.nExpert === 0) throw new RangeError("changeRouting: the model is dense, so it has no router to change");
  const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
  const unknown = Object.keys(given).find((name) => !(routerFields as readonly string[]).includes(name));
  if (unknown !== undefined)
    throw new RangeError(
      `changeRouting: a router has no field "${unknown}"; its fields are ${routerFields.join(", ")}`,
    );
  const after = modelConfig({ ...config, ...given });
  const [old, now] = [shapesOf(config), shapesOf(after)];
  const other = Object.keys(now).some((name) => JSON.stringify(old[name]) !== JSON.stringify(now[name]));
  if (other)
    throw new RangeError(
      `changeRouting: with ${showAll(Object.entries(given).map(([name, value]) => `${name} ${JSON.stringify(value)}`))} the model would have other weights: make a new one with transformer()`,
    );
  const part = routerPart(after);
  Object.assign(config, part);
  for (const router of routersIn(model)) {
    Object.assign(router.config, part);
    router.renewSelectionBias();
  }
}
