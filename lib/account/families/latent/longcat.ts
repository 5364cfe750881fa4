import type { Family } from "../../architecture.js";
import { decoder, expertCounts, layers } from "../../pieces/decoder.js";
import { mixture, router, swiglu } from "../../pieces/feedForward.js";
import { latentAttention, latentCache, latentSizes } from "../../pieces/latentAttention.js";
import { buffer, group, repeat, rmsNorm } from "../../part.js";
import { TWO } from "../../size.js";

/** LongCat-Flash: each layer has two latent attentions, two dense feed-forward layers and one mixture. The router scores "zero
 *  experts" too, which hand a token on unchanged: they have no parameters, so how many are active depends on the token.
 *  Active is counted as if all top-k picks were real experts: the most that a token can use.
 *  Source: Meituan 2025, https://arxiv.org/abs/2509.01322; transformers' LongcatFlashForCausalLM. */
export const longcat: Family = (c) => {
  const V = c.size("V", "vocab_size", 131072);
  const D = c.size("D", "hidden_size", 6144);
  const F = c.size("F", ["ffn_hidden_size", "intermediate_size"], 12288);
  const L = c.depth("L", "num_layers", 28);
  const H = c.size("H", "num_attention_heads", 64);
  const Fe = c.size("F_e", ["expert_ffn_hidden_size", "moe_intermediate_size"], 2048);
  const Z = c.count("Z", "zero_expert_num", 256);
  const sizes = latentSizes(c, D, H, { kvRank: 512, queryRank: 1536, nope: 128, rope: 64, value: 128 });
  const experts = expertCounts(
    c,
    [["n_routed_experts", "num_local_experts"], 512],
    [["moe_topk", "num_experts_per_tok"], 12],
  );
  const scored = experts.E.plus(Z);
  if (Z.value > 0n)
    c.notes.push(
      `active counts ${experts.k.value} real experts a token, the most; picks of the ${Z.value} zero experts cost nothing`,
    );
  return decoder(c, {
    V,
    D,
    layers: layers(
      "layers",
      L,
      repeat(
        group(
          "sublayers",
          rmsNorm("input_layernorm", D),
          latentAttention(sizes, c.flag("attention_bias", false)),
          rmsNorm("post_attention_layernorm", D),
          group("mlps", swiglu(D, F)),
        ),
        TWO,
      ),
      mixture(experts, {
        router: [
          ...router(scored, D, "router.classifier", c.flag("router_bias", false)),
          buffer("e_score_correction_bias", "router", scored),
        ],
        expert: swiglu(D, Fe, false, "expert"),
      }),
    ),
    norm: rmsNorm("norm", D),
    tied: c.flag("tie_word_embeddings", false),
    depth: L,
    moe: { layers: L, experts, shared: 0 },
    caches: [latentCache(sizes, L.times(2))],
  });
};
