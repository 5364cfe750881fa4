/** Fine-tuning a model three ways, side by side. */

import type { Account } from "../account.js";
import { activationBytes, type ActivationOptions } from "./activations.js";
import { weightBytes } from "./dtypes.js";
import { loraParameters, type LoraOptions, loraRows } from "./lora.js";
import { fullFineTuning, loraFineTuning, type MemoryRow, qloraFineTuning, totalBytes } from "./training.js";

export interface FineTuningOptions extends LoraOptions, Omit<ActivationOptions, "tokens"> {
  /** Length of a text, for the activations. Default 0: they are left out. */
  tokens?: number;
}

export interface FineTuningRow {
  readonly method: "full" | "LoRA" | "QLoRA";
  /** Parameters that are trained. */
  readonly trained: number;
  /** Of these, what works on one token. */
  readonly active: number;
  /** Bytes while training, by what they hold. */
  readonly memory: readonly MemoryRow[];
  readonly total: number;
  /** Bytes on disk of what one user has for himself: the whole model, or the adapters, in 16 bits. */
  readonly saved: number;
}

/** Every parameter trained, adapters beside a model that is frozen in bfloat16 (LoRA), and beside one that is frozen in nf4 (QLoRA).
 *  Activations are counted alike for all three: an adapter reads what its matrix reads, and keeps r numbers a token besides, which are
 *  left out; engines let go of what only the gradients of frozen matrices would need.
 *  Sources: Hu et al. 2021, https://arxiv.org/abs/2106.09685; Dettmers et al. 2023, https://arxiv.org/abs/2305.14314
 *  @example
 *  ```ts
 *  import { account, fineTuning, findModel, gigabytes } from "twinformer/account";
 *
 *  const llama = account(findModel("Llama-2-70b")!.config!);
 *  for (const { method, total } of fineTuning(llama, { rank: 16 })) console.log(method, gigabytes(total).toFixed(0), "GB");
 *  ```
 */
export function fineTuning(
  counted: Account,
  { rank, targets, tokens = 0, ...kept }: FineTuningOptions,
): FineTuningRow[] {
  const lora: LoraOptions = targets === undefined ? { rank } : { rank, targets };
  const adapters = {
    trained: loraParameters(counted, lora),
    active: loraRows(counted, lora).reduce((sum, { active }) => sum + active, 0),
    saved: 2 * loraParameters(counted, lora),
  };
  const bytes = activationBytes(counted, { tokens, ...kept });
  const activations: MemoryRow[] = bytes > 0 ? [{ what: "activations", bytes }] : [];
  const row = (own: Omit<FineTuningRow, "total">): FineTuningRow => {
    const memory = [...own.memory, ...activations];
    return { ...own, memory, total: totalBytes(memory) };
  };
  return [
    row({
      method: "full",
      trained: Number(counted.total),
      active: Number(counted.active),
      memory: fullFineTuning(counted),
      saved: weightBytes(counted, "bfloat16"),
    }),
    row({ method: "LoRA", ...adapters, memory: loraFineTuning(counted, lora) }),
    row({ method: "QLoRA", ...adapters, memory: qloraFineTuning(counted, lora) }),
  ];
}
