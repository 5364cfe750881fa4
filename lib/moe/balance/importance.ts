import { checkRouting } from "../check.js";
import { fromArray, zeros } from "../../tensor/create.js";
import { indexAdd } from "../../tensor/ops/indexing.js";
import { reshape } from "../../tensor/ops/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import type { Routing } from "../routing.js";
import { cv2 } from "./cv2.js";

/** [E] the sum of the weights that each expert's outputs are multiplied by, in the graph.
 *  Source: Shazeer et al. 2017, §4, eq. 6, https://arxiv.org/abs/1701.06538 */
export function summedWeights(routing: Routing): Tensor {
  checkRouting("importanceLoss", routing, "weights", "experts", "nExpert");
  const { weights, experts, nExpert } = routing;
  const index = fromArray(experts, [experts.length], "int32");
  return indexAdd(zeros([nExpert]), 0, index, reshape(weights, [-1]));
}

/** CV²(Σₙ wₙₑ): each expert should matter equally much. An expert may still get many tokens with small weights: see `loadLoss`.
 *  Source: Shazeer et al. 2017, §4, eq. 7. */
export const importanceLoss = (routing: Routing): Tensor<readonly []> => cv2(summedWeights(routing));
