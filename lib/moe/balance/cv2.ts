import { checkTensor } from "../../tensor/check.js";
import { zeros } from "../../tensor/create.js";
import { div, mul } from "../../tensor/ops/elementwise.js";
import { sum, variance } from "../../tensor/ops/reduce.js";
import { read, type Tensor } from "../../tensor/tensor.js";

/** Squared coefficient of variation, variance / mean² over the experts: 0 where all are equal, E − 1 where one has all; 0, too,
 *  where all together have less than 1e-30, whose gradient (1 / mean) would leave the float32 numbers. x [E] -> [].
 *  @param correction 0 divides by E, 1 by E − 1 */
export function cv2(x: Tensor, correction: 0 | 1 = 0): Tensor<readonly []> {
  checkTensor("cv2", "x", x);
  const total = Array.from(read(x)).reduce((sum, v) => sum + Math.abs(v), 0);
  if (x.size < 2 || total < 1e-30) return zeros([]);
  // Divided by the mean first: the square of a very small or large mean is 0 or infinite in float32.
  const relative: Tensor = mul(div(x, sum(x)), x.size);
  return variance(relative, null, { correction });
}
