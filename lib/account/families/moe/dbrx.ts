import type { Family } from "../../architecture.js";
import { groupedCache } from "../../pieces/attention.js";
import { decoder, expertCounts, layers, perHead } from "../../pieces/decoder.js";
import { mixture, router } from "../../pieces/feedForward.js";
import { fused, group, layerNorm, linear, weight } from "../../part.js";

/** DBRX: 16 experts of which 4 work; queries, keys and values in one matrix.
 *  Source: Databricks 2024, Introducing DBRX; transformers' DbrxForCausalLM. */
export const dbrx: Family = (c) => {
  const V = c.size("V", "vocab_size", 32000);
  const D = c.size("D", ["d_model", "hidden_size"], 2048);
  const L = c.depth("L", ["n_layers", "num_hidden_layers"], 24);
  const H = c.size("H", ["n_heads", "num_attention_heads"], 16);
  const Hkv = c.section("attn_config").size("H_kv", "kv_n_heads", 1);
  const K = perHead(c, D, H);
  const keys = Hkv.times(K);
  const feedForward = c.section("ffn_config");
  const F = feedForward.size("F", "ffn_hidden_size", 3584);
  const experts = expertCounts(feedForward, ["moe_num_experts", 4], ["moe_top_k", 1]);
  return decoder(c, {
    V,
    D,
    embedding: "wte",
    layers: layers(
      "blocks",
      L,
      group(
        "norm_attn_norm",
        layerNorm("norm_1", D, false),
        group(
          "attn",
          fused("Wqkv", "attention", { q_proj: D, k_proj: keys, v_proj: keys }, D),
          linear("out_proj", "attention", D, D),
        ),
        layerNorm("norm_2", D, false),
      ),
      mixture(experts, {
        name: "ffn",
        router: router(experts.E, D, "router.layer"),
        expert: ["w1", "v1", "w2"].map((name) => weight(name, "expert", F, D)),
      }),
    ),
    norm: layerNorm("norm_f", D, false),
    tied: c.flag("tie_word_embeddings", false),
    depth: L,
    moe: { layers: L, experts, shared: 0 },
    caches: [groupedCache({ H, Hkv, K }, L)],
  });
};
