/** Published models, read from Hugging Face's files. */

import { checkObject } from "../../config/options.js";
import { joinedBalanceLoss } from "../../moe/balance/joined.js";
import type { StateDict, StateInput } from "../../nn/module.js";
import { loadSafetensors } from "../../nn/state/safetensors.js";
import { Generator } from "../../tensor/random.js";
import { crossEntropy } from "../../tensor/ops/loss.js";
import { add, mul } from "../../tensor/ops/elementwise.js";
import { slice } from "../../tensor/ops/slice.js";
import { read, type Tensor } from "../../tensor/tensor.js";
import { Decoder, type DecoderOptions, type DecoderOutput } from "./decoder.js";
import { families } from "./families/index.js";
import type { Assembly } from "./families/family.js";
import { Fields } from "./fields.js";
import { type Sources, stateFrom } from "./sources.js";

/** A checkpoint as plain data, wherever it came from. */
export interface CheckpointData {
  /** What config.json holds. */
  config: Readonly<Record<string, unknown>>;
  /** The tensors of all its files by name. */
  tensors: StateInput;
}

/** Files by name: config.json, and those that end in .safetensors. */
export type Files = Readonly<Record<string, Uint8Array | ArrayBuffer>>;

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
    readonly config: Readonly<Record<string, unknown>>,
    /** Factor of the auxiliary loss; null where there is none. */
    readonly auxiliary: number | null,
    /** The numbers of a checkpoint in this model's order: see `stateFrom`. Also gradients, which have the same names. */
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

/** A published model from its files: `loadPretrained({ "config.json": bytes, "model.safetensors": bytes })`; shards are files more.
 *  In evaluation mode, its parameters trainable. Families: gpt2, llama, mistral, qwen2, qwen3, mixtral, qwen2_moe,
 *  qwen3_moe, olmoe, deepseek_v3, gpt_oss.
 *  Throws one sentence for a family, a rotary scaling or an activation that this library has not, and for tensors that are missing,
 *  unexpected or of another shape than config.json says. */
export function loadPretrained(files: Files): Pretrained {
  checkObject("loadPretrained", "the files", files);
  const { "config.json": text } = files;
  if (!text) throw new Error("loadPretrained: there is no config.json among the files");
  const tensors: Record<string, StateInput[string]> = {};
  for (const [file, bytes] of Object.entries(files).filter(([name]) => name.endsWith(".safetensors")))
    for (const [name, entry] of Object.entries(loadSafetensors(bytes).state)) {
      if (Object.hasOwn(tensors, name)) throw new Error(`loadPretrained: ${file} holds ${name} a second time`);
      tensors[name] = entry;
    }
  return fromCheckpoint({ config: parsed(text), tensors });
}

function parsed(text: Uint8Array | ArrayBuffer): Record<string, unknown> {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(text)) as Record<string, unknown>;
  } catch {
    throw new Error("loadPretrained: config.json is no JSON");
  }
}

/** First weights of 0, without a draw: the checkpoint overwrites all of them, and drawing takes longer than reading. */
class NoDraws extends Generator {
  override fork(): Generator {
    return this;
  }
  override spawn(): Generator {
    return this;
  }
  override normal(): number {
    return 0;
  }
}

/** The same from a checkpoint that has been read. */
export function fromCheckpoint({ config, tensors }: CheckpointData): Pretrained {
  checkObject("loadPretrained", "config.json", config);
  const fields = new Fields(config);
  const assemble = families[fields.word("model_type", Object.keys(families))];
  const assembly = assemble(fields, new NoDraws(0));
  const { model, auxiliary } = assembly;
  const stateOf = (numbers: StateInput): StateDict => named(assembly, numbers);
  model.loadStateDict(stateOf(tensors));
  model.eval();
  return new Pretrained(model, config, auxiliary, stateOf, assembly.sources);
}

/** A tied head may be in the file all the same: it is the embedding, and not read. */
function named({ model, sources, ignored, prefix = "" }: Assembly, tensors: StateInput): StateDict {
  const isBare = prefix !== "" && !Object.keys(tensors).some((name) => name.startsWith(prefix));
  const full = isBare
    ? Object.fromEntries(
        Object.entries(tensors).map(([name, x]) => [name === "lm_head.weight" ? name : prefix + name, x]),
      )
    : tensors;
  return stateFrom(
    model,
    sources,
    full,
    (name) => (model.head === null && name === "lm_head.weight") || (ignored?.test(name) ?? false),
  );
}
