import { groupedAttention, groupedCache } from "../../../pieces/attention.js";
import { slidingWindow } from "../../../pieces/decoder.js";
import { mlp } from "../../../pieces/feedForward.js";
import { uniform } from "../../../pieces/uniform.js";
import { group, layerNorm } from "../../../part.js";

/** StarCoder 2: grouped heads, rotary positions, layer norms, two matrices in the feed-forward; a tied head.
 *  Source: Lozhkov et al. 2024, https://arxiv.org/abs/2402.19173; transformers' Starcoder2ForCausalLM. */
export const starcoder2 = uniform(
  { vocab: 49152, hidden: 3072, inner: 12288, layers: 30, heads: 24, kvHeads: 2, tied: true },
  (c, sizes) => {
    const { D, F, L } = sizes;
    const bias = c.flag("use_bias", true);
    return {
      layer: [
        layerNorm("input_layernorm", D),
        groupedAttention(sizes, { bias }),
        layerNorm("post_attention_layernorm", D),
        group("mlp", mlp(["c_fc", "c_proj"], D, F, bias)),
      ],
      norm: layerNorm("norm", D),
      caches: [groupedCache(sizes, L, slidingWindow(c, null))],
    };
  },
);
