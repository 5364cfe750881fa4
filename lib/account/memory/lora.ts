/** Low-rank adapters: a frozen matrix W [out, in] gets a correction B A, with A [r, in] and B [out, r].
 *  Source: Hu et al. 2021, https://arxiv.org/abs/2106.09685 */

import type { Account } from "../account.js";
import { named, show } from "../../text/show.js";
import { leaves } from "../part.js";
import { weightBytes } from "./dtypes.js";

export interface LoraOptions {
  /** r: rank of the corrections. */
  rank: number;
  /** Which matrices get one, by name. Default the query and value projections, as in the paper (§4.2). */
  targets?: readonly string[];
}

/** Σ over the target matrices of r · (in + out). A matrix that holds several projections gets one adapter for each. */
export function loraParameters(counted: Account, { rank, targets = ["q_proj", "v_proj"] }: LoraOptions): number {
  if (!Number.isInteger(rank) || rank < 1) throw new RangeError(`lora: rank must be an integer from 1, got ${rank}`);
  let parameters = 0;
  const found = new Set<string>();
  for (const { part, total } of leaves(counted.tree)) {
    if (part.shape?.length !== 2 || part.buffer) continue;
    const [outputs, inputs] = part.shape;
    const copies = Number(total / (outputs.value * inputs.value));
    const own = part.holds ?? { [projection(part.name)]: outputs };
    for (const [name, rows] of Object.entries(own)) {
      if (!targets.includes(name)) continue;
      found.add(name);
      parameters += copies * rank * Number(rows.value + inputs.value);
    }
  }
  const missing = targets.find((name) => !found.has(name));
  if (missing !== undefined)
    throw new RangeError(
      `lora: ${named(counted.modelType)} has no matrix ${show(missing)}; see its tree for the names`,
    );
  return parameters;
}

/** The last part of the name, in the words of most models. */
function projection(name: string): string {
  const own =
    name
      .replace(/\.weight$/, "")
      .split(".")
      .at(-1) ?? "";
  return COMMON.get(own) ?? own;
}

const COMMON: ReadonlyMap<string, string> = new Map([
  ["q", "q_proj"],
  ["k", "k_proj"],
  ["v", "v_proj"],
  ["query", "q_proj"],
  ["key", "k_proj"],
  ["value", "v_proj"],
  ["q_b_proj", "q_proj"], // latent attention: from the compressed row to the heads
  ["kv_b_proj", "v_proj"],
]);

export interface UserRow {
  readonly users: number;
  /** A fine-tuned copy of the whole model for each user, in 16 bits. */
  readonly copies: number;
  /** One model for all in 16 bits, and an adapter for each user. */
  readonly adapters: number;
}

/** Bytes on disk for N users who each have a model of their own. */
export function bytesForUsers(counted: Account, users: readonly number[], options: LoraOptions): UserRow[] {
  const [model, adapter] = [weightBytes(counted, "float16"), 2 * loraParameters(counted, options)];
  return users.map((n) => ({ users: n, copies: n * model, adapters: model + n * adapter }));
}
