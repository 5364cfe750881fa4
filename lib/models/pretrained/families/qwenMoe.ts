/** Qwen2-MoE, Qwen3-MoE and OLMoE: weights that are the softmax over all experts, divided by their sum only if the config says so;
 *  some blocks may be dense; Qwen2's have a shared expert with a gate. Names and defaults: transformers, models/qwen2_moe, qwen3_moe,
 *  olmoe. Source of the last: Muennighoff et al. 2024, §2, https://arxiv.org/abs/2409.02060 */

import { integer } from "../../../config/options.js";
import { MoE, type MoEOptions } from "../../../moe/moe.js";
import type { MultiHeadAttentionOptions } from "../../../nn/attention.js";
import type { Generator } from "../../../tensor/random.js";
import type { Fields } from "../fields.js";
import type { Assembly, Family } from "./family.js";
import { qwenWindows } from "./llama.js";
import {
  assembled,
  attentionOf,
  decoderOf,
  denseNames,
  expertsOf,
  gatedOf,
  mixtureNames,
  sharedNames,
  shapeOf,
  type Standards,
  windowsOf,
} from "./parts.js";

interface Kind extends Standards {
  nKvHead: number;
  nExpert: number;
  topK: number;
  /** The config's name for the width of one expert, and its default. */
  width: readonly [field: string, otherwise: number];
  auxiliary: number;
  /** Some blocks may be dense. */
  mixed: boolean;
  attention: (fields: Fields, eps: number) => Partial<MultiHeadAttentionOptions>;
  shared?: (fields: Fields) => Partial<MoEOptions>;
  windows: (fields: Fields, nLayer: number) => (number | null)[];
}

/** Whether block i is a mixture: each `decoder_sparse_step`-th, but for `mlp_only_layers`. */
function isSparse(fields: Fields): (i: number) => boolean {
  const step = fields.integer("decoder_sparse_step", 1);
  const dense = fields.list("mlp_only_layers", integer(0));
  return (i) => !dense.includes(i) && (i + 1) % step === 0;
}

function mixture(fields: Fields, rng: Generator, kind: Kind): Assembly {
  const shape = shapeOf(fields, kind);
  const attention = attentionOf(fields, kind, kind.attention(fields, shape.eps));
  const windows = kind.windows(fields, shape.nLayer);
  const dense = gatedOf(fields, fields.integer("intermediate_size", kind.dHidden));
  const sparse = kind.mixed ? isSparse(fields) : () => true;
  const experts = {
    // transformers 5 writes it under Mixtral's name
    ...expertsOf(fields, ["num_experts", "num_local_experts"], kind.nExpert, kind.topK),
    renormalize: fields.flag("norm_topk_prob", false),
    activation: fields.activation("hidden_act", "silu"),
    gated: true,
    bias: false,
    ...kind.shared?.(fields),
  };
  const dExpert = fields.integer(...kind.width);
  const model = decoderOf(fields, rng, shape, (i, own) => ({
    attention: attention(shape.dModel, own.fork("attention"), windows[i]),
    feedForward: sparse(i)
      ? new MoE(shape.dModel, dExpert, { rng: own.fork("feedForward"), ...experts })
      : dense(shape.dModel, own.fork("feedForward")),
  }));
  const names = {
    ...denseNames,
    ...mixtureNames(),
    ...sharedNames("shared_expert"),
    "blocks.*.feedForward.sharedGate.weight": "model.layers.*.mlp.shared_expert_gate.weight",
  };
  return assembled(model, names, { auxiliary: fields.number("router_aux_loss_coef", kind.auxiliary) });
}

export const qwen2Moe: Family = (fields, rng) =>
  mixture(fields, rng, {
    ...{ vocabSize: 151936, dModel: 2048, dHidden: 5632, nLayer: 24, nHead: 16, nKvHead: 16 },
    ...{ nExpert: 60, topK: 4, width: ["moe_intermediate_size", 1408], auxiliary: 0.001, mixed: true },
    attention: (f) => ({ bias: f.flag("qkv_bias", true), outBias: false }),
    shared: (f) => ({
      nSharedExpert: 1,
      dShared: f.integer("shared_expert_intermediate_size", 5632),
      sharedGate: true,
    }),
    windows: qwenWindows,
  });

export const qwen3Moe: Family = (fields, rng) =>
  mixture(fields, rng, {
    ...{ vocabSize: 151936, dModel: 2048, dHidden: 6144, nLayer: 24, nHead: 32, nKvHead: 4 },
    ...{ nExpert: 128, topK: 8, width: ["moe_intermediate_size", 768], auxiliary: 0.001, mixed: true },
    attention: (f, eps) => ({ bias: f.flag("attention_bias", false), norm: { per: "head", eps } }),
    windows: (f, nLayer) =>
      windowsOf(f, nLayer, f.flag("use_sliding_window", false) ? f.orNull("sliding_window", 4096) : null, () => true),
  });

export const olmoe: Family = (fields, rng) =>
  mixture(fields, rng, {
    ...{ vocabSize: 50304, dModel: 2048, dHidden: 2048, nLayer: 16, nHead: 16, nKvHead: 16, eps: 1e-5 },
    ...{ nExpert: 64, topK: 8, width: ["intermediate_size", 2048], auxiliary: 0.01, mixed: false },
    attention: (f, eps) => ({
      bias: f.flag("attention_bias", false),
      norm: { per: "row", eps },
      clip: f.has("clip_qkv") ? f.number("clip_qkv") : null,
    }),
    windows: (_, nLayer) => Array.from({ length: nLayer }, () => null),
  });
