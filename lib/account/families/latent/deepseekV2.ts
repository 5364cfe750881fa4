import type { Family } from "../../architecture.js";
import { decoder, denseFirst, expertCounts, headsDivide, layers } from "../../pieces/decoder.js";
import { deepseek } from "../moe/deepseek.js";
import { mixture, router, swiglu } from "../../pieces/feedForward.js";
import { latentAttention, latentCache, latentSizes } from "../../pieces/latentAttention.js";
import { sharedExperts } from "../../pieces/smallExperts.js";
import { group, rmsNorm } from "../../part.js";

/** DeepSeek-V2: small experts and shared ones under latent attention.
 *  Source: DeepSeek-AI 2024, https://arxiv.org/abs/2405.04434; transformers' DeepseekV2ForCausalLM. */
export const deepseekV2: Family = (c) => {
  if (!c.flag("use_mla", true)) return deepseek(c); // small models of the first version's attention, under this type
  const V = c.size("V", "vocab_size", 102400);
  const D = c.size("D", "hidden_size", 4096);
  const F = c.size("F", "intermediate_size", 11008);
  const L = c.depth("L", "num_hidden_layers", 32);
  const H = c.size("H", "num_attention_heads", 32);
  headsDivide(c, D, H);
  const Fe = c.size("F_e", "moe_intermediate_size", 1407);
  const S = c.count("S", "n_shared_experts", 2);
  const sizes = latentSizes(c, D, H, { kvRank: 512, queryRank: 1536, nope: 128, rope: 64, value: 128 });
  const experts = expertCounts(c, [["n_routed_experts", "num_experts"], 64], ["num_experts_per_tok", null]);
  const { dense, sparse } = denseFirst(c, L, "first_k_dense_replace", 0);
  const bias = c.flag("mlp_bias", false);
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
      ...layers("dense layers", dense, group("mlp", swiglu(D, F, bias))),
      ...layers(
        "expert layers",
        sparse,
        mixture(experts, {
          router: router(experts.E, D),
          expert: swiglu(D, Fe, false, "expert"),
          shared: sharedExperts(S, D, Fe, bias),
        }),
      ),
    ],
    norm: rmsNorm("norm", D),
    tied: c.flag("tie_word_embeddings", false),
    depth: L,
    moe: { layers: sparse, experts, shared: Number(S.value) },
    caches: [latentCache(sizes, L)],
  });
};
