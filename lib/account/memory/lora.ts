/** Low-rank adapters: a frozen matrix W [out, in] gets a correction B A, with A [r, in] and B [out, r].
 *  Source: Hu et al. 2021, https://arxiv.org/abs/2106.09685 */

import { checkIntegers } from "../../config/options.js";
import { named, show, showAll } from "../../text/show.js";
import type { Account } from "../account.js";
import { weightBytes } from "./dtypes.js";
import { isLinear, type Tensor, tensors } from "./tensors.js";

export interface LoraOptions {
  /** r: rank of the corrections. */
  rank: number;
  /** Which matrices get one: by the names in the model's tree ("c_attn", "w1" of Mixtral), by those that most models
   *  have ("gate_proj"), or by the name of a projection inside a larger matrix ("q_proj" of GPT-2). Default the query and value projections, as in
   *  the paper (§4.2); PEFT's own choice is `peftTargets`. */
  targets?: readonly string[];
}

/** Σ over the target matrices of r · (in + out). A matrix that holds several projections gets one adapter if it is named itself, and
 *  one for each projection that is named. */
export function loraParameters(counted: Account, { rank, targets = ["q_proj", "v_proj"] }: LoraOptions): number {
  checkIntegers("lora", { rank }, { from: 1 });
  const wanted = new Set(targets);
  const found = new Set<string>();
  let parameters = 0;
  for (const { part, copies, ...tensor } of tensors(counted.tree)) {
    if (!isLinear(part)) continue;
    const [outputs, inputs] = part.shape ?? [];
    const names = namesOf({ part, copies, ...tensor }).filter((name) => wanted.has(name));
    const inside = Object.entries(part.holds ?? {}).filter(([name]) => wanted.has(name));
    if (names.length > 0 && inside.length > 0)
      throw new RangeError(
        `lora: targets must name ${show(names[0])} or ${show(inside[0][0])}, which lies in it, not both`,
      );
    for (const name of [...names, ...inside.map(([own]) => own)]) found.add(name);
    const rows = names.length > 0 ? [outputs] : inside.map(([, size]) => size);
    for (const { value } of rows) parameters += Number(copies) * rank * Number(value + inputs.value);
  }
  const missing = targets.find((name) => !found.has(name));
  if (missing !== undefined)
    throw new RangeError(
      `lora: ${named(counted.modelType)} has no matrix ${show(missing)}; it has ${showAll(targetNames(counted))}`,
    );
  return parameters;
}

/** The names that `targets` may hold. */
export const targetNames = (counted: Account): string[] => [
  ...new Set(
    tensors(counted.tree)
      .filter(({ part }) => isLinear(part))
      .flatMap((tensor) => [...namesOf(tensor), ...Object.keys(tensor.part.holds ?? {})]),
  ),
];

/** The matrices to which PEFT adds an adapter where it is told none; null for a model that it has no choice for.
 *  Source: TRANSFORMERS_MODELS_TO_LORA_TARGET_MODULES_MAPPING of PEFT 0.21.2. */
export function peftTargets(counted: Account): readonly string[] | null {
  const row = PEFT.find(([types]) => types.split(" ").includes(counted.modelType));
  return row ? row[1].split(" ") : null;
}

const PEFT: readonly (readonly [string, string])[] = [
  ["t5 mt5", "q v"],
  ["gpt2 gpt_bigcode", "c_attn"],
  ["bloom gpt_neox falcon", "query_key_value"],
  ["bert roberta xlm-roberta electra", "query value"],
  ["mpt", "Wqkv"],
  ["phi", "q_proj v_proj fc1 fc2"],
  ["nemotron_h", "q_proj k_proj v_proj o_proj"],
  ["bart opt gptj gpt_neo llama llama4 mistral mixtral stablelm gemma gemma2 gemma3_text qwen2 qwen3", "q_proj v_proj"],
];

/** By the name in the tree, which is the checkpoint's, and where most models say something else, by that. */
function namesOf({ module }: Tensor): string[] {
  const own = module.split(".").at(-1) ?? "";
  return [own, COMMON.get(own)].filter((name) => name !== undefined);
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
  ["w1", "gate_proj"],
  ["w3", "up_proj"],
  ["w2", "down_proj"],
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
  for (const n of users) checkIntegers("bytesForUsers", { users: n }, { from: 0 });
  const [model, adapter] = [weightBytes(counted, "float16"), 2 * loraParameters(counted, options)];
  return users.map((n) => ({ users: n, copies: n * model, adapters: model + n * adapter }));
}
