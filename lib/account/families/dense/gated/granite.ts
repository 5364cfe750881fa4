import { countTypes, slidingCaches, slidingWindow } from "../../../pieces/decoder.js";
import { llamaLike } from "../../../pieces/uniform.js";
import { weight } from "../../../part.js";
import { biases } from "./llamas.js";

/** Granite 3: Llama with fixed factors on embeddings, residuals, attention and logits.
 *  Source: IBM 2024, https://github.com/ibm-granite/granite-3.0-language-models; transformers' GraniteForCausalLM. */
export const granite = llamaLike(
  { vocab: 32000, hidden: 4096, inner: 11008, layers: 32, heads: 32, kvHeads: null, tied: false },
  biases,
);

/** Granite with windows in three of four layers, and a number for each head that takes part in the softmax.
 *  Source: transformers' GraniteSwaForCausalLM. */
export const graniteSwa = llamaLike(
  { vocab: 100352, hidden: 2560, inner: 8192, layers: 24, heads: 20, kvHeads: 4, tied: true },
  (c, sizes) => ({
    ...biases(c),
    more: [weight("sinks", "attention", sizes.H)],
    caches: slidingCaches(
      sizes,
      countTypes(c, sizes.L, "sliding_attention", (i) => i % 4 !== 0),
      slidingWindow(c, 128),
    ),
  }),
);

/** Helium: Llama with heads of 128; the output projection never has a bias, and is [D, D], so that heads must fill the width.
 *  Source: Kyutai 2025, https://kyutai.org; transformers' HeliumForCausalLM. */
export const helium = llamaLike(
  { vocab: 48000, hidden: 2560, inner: 7040, layers: 24, heads: 20, kvHeads: 20, headDim: 128, tied: false },
  (c, { D, H, K }) => {
    if (H.times(K).value !== D.value)
      c.fail(
        "head_dim",
        `must be hidden_size / num_attention_heads = ${D.value / H.value} in this type, got ${K.value}`,
      );
    return { ...biases(c), outputBias: false };
  },
);
