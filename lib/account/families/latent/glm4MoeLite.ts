import type { Family } from "../../architecture.js";
import { decoder, layers } from "../../pieces/decoder.js";
import { latentAttention, latentCache, latentSizes } from "../../pieces/latentAttention.js";
import { expertLayers, smallExperts } from "../../pieces/smallExperts.js";
import { rmsNorm } from "../../part.js";

/** GLM-4.7-Flash: DeepSeek-V3's parts in small. The class takes the first layer as dense, whatever first_k_dense_replace says.
 *  Source: Z.ai 2026, GLM-4.7-Flash model card; transformers' Glm4MoeLiteForCausalLM. */
export const glm4MoeLite: Family = (given) => {
  const c = given.renamed({ head_dim: "qk_rope_head_dim" });
  const V = c.size("V", "vocab_size", 154880);
  const D = c.size("D", "hidden_size", 2048);
  const F = c.size("F", "intermediate_size", 10240);
  const L = c.depth("L", "num_hidden_layers", 47);
  const H = c.size("H", "num_attention_heads", 20);
  const sizes = latentSizes(c, D, H, { kvRank: 512, queryRank: 768, nope: 192, rope: 64, value: 256 });
  const mlp = smallExperts(
    c,
    { D, F },
    {
      kinds: expertLayers(c, L, 1),
      total: [["n_routed_experts", "num_local_experts"], 64],
      topK: ["num_experts_per_tok", 4],
      inner: 1536,
      shared: ["n_shared_experts", 1],
    },
  );
  return decoder(c, {
    V,
    D,
    layers: [
      ...layers(
        "layers",
        L,
        rmsNorm("input_layernorm", D),
        latentAttention(sizes, c.flag("attention_bias", false)),
        rmsNorm("post_attention_layernorm", D),
      ),
      ...mlp.layers,
    ],
    norm: rmsNorm("norm", D),
    tied: c.flag("tie_word_embeddings", false),
    depth: L,
    moe: mlp.moe,
    caches: [latentCache(sizes, L)],
  });
};
