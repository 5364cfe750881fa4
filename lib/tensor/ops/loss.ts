/** How far predictions are from targets. */

import { record } from "../autograd.js";
import { checkCrossEntropy, ShapeError, show } from "../check.js";
import type { Arg, CrossEntropy, Shape } from "../shape.js";
import { empty, read, type Tensor, write } from "../tensor.js";

export type Reduction = "mean" | "sum" | "none";
export interface CrossEntropyOptions<R extends Reduction = Reduction> {
  /** Targets with this value do not count. Default −100, as in PyTorch. */
  ignoreIndex?: number;
  /** Share of the target's probability that is spread evenly over all classes, 0 to 1. Default 0. */
  labelSmoothing?: number;
  /** One number (mean over the targets that count, or sum), or one per target. Default "mean". */
  reduction?: R;
}

/** Cross entropy: −log softmax(logits)[target], in nats. logits [...N, V], targets [...N] int32 class indices -> a scalar,
 *  or with reduction "none" [...N]. With label smoothing ε the target distribution is (1 − ε) one-hot + ε / V.
 *  Softmax and logarithm are one step: the gradient is simply (softmax − target distribution) / count, finite for any finite
 *  logits. Ignored targets give a loss and gradients of 0; the mean over none that count is NaN, as in PyTorch.
 *  @example
 *  crossEntropy(tensor([[0, 0], [1e4, -1e4]]), fromArray([1, 0], [2], "int32"), { reduction: "none" }) // => [0.69315, 0] */
export function crossEntropy<L extends Shape, T extends Shape, R extends Reduction = "mean">(
  logits: Tensor<L>,
  targets: Arg<CrossEntropy<L, T>, Tensor<T>>,
  options?: CrossEntropyOptions<R>,
): Tensor<R extends "none" ? T : readonly []>;
export function crossEntropy(logits: Tensor, targets: Tensor, options: CrossEntropyOptions = {}): Tensor {
  const { ignoreIndex = -100, labelSmoothing = 0, reduction = "mean" } = options;
  checkCrossEntropy(logits.shape, targets.shape);
  if (targets.dtype !== "int32")
    throw new ShapeError(
      `crossEntropy: targets ${show(targets.shape)} must be int32 class indices, not ${targets.dtype}`,
    );
  const v = logits.shape[logits.rank - 1];
  const n = targets.size;
  const probs = empty([n, v]);
  const y = empty(reduction === "none" ? targets.shape : []);
  const [X, T, P] = [read(logits), read(targets), write(probs)];
  const losses = new Float64Array(n);
  let count = 0;
  for (let r = 0; r < n; r++) {
    if (T[r] !== ignoreIndex && !(T[r] >= 0 && T[r] < v)) {
      throw new ShapeError(
        `crossEntropy: target ${T[r]} is outside 0 to ${v - 1} (and not the ignored ${ignoreIndex})`,
      );
    }
    const nll = softmaxRow(X, P, r * v, v, T[r], labelSmoothing);
    if (T[r] === ignoreIndex) continue;
    losses[r] = nll;
    count++;
  }
  const Y = write(y);
  const total = losses.reduce((a, b) => a + b, 0);
  if (reduction === "none") Y.set(losses);
  else Y[0] = reduction === "sum" ? total : total / count;
  return record("crossEntropy", [logits], y, (dy) => [
    () => {
      const dx = empty(logits.shape);
      const [T, P, DY, DX] = [read(targets), write(probs), read(dy), write(dx)];
      for (let r = 0; r < n; r++) {
        if (T[r] === ignoreIndex) {
          DX.fill(0, r * v, (r + 1) * v);
          continue;
        }
        const scale = reduction === "none" ? DY[r] : reduction === "sum" ? DY[0] : DY[0] / count;
        for (let i = r * v; i < (r + 1) * v; i++) DX[i] = scale * (P[i] - labelSmoothing / v);
        DX[r * v + T[r]] -= scale * (1 - labelSmoothing);
      }
      return dx;
    },
  ]);
}

/** Writes softmax of one row to P and returns its loss. */
function softmaxRow(
  X: ArrayLike<number>,
  P: Float32Array | Int32Array,
  first: number,
  v: number,
  target: number,
  smoothing: number,
): number {
  let top = -Infinity;
  for (let i = first; i < first + v; i++) if (X[i] > top || X[i] !== X[i]) top = X[i];
  let total = 0;
  for (let i = first; i < first + v; i++) total += P[i] = Math.exp(X[i] - top);
  for (let i = first; i < first + v; i++) P[i] /= total;
  const log = top + Math.log(total);
  if (smoothing === 0) return log - X[first + target];
  let mean = 0;
  for (let i = first; i < first + v; i++) mean += (log - X[i]) / v;
  return (1 - smoothing) * (log - X[first + target]) + smoothing * mean;
}
