import { checkLabels, checkTopK } from "../check.js";
import { fixed, type Selection, shuffled } from "./selection.js";

/** The expert of a token is a fixed random function of its id: nothing is learned, and nothing can collapse. With K > 1, K different
 *  ones. ids [N]. Source: Roller et al. 2021 (Hash Layers), §3.2, https://arxiv.org/abs/2106.04426 */
export function selectHash(ids: ArrayLike<number>, nExpert: number, topK: number): Selection {
  checkLabels("selectHash", ids);
  checkTopK("selectHash", topK, nExpert);
  return fixed(ids.length, topK, (n) =>
    Array.from({ length: nExpert }, (_, e) => e)
      .sort((a, b) => shuffled(ids[n], a) - shuffled(ids[n], b) || a - b)
      .slice(0, topK),
  );
}
