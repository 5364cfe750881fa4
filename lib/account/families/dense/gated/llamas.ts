/** Families that are Llama with other defaults and a few biases or norms. */

import type { Fields } from "../../../config/fields.js";
import { groupedCache } from "../../../pieces/attention.js";
import { countTypes, slidingCaches, slidingWindow } from "../../../pieces/decoder.js";
import { llamaLike, type LlamaOptions } from "../../../pieces/uniform.js";
import { rmsNorm, weight } from "../../../part.js";

/** Biases of attention and of the feed-forward layer, each with a switch of its own. */
export const biases = (c: Fields): LlamaOptions => ({
  bias: c.flag("attention_bias", false),
  mlpBias: c.flag("mlp_bias", false),
});

/** ERNIE 4.5 0.3B: heads of 128 whatever the width; one switch for all biases.
 *  Source: Baidu 2025, https://ernie.baidu.com/blog/publication/ERNIE_Technical_Report.pdf; transformers' Ernie4_5ForCausalLM. */
export const ernie45 = llamaLike(
  { vocab: 103424, hidden: 1024, inner: 3072, layers: 18, heads: 16, kvHeads: 2, headDim: 128, tied: true },
  (c) => ({ bias: c.flag("use_bias", false), mlpBias: c.flag("use_bias", false) }),
);

/** Hunyuan's dense models: an RMS norm on each head's query and key.
 *  Source: Tencent 2025, https://github.com/Tencent-Hunyuan; transformers' HunYuanDenseV1ForCausalLM. */
export const hunyuanDense = llamaLike(
  { vocab: 290943, hidden: 4096, inner: 11008, layers: 32, heads: 32, kvHeads: null, tied: false },
  (c) => ({
    bias: c.flag("attention_bias", false),
    qkNorm: "head",
    normNames: ["query_layernorm", "key_layernorm"],
  }),
);

/** Seed-OSS: biases on queries, keys and values; one on the output has a switch of its own.
 *  Source: ByteDance 2025, https://github.com/ByteDance-Seed/seed-oss; transformers' SeedOssForCausalLM. */
export const seedOss = llamaLike(
  { vocab: 155136, hidden: 4096, inner: 27648, layers: 64, heads: 80, kvHeads: 8, headDim: 128, tied: false },
  (c) => ({
    bias: c.flag("attention_bias", true),
    outputBias: c.flag("attention_out_bias", false),
    mlpBias: c.flag("mlp_bias", false),
  }),
);

/** Differential attention: the difference of two softmaxes, weighted by a number that four vectors of each layer give.
 *  Source: Ye et al. 2024, https://arxiv.org/abs/2410.05258; transformers' DiffLlamaForCausalLM. */
export const diffLlama = llamaLike(
  { vocab: 32000, hidden: 2048, inner: 8192, layers: 16, heads: 32, kvHeads: null, tied: false },
  (c, { H, Hkv, K, L }) => ({
    bias: c.flag("attention_bias", false),
    // Each head's scores weigh the values of two.
    caches: [{ ...groupedCache({ H, Hkv, K }, L), products: H.times(K).times(3) }],
    more: ["lambda_q1", "lambda_k1", "lambda_q2", "lambda_k2"].map((name) => weight(name, "attention", K)),
  }),
);

/** CWM, a model of what programs do as they run: windows in three of four layers.
 *  Source: Meta FAIR 2025, https://arxiv.org/abs/2510.02387; transformers' CwmForCausalLM. */
export const cwm = llamaLike(
  { vocab: 128256, hidden: 6144, inner: 21504, layers: 64, heads: 48, kvHeads: 8, headDim: 128, tied: false },
  (c, sizes) => ({
    mlpBias: c.flag("mlp_bias", false),
    caches: slidingCaches(
      sizes,
      countTypes(c, sizes.L, "sliding_attention", (i) => i % 4 !== 0),
      slidingWindow(c, 8192),
    ),
  }),
);

/** HyperCLOVA X: norms after attention and feed-forward, too (`use_post_norm`).
 *  Source: NAVER Cloud 2025, https://arxiv.org/abs/2506.22403; transformers' HyperCLOVAXForCausalLM. */
export const hyperclovax = llamaLike(
  { vocab: 32000, hidden: 4096, inner: 11008, layers: 32, heads: 32, kvHeads: null, tied: false },
  (c, { D }) => ({
    ...biases(c),
    norms: c.flag("use_post_norm", true) ? ["post_norm1", "post_norm2"].flatMap((name) => rmsNorm(name, D)) : [],
  }),
);

/** InternLM 3: Llama with biases by names of its own.
 *  Source: Shanghai AI Laboratory 2025, https://github.com/InternLM/InternLM; transformers' InternLM3ForCausalLM. */
export const internlm3 = llamaLike(
  { vocab: 128512, hidden: 4096, inner: 10240, layers: 48, heads: 32, kvHeads: 2, headDim: 128, tied: false },
  (c) => ({
    bias: c.flag(["attention_bias", "qkv_bias"], false),
    mlpBias: c.flag(["mlp_bias", "bias"], false),
  }),
);

/** IQuest-Coder. Source: model card; transformers' IQuestCoderForCausalLM. */
export const iquestcoder = llamaLike(
  { vocab: 76800, hidden: 5120, inner: 27648, layers: 80, heads: 40, kvHeads: 8, headDim: 128, tied: false },
  biases,
);
