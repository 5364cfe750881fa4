/** Gradient-norm clipping. */

import { checkNumbers } from "../config/options.js";
import { checkTensors } from "../tensor/check.js";
import { scaleBy, sumSquares } from "../tensor/spans.js";
import type { Tensor } from "../tensor/tensor.js";

/** Length of all gradients taken as one vector, √Σ g²; if it exceeds `maxNorm`, all are scaled down, in place, to that
 *  length. A tensor that is given twice counts once. Returns the length before; where that is NaN or infinite, nothing is changed. Throws unless `maxNorm` is above 0
 *  (Infinity only measures). Source: Pascanu et al. 2012, §3.2, https://arxiv.org/abs/1211.5063
 *  @example
 *  const w = parameter(tensor([3, 4]));
 *  mul(w, w).backward({ gradient: ones([2]) }); // gradient [6, 8]
 *  clipGradNorm([w], 1); // => 10
 *  w.grad; // => [0.6, 0.8] */
export function clipGradNorm(parameters: readonly Tensor[], maxNorm: number): number {
  checkNumbers("clipGradNorm", { maxNorm }, { above: 0, orInfinity: true });
  checkTensors("clipGradNorm", "parameter", parameters);
  const grads = new Set(parameters.flatMap((p) => p.grad ?? []));
  let squares = 0;
  for (const grad of grads) squares += sumSquares(grad);
  const norm = Math.sqrt(squares);
  const scale = maxNorm / (norm + 1e-6); // the 1e-6 is PyTorch's
  if (scale < 1 && norm < Infinity) {
    for (const grad of grads) scaleBy(grad, scale, "clipGradNorm");
  }
  return norm;
}
