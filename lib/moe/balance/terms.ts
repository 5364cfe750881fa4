/** What a config adds to the loss. */

import { checkRoutings } from "../check.js";
import { add, mul } from "../../tensor/ops/elementwise.js";
import type { Tensor } from "../../tensor/tensor.js";
import { balanceFactors } from "../../config/router/defaults.js";
import type { BalanceFactors, BiasTerm } from "../../config/router/fields.js";
import type { Routing } from "../routing.js";
import { gshardBalanceLoss } from "./gshard.js";
import { importanceLoss } from "./importance.js";
import { loadLoss } from "./load.js";
import { sequenceBalanceLoss } from "./sequence.js";
import { switchBalanceLoss } from "./switch.js";
import { zLoss } from "./zLoss.js";

const terms = {
  switch: switchBalanceLoss,
  gshard: gshardBalanceLoss,
  importance: importanceLoss,
  load: loadLoss,
  z: zLoss,
  sequence: sequenceBalanceLoss,
} as const satisfies Record<Exclude<keyof BalanceFactors, BiasTerm>, (routing: Routing) => Tensor<readonly []>>;

/** Σ over terms of factor · Σ over layers of the term; null where there is none. Each layer's loads are compared among themselves:
 *  put together over layers, one layer's favorites would hide another's. */
export function balanceLoss(
  routings: readonly Routing[],
  balance: number | BalanceFactors,
): Tensor<readonly []> | null {
  checkRoutings("balanceLoss", routings);
  let total: Tensor<readonly []> | null = null;
  if (routings.length === 0) return total;
  const factors = balanceFactors(balance);
  for (const name of Object.keys(terms) as (keyof typeof terms)[]) {
    const factor = factors[name];
    if (factor === undefined) continue;
    const layers = routings.map(terms[name]).reduce((a, b) => add(a, b));
    const part = mul(layers, factor);
    total = total === null ? part : add(total, part);
  }
  return total;
}
