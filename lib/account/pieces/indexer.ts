/** DeepSeek's lightning indexer: a small attention of its own that picks which tokens the real one looks at. */

import type { Cache } from "../architecture.js";
import type { Fields } from "../config/fields.js";
import { group, linear, type Part, weight } from "../part.js";
import { ONE, type Size } from "../size.js";

export interface IndexerSizes {
  /** Heads, and the size of one. */
  H: Size;
  K: Size;
}

/** @param heads transformers' default */
export const indexerSizes = (c: Fields, heads: number): IndexerSizes => ({
  H: c.size("H_x", "index_n_heads", heads),
  K: c.size("K_x", "index_head_dim", 128),
});

/** Queries from the compressed row (Q), one key for all heads with a LayerNorm, a weight a head.
 *  Source: DeepSeek-AI 2025 (V3.2), §2.1, https://arxiv.org/abs/2512.02556 */
export const indexer = ({ H, K }: IndexerSizes, D: Size, Q: Size): Part =>
  group(
    "indexer",
    linear("wq_b", "attention", H.times(K), Q),
    linear("wk", "attention", K, D),
    weight("k_norm.weight", "attention", K),
    weight("k_norm.bias", "attention", K),
    linear("weights_proj", "attention", H, D),
  );

/** Its key is kept for every token. */
export const indexerCache = ({ H, K }: IndexerSizes, layers: Size): Cache => ({
  form: "MQA",
  layers,
  numbers: K,
  window: null,
  products: H.times(K.plus(ONE)), // a score a head, and their weighted sum
});
