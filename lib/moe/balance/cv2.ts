import { zeros } from "../../tensor/create.js";
import { div, mul } from "../../tensor/ops/elementwise.js";
import { mean, variance } from "../../tensor/ops/reduce.js";
import { read, type Tensor } from "../../tensor/tensor.js";

/** Squared coefficient of variation, variance / mean² over the experts: 0 where all are equal, E − 1 where one has all. x [E] -> [].
 *  @param correction 0 divides by E, 1 by E − 1 */
export function cv2(x: Tensor, correction: 0 | 1 = 0): Tensor<readonly []> {
  if (x.size < 2 || read(x).every((v) => v === 0)) return zeros([]);
  const m: Tensor<readonly []> = mean(x);
  const spread: Tensor<readonly []> = variance(x, null, { correction });
  return div(spread, mul(m, m));
}
