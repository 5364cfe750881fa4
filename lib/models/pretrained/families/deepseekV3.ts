/** DeepSeek-V3: latent attention; experts in groups, chosen by sigmoid scores with a selection bias, beside shared ones; the first
 *  blocks are dense. Names and defaults: transformers, models/deepseek_v3.
 *  Source: DeepSeek-AI 2024 (V3), §2.1, https://arxiv.org/abs/2412.19437 */

import { MoE } from "../../../moe/moe.js";
import { LatentAttention } from "../../../nn/attention/latent.js";
import type { Fields } from "../fields.js";
import type { Sources } from "../sources.js";
import type { Family } from "./family.js";
import {
  assembled,
  decoderOf,
  denseNames,
  expertsOf,
  gatedOf,
  ignored,
  mixtureNames,
  shapeOf,
  sharedNames,
} from "./parts.js";
import { rotaryOf } from "./rotary.js";

const at = "model.layers.*.self_attn";
const latentNames: Sources = {
  "blocks.*.attention.toQueryLatent.weight": `${at}.q_a_proj.weight`,
  "blocks.*.attention.toQueryLatent.bias": `${at}.q_a_proj.bias`,
  "blocks.*.attention.queryNorm.weight": `${at}.q_a_layernorm.weight`,
  "blocks.*.attention.toLatent.weight": `${at}.kv_a_proj_with_mqa.weight`,
  "blocks.*.attention.toLatent.bias": `${at}.kv_a_proj_with_mqa.bias`,
  "blocks.*.attention.latentNorm.weight": `${at}.kv_a_layernorm.weight`,
  "blocks.*.attention.fromLatent.weight": `${at}.kv_b_proj.weight`,
};

/** The router's options; what only some checkpoints of DeepSeek have is refused. */
function router(fields: Fields) {
  fields.refuse("scoring_func", (value) => value === "sigmoid");
  fields.refuse("topk_method", (value) => value === "noaux_tc");
  fields.refuse("moe_layer_freq", (value) => value === 1);
  const sizes = expertsOf(fields, ["n_routed_experts", "num_local_experts"], 256, 8);
  const [nGroup, topKGroup] = [fields.integer("n_group", 8), fields.integer("topk_group", 4)];
  fields.divides("n_routed_experts", sizes.nExpert, "n_group", nGroup);
  fields.atMost("topk_group", topKGroup, "n_group", nGroup);
  fields.atMost(
    "num_experts_per_tok",
    sizes.topK,
    "experts of topk_group groups",
    (sizes.nExpert / nGroup) * topKGroup,
  );
  return {
    ...sizes,
    select: "groupLimited",
    nGroup,
    topKGroup,
    groupScore: "top2",
    score: "sigmoid",
    renormalize: fields.flag("norm_topk_prob", true),
    scale: fields.number("routed_scaling_factor", 2.5),
    balance: { bias: 0.001 }, // §4.2: the step of the bias in most of the training
  } as const;
}

export const deepseekV3: Family = (fields, rng) => {
  const shape = shapeOf(fields, { vocabSize: 129280, dModel: 7168, dHidden: 18432, nLayer: 61, nHead: 128 });
  const rotarySize = fields.integer("qk_rope_head_dim", 64);
  const plainSize = fields.integer("qk_nope_head_dim", 128);
  fields.divides("qk_rope_head_dim", rotarySize, "pairs of", 2);
  const nHead = fields.integer("num_attention_heads", 128);
  fields.refuse("head_dim", (size) => size === rotarySize); // transformers turns so many features
  fields.refuse("num_key_value_heads", (n) => n === nHead);
  const { rotary, scores } = rotaryOf(fields, rotarySize);
  const attention = {
    nHead,
    dLatent: fields.integer("kv_lora_rank", 512),
    dQueryLatent: fields.orNull("q_lora_rank", 1536),
    plainSize,
    rotarySize,
    valueSize: fields.integer("v_head_dim", 128),
    rotary: { ...rotary, layout: fields.flag("rope_interleave", true) ? "unwoven" : "half" },
    scale: scores / Math.sqrt(plainSize + rotarySize),
    bias: fields.flag("attention_bias", false),
  } as const;
  const nDense = fields.integer("first_k_dense_replace", 3, 0);
  const dense = gatedOf(fields, fields.integer("intermediate_size", 18432));
  const dExpert = fields.integer("moe_intermediate_size", 2048);
  const experts = {
    ...router(fields),
    nSharedExpert: fields.integer("n_shared_experts", 1, 0),
    activation: fields.activation("hidden_act", "silu"),
    gated: true,
    bias: false,
  };
  const model = decoderOf(fields, rng, shape, (i, own) => ({
    attention: new LatentAttention(shape.dModel, { rng: own.fork("attention"), ...attention }),
    feedForward:
      i < nDense
        ? dense(shape.dModel, own.fork("feedForward"))
        : new MoE(shape.dModel, dExpert, { rng: own.fork("feedForward"), ...experts }),
  }));
  const names = {
    ...latentNames,
    // With a latent vector of its own, the query comes from that.
    "blocks.*.attention.query.weight": `${at}.${attention.dQueryLatent === null ? "q_proj" : "q_b_proj"}.weight`,
    ...denseNames,
    ...mixtureNames(),
    ...sharedNames("shared_experts"),
    "blocks.*.feedForward.router.selectionBias": "model.layers.*.mlp.gate.e_score_correction_bias",
  };
  // The layers after the last predict further tokens: transformers does not read them either.
  const more = fields.integer("num_nextn_predict_layers", 1, 0);
  const predictors = Array.from({ length: more }, (_, i) => `model\\.layers\\.${shape.nLayer + i}\\.`);
  return assembled(model, names, { ignored: new RegExp([ignored.source, ...predictors].join("|")) });
};
