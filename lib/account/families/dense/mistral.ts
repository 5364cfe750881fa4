import { groupedCache } from "../../pieces/attention.js";
import { slidingWindow } from "../../pieces/decoder.js";
import { llamaLike } from "../../pieces/uniform.js";

/** Mistral: Llama with fewer key-value heads and, in its first version, attention to the last 4,096 tokens alone.
 *  Source: Jiang et al. 2023, https://arxiv.org/abs/2310.06825; transformers' MistralForCausalLM. */
export const mistral = llamaLike(
  { vocab: 32000, hidden: 4096, inner: 14336, layers: 32, heads: 32, kvHeads: 8, tied: false },
  (c, sizes) => ({ caches: [groupedCache(sizes, sizes.L, slidingWindow(c, 4096))] }),
);
