import type { Family } from "../../../architecture.js";
import { groupedCache } from "../../../pieces/attention.js";
import { decoder, expertCounts, layers } from "../../../pieces/decoder.js";
import { mixture, router, swiglu } from "../../../pieces/feedForward.js";
import { group, linear, repeat, rmsNorm, weight } from "../../../part.js";

/** JetMoE: experts in attention, too. Each has its own query and output projections for all key-value heads; those of keys and
 *  values are shared. Attention and feed-forward have routers of their own; as many experts work in both.
 *  Source: Shen et al. 2024, https://arxiv.org/abs/2404.07413; transformers' JetMoeForCausalLM. */
export const jetmoe: Family = (c) => {
  const V = c.size("V", "vocab_size", 32000);
  const D = c.size("D", "hidden_size", 2048);
  const F = c.size("F", "intermediate_size", 5632);
  const L = c.depth("L", "num_hidden_layers", 12);
  const Hkv = c.size("H_kv", "num_key_value_heads", 16);
  const K = c.size("K", ["kv_channels", "head_dim"], 128);
  const experts = expertCounts(c, ["num_local_experts", 8], ["num_experts_per_tok", 2]);
  const { E, k } = experts;
  const heads = Hkv.times(K);
  return decoder(c, {
    V,
    D,
    layers: layers(
      "layers",
      L,
      rmsNorm("input_layernorm", D),
      rmsNorm("post_attention_layernorm", D),
      mixture(experts, {
        router: router(E, D, "router.layer"),
        expert: swiglu(D, F, false, "expert"),
        shared: [weight("bias", "shared expert", D)],
      }),
      group(
        "self_attention",
        router(E, D, "experts.router.layer"),
        repeat(
          group(
            "attention experts",
            linear("input_linear", "expert", heads, D),
            linear("output_linear", "expert", D, heads),
          ),
          E,
          k,
        ),
        weight("experts.bias", "attention", D),
        linear("kv_proj", "attention", heads.times(2), D),
      ),
    ),
    norm: rmsNorm("norm", D),
    tied: c.flag("tie_word_embeddings", true),
    depth: L,
    moe: { layers: L, experts, shared: 0 },
    caches: [groupedCache({ H: Hkv.times(k), Hkv, K }, L)],
  });
};
