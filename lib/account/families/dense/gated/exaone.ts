import { groupedAttention } from "../../../pieces/attention.js";
import { swiglu } from "../../../pieces/feedForward.js";
import { everyNth, llamaLike, uniform } from "../../../pieces/uniform.js";
import { group, rmsNorm } from "../../../part.js";
import { biases } from "./llamas.js";

/** EXAONE 3: Llama's parts.
 *  Source: LG AI Research 2024, https://arxiv.org/abs/2408.03541; transformers' ExaoneForCausalLM. */
export const exaone = llamaLike(
  { vocab: 102400, hidden: 4096, inner: 14336, layers: 32, heads: 32, kvHeads: 8, tied: false },
  biases,
);

/** EXAONE 4: norms after each part, an RMS norm on each head's query and key, and in the 32B model windows in three of four layers.
 *  Source: LG AI Research 2025, https://arxiv.org/abs/2507.11407; transformers' Exaone4ForCausalLM. */
export const exaone4 = uniform(
  { vocab: 102400, hidden: 4096, inner: 16384, layers: 32, heads: 32, kvHeads: 32, tied: false },
  (c, sizes) => {
    const { D, F } = sizes;
    // Some files of the hub write the pattern as a text such as "LLLG".
    const pattern = c.values.sliding_window_pattern;
    const every = typeof pattern === "string" ? pattern.length : (["sliding_window_pattern", 4] as const);
    return {
      layer: [
        groupedAttention(sizes, { qkNorm: "head" }),
        rmsNorm("post_attention_layernorm", D),
        group("mlp", swiglu(D, F)),
        rmsNorm("post_feedforward_layernorm", D),
      ],
      caches: everyNth(c, sizes, every, 4096),
    };
  },
);
