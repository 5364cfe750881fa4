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

/** A matrix that gets adapters. */
export interface LoraRow {
  /** As it is called in a checkpoint, of the first layer and the first expert: "layers.0.mlp.experts.0.w1". */
  readonly module: string;
  /** How many adapters: one for each layer, and of an expert's matrix for each expert. */
  readonly adapters: number;
  /** Parameters of all of them. */
  readonly total: number;
  /** Of these, what one token passes through: of E experts those of the k that work. */
  readonly active: number;
}

/** The target matrices, each with r · (in + out) parameters for an adapter. A matrix that holds several projections gets one adapter if it is
 *  named itself, and one for each projection that is named.
 *  Throws a RangeError for a target that no matrix has, naming those that there are.
 *  @example
 *  ```ts
 *  import { account, findModel, loraRows } from "twinformer/account";
 *
 *  const mixtral = account(findModel("Mixtral-8x7B")!.config!);
 *  console.log(loraRows(mixtral, { rank: 8, targets: ["w1", "w2", "w3"] })); // 256 adapters each; a quarter of them works on a token
 *  ```
 */
export function loraRows(counted: Account, { rank, targets = ["q_proj", "v_proj"] }: LoraOptions): LoraRow[] {
  checkIntegers("lora", { rank }, { from: 1 });
  const wanted = new Set(targets);
  const found = new Set<string>();
  const rows: LoraRow[] = [];
  for (const tensor of tensors(counted.tree)) {
    const { part, module, copies, choice } = tensor;
    if (!isLinear(part)) continue;
    const [outputs, inputs] = part.shape ?? [];
    const names = namesOf(tensor).filter((name) => wanted.has(name));
    const inside = Object.entries(part.holds ?? {}).filter(([name]) => wanted.has(name));
    if (names.length > 0 && inside.length > 0)
      throw new RangeError(
        `lora: targets must name ${show(names[0])} or ${show(inside[0][0])}, which lies in it, not both`,
      );
    for (const name of [...names, ...inside.map(([own]) => own)]) found.add(name);
    const own =
      names.length > 0
        ? [[module, outputs] as const]
        : inside.map(([name, size]) => [`${module}, ${name}`, size] as const);
    for (const [name, { value }] of own) {
      const each = BigInt(rank) * (value + inputs.value);
      const atWork = choice ? (copies / choice.of) * choice.work : copies;
      rows.push({
        module: name,
        adapters: Number(copies),
        total: Number(copies * each),
        active: Number(atWork * each),
      });
    }
  }
  const missing = targets.find((name) => !found.has(name));
  if (missing !== undefined)
    throw new RangeError(
      `lora: ${named(counted.modelType)} has no matrix ${show(missing)}; it has ${showAll(targetNames(counted))}`,
    );
  return rows;
}

/** Σ over the target matrices of r · (in + out): see `loraRows`. */
export const loraParameters = (counted: Account, options: LoraOptions): number =>
  loraRows(counted, options).reduce((sum, { total }) => sum + total, 0);

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
  /** The same with the one model in nf4, as QLoRA has it. */
  readonly quantized: number;
}

/** Bytes on disk for N users who each have a model of their own. GPT-3 with r = 4 on queries and values: 349 GB for a copy, 38 MB for an
 *  adapter; the paper says "from 350GB to 35MB", which is 36 MiB.
 *  Source: Hu et al. 2021, §4.2, https://arxiv.org/abs/2106.09685
 *  @example
 *  ```ts
 *  import { account, bytesForUsers, findModel } from "twinformer/account";
 *
 *  const gpt3 = account(findModel("GPT-3")!.config!);
 *  console.table(bytesForUsers(gpt3, [1, 100, 10_000], { rank: 4 })); // 3.5 PB of copies, or 727 GB of one model and adapters
 *  ```
 */
export function bytesForUsers(counted: Account, users: readonly number[], options: LoraOptions): UserRow[] {
  for (const n of users) checkIntegers("bytesForUsers", { users: n }, { from: 0 });
  const [model, adapter] = [weightBytes(counted, "float16"), 2 * loraParameters(counted, options)];
  const small = weightBytes(counted, "nf4");
  return users.map((n) => ({
    users: n,
    copies: n * model,
    adapters: model + n * adapter,
    quantized: small + n * adapter,
  }));
}
