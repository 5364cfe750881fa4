/** Dense decoders with latent attention. */

import type { Family } from "../../../architecture.js";
import { latentAttention, latentCache, latentSizes } from "../../../pieces/latentAttention.js";
import { decoder, headsDivide, layers } from "../../../pieces/decoder.js";
import { swiglu } from "../../../pieces/feedForward.js";
import { group, rmsNorm } from "../../../part.js";

interface Defaults {
  vocab: number;
  hidden: number;
  inner: number;
  layers: number;
  heads: number;
  queryRank: number;
  kvRank: number;
  nope: number;
  rope: number;
  /** Default hidden size / heads. */
  value?: number;
  /** The class has biases in its feed-forward layers where the config asks for them. */
  mlpBias: boolean;
}

const latentDense =
  ({ vocab, hidden, inner, layers: depth, heads, mlpBias, ...ranks }: Defaults): Family =>
  (c) => {
    const V = c.size("V", "vocab_size", vocab);
    const D = c.size("D", "hidden_size", hidden);
    const F = c.size("F", "intermediate_size", inner);
    const L = c.depth("L", "num_hidden_layers", depth);
    const H = c.size("H", "num_attention_heads", heads);
    if (ranks.value === undefined) headsDivide(c, D, H);
    const sizes = latentSizes(c, D, H, { value: Number(D.value / H.value), ...ranks });
    return decoder(c, {
      V,
      D,
      layers: layers(
        "layers",
        L,
        rmsNorm("input_layernorm", D),
        latentAttention(sizes, c.flag("attention_bias", false)),
        rmsNorm("post_attention_layernorm", D),
        group("mlp", swiglu(D, F, mlpBias && c.flag("mlp_bias", false))),
      ),
      norm: rmsNorm("norm", D),
      tied: c.flag("tie_word_embeddings", true),
      depth: L,
      caches: [latentCache(sizes, L)],
    });
  };

/** MiniCPM3: latent attention as in DeepSeek-V2, in a dense model.
 *  Source: Hu et al. 2024, https://arxiv.org/abs/2404.06395; transformers' MiniCPM3ForCausalLM. */
export const minicpm3 = latentDense({
  vocab: 73448,
  hidden: 2560,
  inner: 6400,
  layers: 62,
  heads: 40,
  queryRank: 768,
  kvRank: 256,
  nope: 64,
  rope: 32,
  mlpBias: true,
});

/** Youtu-LLM: latent attention with DeepSeek-V3's sizes of heads.
 *  Source: Tencent 2025, https://github.com/TencentCloudADP/youtu-tip; transformers' YoutuForCausalLM. */
export const youtu = latentDense({
  vocab: 128256,
  hidden: 2048,
  inner: 6144,
  layers: 32,
  heads: 16,
  queryRank: 1536,
  kvRank: 512,
  nope: 128,
  rope: 64,
  value: 128,
  mlpBias: false,
});
