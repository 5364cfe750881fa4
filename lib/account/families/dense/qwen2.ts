import { lateWindows, llamaLike } from "../../pieces/uniform.js";

/** Qwen2 and 2.5: Llama whose query, key and value projections always have biases, and whose output projection has none.
 *  Source: Yang et al. 2024, https://arxiv.org/abs/2407.10671; transformers' Qwen2ForCausalLM. */
export const qwen2 = llamaLike(
  { vocab: 151936, hidden: 4096, inner: 22016, layers: 32, heads: 32, kvHeads: 32, tied: false },
  (c, sizes) => ({ bias: true, outputBias: false, caches: lateWindows(c, sizes, 28, 4096) }),
);
