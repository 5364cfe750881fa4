/** Where a mixture is faster than a dense model, and from which batch on it is not any more. */

import type { Account } from "../account.js";
import { expertsOf, withValues } from "../changed.js";
import type { Device } from "../devices/index.js";
import { type Bound, bound, type BoundOptions, type Limit } from "./bound.js";

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
  const { E, k } = expertsOf("denseTwins", mixture);
  return { equalTotal: withValues(mixture, [k], () => E.value), equalActive: withValues(mixture, [E], () => k.value) };
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

/** How fast a mixture and its two dense twins write, at most. */
export interface SpeedRow {
  readonly model: "MoE" | "dense, equal total" | "dense, equal active";
  readonly batch: number;
  readonly tokensPerSecond: number;
  readonly by: Limit;
  /** tokens/s of the MoE / tokens/s of this model. */
  readonly moeTimes: number;
}

/** Decoding by batch: the mixture, the dense model of equal total size, which it beats where reading weights is the bound and few experts are
 *  touched, and the one of equal active size, which it never beats by more than a router's width.
 *  @param options.batches default the powers of two up to 1,024
 *  @example
 *  ```ts
 *  import { account, findModel } from "twinformer/account";
 *  import { speedRows } from "twinformer/cost";
 *
 *  const mixtral = account(findModel("Mixtral-8x7B")!.config!);
 *  console.table(speedRows(mixtral, "H100-SXM", { context: 256 }));
 *  ```
 */
export function speedRows(
  mixture: Account,
  device: Device | string,
  {
    batches = Array.from({ length: 11 }, (_, power) => 2 ** power),
    ...options
  }: Omit<BoundOptions, "phase" | "batch"> & { batches?: readonly number[] },
): SpeedRow[] {
  const { equalTotal, equalActive } = denseTwins(mixture);
  const models = { MoE: mixture, "dense, equal total": equalTotal, "dense, equal active": equalActive };
  return batches.flatMap((batch) => {
    const own = (counted: Account): Bound => bound(counted, device, { ...options, phase: "decode", batch });
    const moe = own(mixture).tokensPerSecond;
    return Object.entries(models).map(([model, counted]) => {
      const { tokensPerSecond, bound: by } = own(counted);
      return { model: model as SpeedRow["model"], batch, tokensPerSecond, by, moeTimes: moe / tokensPerSecond };
    });
  });
}
