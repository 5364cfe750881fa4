import type { Family } from "../../../architecture.js";
import { groupedAttention, groupedCache } from "../../../pieces/attention.js";
import { decoder, decoderSizes, expertCounts, layers } from "../../../pieces/decoder.js";
import { mixture, swiglu } from "../../../pieces/feedForward.js";
import { group, linear, type Part, rmsNorm, used, weight } from "../../../part.js";
import { ONE, ZERO } from "../../../size.js";

/** Doge: a learned mask over values, learned residual factors, and where the config asks for it, beside the dense layer thousands of
 *  experts of one row each, found by two short lists of keys whose product they are.
 *  Source: Shi et al. 2024, https://arxiv.org/abs/2412.11834; transformers' DogeForCausalLM. */
export const doge: Family = (c) => {
  const sizes = decoderSizes(c, { vocab: 32768, hidden: 1024, inner: 2048, layers: 32, heads: 8, kvHeads: null });
  const { V, D, F, L, Hkv, K } = sizes;
  const [bias, mlpBias] = [c.flag("attention_bias", false), c.flag("mlp_bias", false)];
  const sparse = c.flag("is_moe", false);
  const experts = sparse ? expertCounts(c, ["num_experts", 16384], ["num_experts_per_tok", 64]) : undefined;
  const mlp: Part = experts
    ? mixture(experts, {
        router: linear(
          "router_gate",
          "router",
          c.derive("k_x", "√num_experts, rounded down", Math.floor(Math.sqrt(Number(experts.E.value)))).times(2),
          D,
        ),
        expert: ["down_embed", "up_embed"].map((name) => used(weight(`${name}.weight`, "expert", D), ONE)),
        shared: swiglu(D, F, mlpBias, "shared expert"),
      })
    : group("mlp", swiglu(D, F, mlpBias));
  return decoder(c, {
    V,
    D,
    layers: layers(
      "layers",
      L,
      rmsNorm("input_layernorm", D),
      groupedAttention(sizes, {
        bias,
        qkNorm: "head",
        more: [weight("A", "attention", Hkv), ...linear("dt_proj", "attention", Hkv, Hkv.times(K), bias)],
      }),
      weight("input_residual", "other", D),
      rmsNorm("post_attention_layernorm", D),
      mlp,
      weight("post_attention_residual", "other", D),
    ),
    norm: rmsNorm("norm", D),
    tied: c.flag("tie_word_embeddings", false),
    depth: L,
    moe: experts ? { layers: L, experts, shared: 1 } : { layers: ZERO, experts: { E: ZERO, k: ZERO }, shared: 0 },
    caches: [groupedCache(sizes, L)],
  });
};
