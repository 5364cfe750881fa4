/** What one expert weighs: what a link moves, and a slot holds. */

import type { Account } from "../account.js";
import { storedAs, type WeightFormat } from "../bytes/weights.js";

/** Bytes of one routed expert in one layer. 0 where no router chooses: no experts, or all of them for every
 *  token.
 *  @param dtype default "shipped": what the config says, else bfloat16
 *  @example
 *  ```ts
 *  import { account, findModel } from "twinformer/account";
 *  import { expertBytes } from "twinformer/cost";
 *
 *  console.log(expertBytes(account(findModel("Mixtral-8x7B")!.config!)) / 1e6); // 352.3: 3 · 4096 · 14336 numbers of 2 bytes
 *  ```
 */
export function expertBytes(counted: Account, dtype: WeightFormat = "shipped"): number {
  const { moeLayers, experts } = counted;
  return moeLayers === 0 ? 0 : allExperts("expertBytes", counted, dtype) / moeLayers / experts.total;
}

/** Bytes of all routed experts in all layers. @param operation what a sentence names that refuses the format */
export const allExperts = (operation: string, counted: Account, dtype: WeightFormat = "shipped"): number =>
  storedAs(counted, dtype, operation)
    .filter(({ tensor }) => tensor.choice !== null)
    .reduce((sum, { bytes }) => sum + bytes, 0);
