import { llamaLike } from "../../pieces/uniform.js";

/** Llama 1 to 3.x: RMS norm before each part, rotary positions, grouped heads, SwiGLU, no biases.
 *  Source: Touvron et al. 2023, https://arxiv.org/abs/2302.13971; transformers' LlamaForCausalLM. */
export const llama = llamaLike(
  {
    vocab: 32000,
    hidden: 4096,
    inner: 11008,
    layers: 32,
    heads: 32,
    kvHeads: null,
    headsDivide: true,
    tied: false,
  },
  (c) => ({ bias: c.flag("attention_bias", false), mlpBias: c.flag("mlp_bias", false) }),
);
