import { latentAttention, latentCache, latentSizes } from "../../../pieces/latentAttention.js";
import { decoder, headsDivide, layers } from "../../../pieces/decoder.js";
import { swiglu } from "../../../pieces/feedForward.js";
import type { Family } from "../../../architecture.js";
import { group, rmsNorm } from "../../../part.js";

/** MiniCPM3: latent attention as in DeepSeek-V2, in a dense model.
 *  Source: Hu et al. 2024, https://arxiv.org/abs/2404.06395; transformers' MiniCPM3ForCausalLM. */
export const minicpm3: Family = (c) => {
  const V = c.size("V", "vocab_size", 73448);
  const D = c.size("D", "hidden_size", 2560);
  const F = c.size("F", "intermediate_size", 6400);
  const L = c.depth("L", "num_hidden_layers", 62);
  const H = c.size("H", "num_attention_heads", 40);
  headsDivide(c, D, H);
  const value = Number(D.value / H.value);
  const sizes = latentSizes(c, D, H, { kvRank: 256, queryRank: 768, nope: 64, rope: 32, value });
  return decoder(c, {
    V,
    D,
    layers: layers(
      "layers",
      L,
      rmsNorm("input_layernorm", D),
      latentAttention(sizes, c.flag("attention_bias", false)),
      rmsNorm("post_attention_layernorm", D),
      group("mlp", swiglu(D, F, c.flag("mlp_bias", false))),
    ),
    norm: rmsNorm("norm", D),
    tied: c.flag("tie_word_embeddings", true),
    depth: L,
    caches: [latentCache(sizes, L)],
  });
};
