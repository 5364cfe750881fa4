/** gpt-oss: sinks, offsets everywhere, a window in every second block, experts with the clamped unit, whose gate and up lie row by row
 *  in turn. Names and defaults: transformers, models/gpt_oss.
 *  Source: OpenAI 2025, §2, https://arxiv.org/abs/2508.10925 */

import { MoE } from "../../../moe/moe.js";
import type { Source, Sources } from "../sources.js";
import type { Family } from "./family.js";
import { assembled, attentionOf, decoderOf, expertsOf, shapeOf, windowsOf } from "./parts.js";

const at = "model.layers.*.mlp";
const half = (index: number): Record<"weight" | "bias", Source> => {
  const part = { index, of: 2, inTurn: true };
  return {
    weight: { name: `${at}.experts.gate_up_proj`, transposed: true, part },
    bias: { name: `${at}.experts.gate_up_proj_bias`, part },
  };
};
const names: Sources = {
  "blocks.*.attention.sinks": "model.layers.*.self_attn.sinks",
  "blocks.*.feedForward.router.weight": `${at}.router.weight`,
  "blocks.*.feedForward.router.bias": `${at}.router.bias`,
  "blocks.*.feedForward.experts.gate": half(0).weight,
  "blocks.*.feedForward.experts.gateBias": half(0).bias,
  "blocks.*.feedForward.experts.up": half(1).weight,
  "blocks.*.feedForward.experts.upBias": half(1).bias,
  "blocks.*.feedForward.experts.down": { name: `${at}.experts.down_proj`, transposed: true },
  "blocks.*.feedForward.experts.downBias": `${at}.experts.down_proj_bias`,
};

/** The family's scaling where the config says nothing. */
const scaling = {
  rope_type: "yarn",
  factor: 32,
  beta_fast: 32,
  beta_slow: 1,
  truncate: false,
  original_max_position_embeddings: 4096,
};

export const gptOss: Family = (fields, rng) => {
  const shape = shapeOf(fields, { vocabSize: 201088, dModel: 2880, dHidden: 2880, nLayer: 36, nHead: 64, eps: 1e-5 });
  const attention = attentionOf(
    fields,
    { nHead: 64, nKvHead: 8, headSize: 64, theta: 150_000, scaling },
    { bias: fields.flag("attention_bias", true), sinks: true },
  );
  const windows = windowsOf(fields, shape.nLayer, fields.orNull("sliding_window", 128), (i) => i % 2 === 0);
  fields.refuse("hidden_act", (value) => value === "silu");
  const dExpert = fields.integer("intermediate_size", 2880);
  const experts = {
    ...expertsOf(fields, ["num_local_experts", "num_experts"], 128, 4),
    renormalize: true,
    routerBias: true,
    gated: true,
    clamped: { limit: fields.number("swiglu_limit", 7, 0), sharpness: fields.number("swiglu_alpha", 1.702) },
    bias: true,
  };
  const model = decoderOf(fields, rng, shape, (i, own) => ({
    attention: attention(shape.dModel, own.fork("attention"), windows[i]),
    feedForward: new MoE(shape.dModel, dExpert, { rng: own.fork("feedForward"), ...experts }),
  }));
  return assembled(model, names, { auxiliary: fields.number("router_aux_loss_coef", 0.001) });
};
