import type { Fields } from "../../../config/fields.js";
import { llamaLike, type LlamaOptions } from "../../../pieces/uniform.js";

const biases = (c: Fields): LlamaOptions => ({
  bias: c.flag("attention_bias", false),
  mlpBias: c.flag("mlp_bias", false),
});

/** Granite 3: Llama with fixed factors on embeddings, residuals, attention and logits.
 *  Source: IBM 2024, https://github.com/ibm-granite/granite-3.0-language-models; transformers' GraniteForCausalLM. */
export const granite = llamaLike(
  { vocab: 32000, hidden: 4096, inner: 11008, layers: 32, heads: 32, kvHeads: null, tied: false },
  biases,
);

/** Helium: Llama with heads of 128; the output projection never has a bias.
 *  Source: Kyutai 2025, https://kyutai.org; transformers' HeliumForCausalLM. */
export const helium = llamaLike(
  { vocab: 48000, hidden: 2560, inner: 7040, layers: 24, heads: 20, kvHeads: 20, headDim: 128, tied: false },
  (c) => ({ ...biases(c), outputBias: false }),
);
