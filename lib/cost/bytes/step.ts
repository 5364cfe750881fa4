/** The bytes that a step must move between memory and processor, at least. */

import { checkWord } from "../../config/options.js";
import { type Account, bytesPerNumber, type Cache, type DtypeName, type Stored } from "../account.js";
import { expertsTouched } from "../coverage.js";
import { entriesAt } from "../flops/looks.js";
import { headTable } from "../flops/products.js";
import { checkStep, sourceTokens, type StepOptions, tokensOf } from "../step.js";
import { storedAs, type WeightFormat } from "./weights.js";

export interface StepBytesOptions extends StepOptions {
  /** Format of the weights. Default "shipped": what the config says, else bfloat16. */
  dtype?: WeightFormat;
  /** Format of the cache. Default "bfloat16". */
  kvDtype?: DtypeName;
  /** How many experts a batch touches: "uniform", as many as by chance (`expertsTouched`), or "fewest", as if all of its tokens chose the
   *  same: no routing can read less. Default "uniform". */
  touched?: "uniform" | "fewest";
}

export interface StepBytes {
  /** Of weights that every token needs, and rows of the embedding. */
  readonly dense: number;
  /** Of routed experts: those that the batch touches. */
  readonly experts: number;
  /** Keys and values, or states, that are read or written. */
  readonly cache: number;
  readonly total: number;
}

/** Each weight is read once, of the experts as many as the batch touches by chance (`expertsTouched`); in decode the cache is read and
 *  the new token's entry written, in prefill all entries are written. Left out: activations, and what does not fit the processor's
 *  own memory and is read again. So no step can move less, where routing is uniform.
 *  @example
 *  ```ts
 *  import { account, findModel } from "twinformer/account";
 *  import { stepBytes } from "twinformer/cost";
 *
 *  const mixtral = account(findModel("Mixtral-8x7B")!.config!);
 *  for (const batch of [1, 8, 64]) console.log(batch, stepBytes(mixtral, { phase: "decode", context: 1000, batch }).experts / 1e9);
 *  ```
 */
export function stepBytes(counted: Account, options: StepBytesOptions): StepBytes {
  const { dtype = "shipped", kvDtype = "bfloat16", touched = "uniform" } = options;
  checkWord("stepBytes", "touched", touched, ["uniform", "fewest"]);
  const step = checkStep("stepBytes", options);
  const stored = storedAs(counted, dtype, "stepBytes");
  const tokens = tokensOf(counted, step);
  const table = counted.tied ? headTable(stored.map(({ tensor }) => tensor)) : undefined;
  let [dense, experts] = [0, 0];
  for (const row of stored) {
    const { choice, per, part, uses } = row.tensor;
    const passing = step.batch * tokens[per];
    if (passing === 0) continue;
    if (choice) experts += row.bytes * shareTouched(choice, touched === "fewest" ? 1 : passing);
    else if (row.tensor === table) dense += row.bytes;
    else if (uses === 0n && (part.kind === "embedding" || part.kind === "position")) dense += rowsRead(row, passing);
    else dense += row.bytes;
  }
  const cache = movedCache(counted, step, bytesPerNumber(kvDtype));
  return { dense, experts, cache, total: dense + experts + cache };
}

const shareTouched = ({ of, work }: { of: bigint; work: bigint }, tokens: number): number =>
  expertsTouched(Number(of), Number(work), tokens) / Number(of);

/** Of a table one row for each token, and no more than there are. */
function rowsRead({ tensor, bytes }: Stored, tokens: number): number {
  const rows = Number(tensor.part.shape?.[0].value ?? 1n);
  return (bytes * Math.min(tokens, rows)) / rows;
}

function movedCache(counted: Account, step: Required<StepOptions>, each: number): number {
  const { phase, context, batch } = step;
  const source = sourceTokens(counted, context);
  const reads = phase === "decode";
  const entries = (cache: Cache): number => {
    // A state is read and written again; what was made of the source is only read.
    if (cache.form === "state") return reads && cache.of !== "source" ? 2 : 1;
    if (cache.of === "source") return source;
    if (reads) return entriesAt(cache, context);
    return entriesAt({ ...cache, most: Infinity }, tokensOf(counted, step).text);
  };
  return counted.caches.reduce((sum, cache) => {
    const { layers, readers = layers, numbers } = cache;
    return sum + batch * Number((reads ? readers : layers).value * numbers.value) * entries(cache) * each;
  }, 0);
}
