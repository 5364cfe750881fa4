import type { Family } from "../../architecture.js";
import { groupedAttention } from "../../pieces/attention.js";
import {
  countTypes,
  decoder,
  decoderSizes,
  expertCounts,
  layers,
  slidingCaches,
  slidingWindow,
} from "../../pieces/decoder.js";
import { mixture, router, swiglu } from "../../pieces/feedForward.js";
import { rmsNorm, weight } from "../../part.js";

/** gpt-oss: biases in attention, router and experts; each head has a "sink", a learned score that no token belongs to.
 *  Source: OpenAI 2025, https://arxiv.org/abs/2508.10925; transformers' GptOssForCausalLM. */
export const gptOss: Family = (c) => {
  const sizes = decoderSizes(c, {
    vocab: 201088,
    hidden: 2880,
    inner: 2880,
    layers: 36,
    heads: 64,
    kvHeads: 8,
    headDim: 64,
  });
  const { V, D, F, L, H } = sizes;
  const experts = expertCounts(c, [["num_local_experts", "num_experts"], 128], ["num_experts_per_tok", 4]);
  return decoder(c, {
    V,
    D,
    layers: layers(
      "layers",
      L,
      rmsNorm("input_layernorm", D),
      groupedAttention(sizes, { bias: c.flag("attention_bias", true), more: [weight("sinks", "attention", H)] }),
      rmsNorm("post_attention_layernorm", D),
      mixture(experts, { router: router(experts.E, D, "router", true), expert: swiglu(D, F, true, "expert") }),
    ),
    norm: rmsNorm("norm", D),
    tied: c.flag("tie_word_embeddings", false),
    depth: L,
    moe: { layers: L, experts, shared: 0 },
    caches: slidingCaches(
      sizes,
      countTypes(c, L, "sliding_attention", (i) => i % 2 === 0),
      slidingWindow(c, 128),
    ),
  });
};
