import { byScore, fixed, rankOf, type Scored, type Selection } from "./selection.js";
import { selectHash } from "./hash.js";

/** The experts of a token stand in a table, token id -> K experts, as with "hash"; what they weigh is learned: their scores, of the
 *  router that reads the token in its context. No gradient reaches the integers of the table, nor any balance loss, so nothing can
 *  collapse; training changes the weights alone. ids [N].
 *  DeepSeek-V4's first three layers work so, with the score "sqrtSoftplus": its report calls it hash routing, and its checkpoint holds
 *  the table, integers `tid2eid` [V, K]. Here a token's row is computed from its id, as "hash" does, the same in every layer.
 *  Sources: DeepSeek-AI 2026 (V4), https://huggingface.co/deepseek-ai/DeepSeek-V4-Pro/blob/main/DeepSeek_V4.pdf; the formula as in
 *  https://github.com/NVIDIA/TensorRT-LLM/pull/15019; Roller et al. 2021, §3.2, https://arxiv.org/abs/2106.04426 */
export function selectTable(scored: Scored, ids: ArrayLike<number>, topK: number): Selection {
  const { nToken, nExpert } = scored;
  const { experts } = selectHash(ids, nExpert, topK);
  const selection = fixed(nToken, topK, (n) => experts.slice(n * topK, (n + 1) * topK).sort(byScore(scored, n)));
  return { ...selection, ranks: selection.experts.map((e, i) => rankOf(scored, selection.tokens[i], e)) };
}
