import type { Fields } from "../../config/fields.js";
import { groupedCache } from "../../pieces/attention.js";
import { type DecoderSizes, slidingWindow } from "../../pieces/decoder.js";
import { uniform, type UniformParts } from "../../pieces/uniform.js";
import { fused, group, linear, rmsNorm } from "../../part.js";

/** Llama with its projections fused: queries, keys and values into one matrix, gate and up into another. */
function fusedLlama(c: Fields, sizes: DecoderSizes): UniformParts {
  const { D, F, L, H, Hkv, K } = sizes;
  const queries = H.times(K);
  const keys = Hkv.times(K);
  return {
    layer: [
      rmsNorm("input_layernorm", D),
      group(
        "self_attn",
        fused("qkv_proj", "attention", { q_proj: queries, k_proj: keys, v_proj: keys }, D),
        linear("o_proj", "attention", D, queries),
      ),
      rmsNorm("post_attention_layernorm", D),
      group(
        "mlp",
        fused("gate_up_proj", "feed-forward", { gate_proj: F, up_proj: F }, D),
        linear("down_proj", "feed-forward", D, F),
      ),
    ],
    caches: [groupedCache(sizes, L, slidingWindow(c, null))],
  };
}

const defaults = { hidden: 3072, inner: 8192, layers: 32, heads: 32, tied: false };

/** Phi-3 and Phi-4.
 *  Source: Abdin et al. 2024, https://arxiv.org/abs/2404.14219; transformers' Phi3ForCausalLM. */
export const phi3 = uniform({ ...defaults, vocab: 32064, kvHeads: null }, fusedLlama);

/** The language model of Phi-4-multimodal, whose config holds its fields at the top.
 *  Source: Microsoft 2025, https://arxiv.org/abs/2503.01743; transformers' Phi4MultimodalForCausalLM. */
export const phi4Multimodal = uniform({ ...defaults, vocab: 200064, kvHeads: 8 }, (c, sizes) => {
  c.notes.push("only the language model is counted: what turns images and sound into tokens, and its LoRA, is not");
  return fusedLlama(c, sizes);
});
