import { countTypes, slidingCaches, slidingWindow } from "../../../pieces/decoder.js";
import { llamaLike } from "../../../pieces/uniform.js";

/** SmolLM3: Llama with a tied head; every fourth layer has no rotary positions, which no parameter shows.
 *  Source: Bakouch et al. 2025, https://huggingface.co/blog/smollm3; transformers' SmolLM3ForCausalLM. */
export const smollm3 = llamaLike(
  { vocab: 128256, hidden: 2048, inner: 11008, layers: 36, heads: 16, kvHeads: 4, tied: true },
  (c, sizes) => {
    // The layers without rotary positions are those with a window, where there is one.
    const window = c.flag("use_sliding_window", false) ? slidingWindow(c, null) : null;
    const every = c.number("no_rope_layer_interval", 4, { least: 1 });
    const rotary = c.wholes("no_rope_layers");
    const slides = (i: number): boolean => window !== null && (rotary ? rotary[i] === 0 : (i + 1) % every === 0);
    const bias = c.flag("attention_bias", false);
    return {
      bias,
      mlpBias: c.flag("mlp_bias", false),
      caches: slidingCaches(sizes, countTypes(c, sizes.L, "sliding_attention", slides), window),
    };
  },
);
