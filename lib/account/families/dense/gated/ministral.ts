import { groupedCache } from "../../../pieces/attention.js";
import { countTypes, slidingCaches, slidingWindow } from "../../../pieces/decoder.js";
import { llamaLike } from "../../../pieces/uniform.js";

/** Ministral 8B: Mistral where `layer_types` says which layers look at a window; all do where it is left out.
 *  Source: transformers' MinistralForCausalLM. */
export const ministral = llamaLike(
  { vocab: 32000, hidden: 4096, inner: 14336, layers: 32, heads: 32, kvHeads: 8, tied: false },
  (c, sizes) => ({
    caches: slidingCaches(
      sizes,
      countTypes(c, sizes.L, "sliding_attention", () => true),
      slidingWindow(c, 4096),
    ),
  }),
);

/** Ministral 3: Mistral without a window by default.
 *  Source: transformers' Ministral3ForCausalLM. */
export const ministral3 = llamaLike(
  { vocab: 131072, hidden: 4096, inner: 14336, layers: 34, heads: 32, kvHeads: 8, headDim: 128, tied: false },
  (c, sizes) => ({ caches: [groupedCache(sizes, sizes.L, slidingWindow(c, null))] }),
);
