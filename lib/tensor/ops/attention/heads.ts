import { empty, Tensor } from "../../tensor.js";

/** [B, H, T, K] that lies in memory as [B, T, H, K]. */
export function headsApart(b: number, h: number, t: number, k: number): Tensor {
  const { storage } = empty([b, t, h, k]);
  return new Tensor(storage, [b, h, t, k], "float32", 0, [t * h * k, k, h * k, 1]);
}
