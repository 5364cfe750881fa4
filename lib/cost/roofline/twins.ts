/** Where a mixture is faster than a dense model, and from which batch on it is not any more. */

import { account, type Account } from "../account.js";
import type { Device } from "../devices/index.js";
import { bound, type BoundOptions } from "./bound.js";

/** Dense models that differ from a mixture in their experts alone. */
export interface DenseTwins {
  /** All its experts work on every token: as many parameters in total. */
  readonly equalTotal: Account;
  /** It has no more experts than work on a token: as many active parameters, but for the router's rows. */
  readonly equalActive: Account;
}

/** The two dense models beside a mixture, from its own config: k experts that always work are one feed-forward layer k times as wide.
 *  @example
 *  ```ts
 *  import { account, findModel } from "twinformer/account";
 *  import { denseTwins } from "twinformer/cost";
 *
 *  const mixtral = account(findModel("Mixtral-8x7B")!.config!);
 *  console.log(denseTwins(mixtral).equalTotal.active === mixtral.total); // true
 *  ```
 */
export function denseTwins(mixture: Account): DenseTwins {
  const [E, k] = ["E", "k"].map((name) => mixture.letters.find(({ letter }) => letter === name));
  const plain = /^\w+$/;
  if (mixture.moeLayers === 0 || !E || !k || !plain.test(E.field) || !plain.test(k.field))
    throw new RangeError(`denseTwins: ${mixture.file} must have experts, whose numbers stand at the top of the config`);
  const changed = (field: string, value: bigint): Account =>
    account({ ...mixture.config, [field]: Number(value) }, { file: mixture.file });
  return { equalTotal: changed(k.field, E.value), equalActive: changed(E.field, k.value) };
}

/** The smallest batch, of the powers of two up to 2²⁰, at which a model decodes at most `times` as fast as another; null where it
 *  is always faster. Far above it, where computing is the bound, a mixture that computes less is faster again, if such a batch fits.
 *  @param times default 1.1: a tenth is all that is left
 *  @example
 *  ```ts
 *  import { account, findModel } from "twinformer/account";
 *  import { denseTwins, lostFrom } from "twinformer/cost";
 *
 *  const mixtral = account(findModel("Mixtral-8x7B")!.config!);
 *  console.log(lostFrom(mixtral, denseTwins(mixtral).equalTotal, "H100-SXM", { context: 256 })); // 16
 *  ```
 */
export function lostFrom(
  model: Account,
  other: Account,
  device: Device | string,
  { times = 1.1, ...options }: Omit<BoundOptions, "phase" | "batch"> & { times?: number },
): number | null {
  const speed = (counted: Account, batch: number): number =>
    bound(counted, device, { ...options, phase: "decode", batch }).tokensPerSecond;
  const batches = Array.from({ length: 21 }, (_, power) => 2 ** power);
  const found = batches.find((batch) => speed(model, batch) <= times * speed(other, batch));
  return found ?? null;
}
