/** How long a device takes to multiply what a step multiplies. */

import type { Account, DtypeName, Tensor } from "../account.js";
import { storedAs, type WeightFormat } from "../bytes/weights.js";
import type { Device } from "../devices/index.js";
import { flops, rowsOf } from "../flops/flops.js";
import { productsOf } from "../flops/products.js";
import type { StepOptions } from "../step.js";
import { peakOf } from "./peaks.js";

/** Each product at the speed of the format of its weight, attention at that of the cache.
 *  @param texts how many one device computes, on average, with the experts and with all else */
export function computeSeconds(
  counted: Account,
  device: Device,
  { dtype, kvDtype, phase, context }: { dtype: WeightFormat; kvDtype: DtypeName } & StepOptions,
  texts: { experts: number; others: number },
): number {
  const step = { phase, context };
  const rows = rowsOf(counted, step);
  // Seconds for one FLOP with each tensor, of which some layers may be stored in another format.
  const each = new Map<Tensor, number>();
  for (const { tensor, dtype: format, parameters } of storedAs(counted, dtype, "bound")) {
    const share = tensor.total === 0n ? 0 : Number(parameters) / Number(tensor.total);
    each.set(tensor, (each.get(tensor) ?? 0) + share / peakOf(device, format));
  }
  let seconds = 0;
  let weights = 0;
  for (const product of productsOf(counted)) {
    const own = 2 * product.products * rows(product);
    weights += own;
    seconds += own * (product.tensor.choice ? texts.experts : texts.others) * (each.get(product.tensor) ?? 0);
  }
  const rest = flops(counted, step).total - weights;
  return seconds + (rest * texts.others) / peakOf(device, kvDtype);
}
