/** Keeping one bad batch from throwing the model far away. */

import { read, type Tensor, write } from "../tensor/tensor.js";

/** Length of all gradients taken as one vector; if it exceeds `maxNorm`, all are scaled down, in place, to that length.
 *  Returns the length before. Source: Pascanu et al. 2012, §3.2, https://arxiv.org/abs/1211.5063 */
export function clipGradNorm(parameters: readonly Tensor[], maxNorm: number): number {
  const grads = parameters.flatMap((p) => (p.grad ? [p.grad] : []));
  let squares = 0;
  for (const grad of grads) {
    const G = read(grad);
    let sum = 0;
    for (let i = 0; i < G.length; i++) sum += G[i] * G[i];
    squares += sum;
  }
  const norm = Math.sqrt(squares);
  const scale = maxNorm / (norm + 1e-6); // the 1e-6 is PyTorch's
  if (scale < 1) {
    for (const grad of grads) {
      const G = write(grad);
      for (let i = 0; i < G.length; i++) G[i] *= scale;
    }
  }
  return norm;
}
