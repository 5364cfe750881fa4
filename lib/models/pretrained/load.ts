/** Published models, read from Hugging Face's files. */

import { checkObject } from "../../config/options.js";
import { joinedBalanceLoss } from "../../moe/balance/joined.js";
import type { StateDict, StateInput } from "../../nn/module.js";
import { checkpointIn } from "../../nn/state/checkpoint.js";
import { checkedEntry } from "../../nn/state/entry.js";
import type { Folder } from "../../nn/state/files.js";
import { type CheckpointSource, folderOf } from "../../nn/state/folder.js";
import { crossEntropy } from "../../tensor/ops/loss.js";
import { add, mul } from "../../tensor/ops/elementwise.js";
import { slice } from "../../tensor/ops/slice.js";
import { overwrite, read, type Tensor } from "../../tensor/tensor.js";
import { type Config, configIn, familyOf } from "./config.js";
import type { Decoder, DecoderOptions, DecoderOutput } from "./decoder.js";
import { assemblyOf, checkCopy, HEAD } from "./assemble.js";
import { arranged, filledIn, type Listing, type Place, type Sources, stateFrom } from "./sources.js";

/** A checkpoint as plain data, wherever it came from. */
export interface CheckpointData {
  /** What config.json holds. */
  config: Config;
  /** The tensors of all its files by name. */
  tensors: StateInput;
}

export interface Losses {
  /** Mean −log p of the labels that count. */
  crossEntropy: Tensor<readonly []>;
  /** See `joinedBalanceLoss`; null for a family without. */
  auxiliary: Tensor<readonly []> | null;
  /** crossEntropy + router_aux_loss_coef · auxiliary. */
  total: Tensor<readonly []>;
}

/** A published model: its parts, the config that it was read with, and the losses of its training. */
export class Pretrained {
  constructor(
    readonly model: Decoder,
    readonly config: Config,
    /** Factor of the auxiliary loss; null where there is none. */
    readonly auxiliary: number | null,
    /** The numbers of a checkpoint in this model's order, as `loadStateDict` takes them. Also gradients, which have the same names. */
    readonly stateOf: (tensors: StateInput) => StateDict,
    /** Where each parameter lies in a checkpoint. */
    readonly sources: Sources,
  ) {}

  forward(ids: Tensor, options?: DecoderOptions): DecoderOutput {
    return this.model.forward(ids, options);
  }

  /** As transformers computes them. labels int32 [B, T] are the ids themselves: position t is compared with label t + 1, and −100
   *  does not count.
   *  @param mask what `forward` was given: padding is left out of the auxiliary loss */
  losses({ logits, routings }: DecoderOutput, labels: Tensor, mask: Tensor | null = null): Losses {
    const t = logits.shape[1];
    const cross = crossEntropy(slice(logits, 1, 0, t - 1), slice(labels, 1, 1, t) as never);
    const auxiliary = this.auxiliary === null ? null : joinedBalanceLoss(routings, mask && read(mask));
    const total = auxiliary ? add(cross, mul(auxiliary, this.auxiliary!)) : cross;
    return { crossEntropy: cross, auxiliary, total };
  }
}

/** A published model from its Hugging Face folder: config.json beside model.safetensors, or beside parts of it and their index. In
 *  evaluation mode, its parameters trainable and float32, whatever the file has (F32, F16 or BF16). One tensor is read at a time, so
 *  that the memory needed is that of the model and of its largest tensor. Families: gpt2, llama, mistral, qwen2, qwen3, mixtral,
 *  qwen2_moe, qwen3_moe, olmoe, deepseek_v3, gpt_oss. Dropout and other noise of training is not applied.
 *  Throws one sentence for a field of config.json that this library cannot follow, and for tensors that are missing, unexpected,
 *  quantized, or of another shape than config.json says; there is no model then.
 *  @param source the path (or file: URL) of the folder, in Node; its files, as a page has them; or their bytes by name
 *  @example
 *  const config = { model_type: "gpt2", vocab_size: 4, n_positions: 8, n_embd: 2, n_head: 1, n_layer: 0 };
 *  const tensors = {
 *    "wte.weight": { shape: [4, 2], data: [1, 0, 0, 1, -1, 0, 0, -1] },
 *    "wpe.weight": { shape: [8, 2], data: new Float32Array(16) },
 *    "ln_f.weight": { shape: [2], data: [1, 1] },
 *    "ln_f.bias": { shape: [2], data: [0, 0] },
 *  };
 *  const files = {
 *    "config.json": new TextEncoder().encode(JSON.stringify(config)),
 *    "model.safetensors": saveSafetensors(tensors),
 *  };
 *  const { model } = await loadPretrained(files);
 *  model.totalParameters(); // => 28 */
export async function loadPretrained(source: CheckpointSource): Promise<Pretrained> {
  return pretrainedIn(await folderOf(source));
}

/** The same of a folder of which other files were read before. */
export async function pretrainedIn(folder: Folder): Promise<Pretrained> {
  const config = await configIn(folder);
  familyOf(config); // before the files of weights are looked for: this is said first
  const checkpoint = await checkpointIn(folder);
  const { pretrained, fill, plan } = prepared(config, checkpoint.tensors);
  for (const [name, places] of plan) fill((await checkpoint.read(name)).data, places);
  if (hasCopy(pretrained.model, checkpoint.tensors)) checkCopy(pretrained.model, await checkpoint.read(HEAD));
  return pretrained;
}

/** The same of a checkpoint that is in memory already.
 *  @example
 *  const config = { model_type: "gpt2", vocab_size: 2, n_positions: 8, n_embd: 1, n_head: 1, n_layer: 0 };
 *  const tensors = {
 *    "wte.weight": { shape: [2, 1], data: [1, 2] },
 *    "wpe.weight": { shape: [8, 1], data: new Float32Array(8) },
 *    "ln_f.weight": { shape: [1], data: [1] },
 *    "ln_f.bias": { shape: [1], data: [0] },
 *  };
 *  fromCheckpoint({ config, tensors }).model.tokens.weight; // => [[1], [2]] */
export function fromCheckpoint({ config, tensors }: CheckpointData): Pretrained {
  checkObject("fromCheckpoint", "config", config);
  checkObject("fromCheckpoint", "tensors", tensors);
  const entries = new Map(
    Object.entries(tensors).map(([name, entry]) => [name, checkedEntry("fromCheckpoint", name, entry)]),
  );
  const { pretrained, fill, plan } = prepared(config, entries);
  for (const [name, places] of plan) fill(entries.get(name)!.data, places);
  if (hasCopy(pretrained.model, entries)) checkCopy(pretrained.model, entries.get(HEAD)!);
  return pretrained;
}

const hasCopy = ({ head }: Decoder, tensors: Listing): boolean => head === null && tensors.has(HEAD);

/** A model whose numbers are all still to be filled in, and how. */
function prepared(config: Config, tensors: Listing) {
  const { model, auxiliary, sources, planFor } = assemblyOf(config, tensors);
  const own = filledIn(model);
  const stateOf = (numbers: StateInput): StateDict =>
    stateFrom(model, planFor(new Map(Object.entries(numbers))), numbers);
  return {
    plan: planFor(tensors),
    pretrained: new Pretrained(model.eval(), config, auxiliary, stateOf, sources),
    fill: (numbers: ArrayLike<number>, places: readonly Place[]): void => {
      for (const place of places) {
        const right = arranged(numbers, place); // first: what is made may move the memory that `overwrite` shows
        overwrite(own.get(place.path)!, "loadPretrained").set(right, place.at);
      }
    },
  };
}
