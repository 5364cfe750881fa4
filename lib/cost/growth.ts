/** How a model grows, and what one token of it then computes. */

import { checkIntegers } from "../config/options.js";
import type { Account } from "./account.js";
import { expertsOf, lettersOf, withValues } from "./changed.js";
import { flops } from "./flops/flops.js";
import { denseTwins } from "./roofline/twins.js";

/** Parameters, and FLOPs of one more token. */
interface Size {
  readonly total: number;
  readonly active: number;
  readonly flopsPerToken: number;
  /** Of these, by the routers: all that an expert more adds. */
  readonly routerFlops: number;
}

export interface SweepRow extends Size {
  /** E of each layer. */
  readonly experts: number;
}

/** The same mixture with other numbers of experts, of which as many work on a token as before: the total grows, FLOPs do not, but for the
 *  router, which scores every expert.
 *  @param options.context tokens of the text, for attention. Default 1
 *  Throws a RangeError for a model without experts, and for fewer experts than work on a token.
 *  @example
 *  ```ts
 *  import { account, findModel } from "twinformer/account";
 *  import { expertSweep } from "twinformer/cost";
 *
 *  const mixtral = account(findModel("Mixtral-8x7B")!.config!);
 *  console.table(expertSweep(mixtral, [2, 8, 32, 128]));
 *  ```
 */
export function expertSweep(
  mixture: Account,
  experts: readonly number[],
  { context = 1 }: { context?: number } = {},
): SweepRow[] {
  const { E, k } = expertsOf("expertSweep", mixture);
  return experts.map((count) => {
    checkIntegers("expertSweep", { experts: count }, { from: Number(k.value) });
    return {
      experts: count,
      ...sizeOf(
        withValues(mixture, [E], () => BigInt(count)),
        context,
      ),
    };
  });
}

export interface GrowthRow extends Size {
  readonly way: "depth" | "width" | "experts";
  /** So many times the layers, the width of each feed-forward layer, or the experts of which k work. */
  readonly times: number;
}

/** Three ways to grow the dense model of equal active size (`denseTwins`): more layers, wider feed-forward layers, or experts besides those
 *  that work. In a dense model FLOPs grow with parameters; with experts, parameters grow alone.
 *  @param options.times default [1, 2, 4, 8]: 1 is the dense model itself
 *  @param options.context tokens of the text, for attention. Default 1
 *  @example
 *  ```ts
 *  import { account, findModel } from "twinformer/account";
 *  import { waysToGrow } from "twinformer/cost";
 *  import { logLines } from "twinformer/plot";
 *
 *  const rows = waysToGrow(account(findModel("Mixtral-8x7B")!.config!));
 *  logLines(rows.map(({ way, total, flopsPerToken }) => ({ by: way, x: total, y: flopsPerToken })));
 *  ```
 */
export function waysToGrow(
  mixture: Account,
  { times = [1, 2, 4, 8], context = 1 }: { times?: readonly number[]; context?: number } = {},
): GrowthRow[] {
  expertsOf("waysToGrow", mixture);
  const dense = denseTwins(mixture).equalActive;
  const letters = { depth: lettersOf(dense, /^L$/), width: lettersOf(dense, /^F/), experts: lettersOf(dense, /^E$/) };
  const missing = (["depth", "width"] as const).find((way) => letters[way].length === 0);
  if (missing)
    throw new RangeError(`waysToGrow: ${mixture.file} must have the field for its ${missing} at the top of the config`);
  return (["depth", "width", "experts"] as const).flatMap((way) =>
    times.map((factor) => {
      checkIntegers("waysToGrow", { times: factor }, { from: 1 });
      const grown = withValues(dense, letters[way], ({ value }) => value * BigInt(factor));
      return { way, times: factor, ...sizeOf(grown, context) };
    }),
  );
}

function sizeOf(counted: Account, context: number): Size {
  const { rows, total: flopsPerToken } = flops(counted, { phase: "decode", context });
  const routerFlops = rows.find(({ component }) => component === "router")?.flops ?? 0;
  return { total: Number(counted.total), active: Number(counted.active), flopsPerToken, routerFlops };
}
