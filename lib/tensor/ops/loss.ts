/** How far predictions are from targets. */

import { rowKernels } from "../../kernels/index.js";
import { record } from "../autograd.js";
import {
  checkCrossEntropy,
  checkInteger,
  checkNumber,
  checkOptions,
  checkTensor,
  checkWord,
  ShapeError,
  show,
} from "../check.js";
import type { Arg, CrossEntropy, Shape } from "../shape.js";
import { floats } from "../spans.js";
import { contiguous, empty, read, type Tensor, write } from "../tensor.js";

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
  checkTensor("crossEntropy", "logits", logits);
  checkTensor("crossEntropy", "targets", targets);
  checkOptions("crossEntropy", options);
  const { ignoreIndex = -100, labelSmoothing = 0, reduction = "mean" } = options;
  checkInteger("crossEntropy", "ignoreIndex", ignoreIndex);
  checkNumber("crossEntropy", "labelSmoothing", labelSmoothing, "from 0 to 1", (share) => share >= 0 && share <= 1);
  checkWord("crossEntropy", "reduction", reduction, ["mean", "sum", "none"]);
  checkCrossEntropy(logits.shape, targets.shape);
  if (targets.dtype !== "int32")
    throw new ShapeError(
      `crossEntropy: targets ${show(targets.shape)} must be int32 class indices, not ${targets.dtype}`,
    );
  const v = logits.shape[logits.rank - 1];
  const n = targets.size;
  const [rows, classes] = [floats(logits), contiguous(targets)];
  checkTargets(read(classes), ignoreIndex, v);
  const [probs, stats] = [empty([n, v]), empty([n, 2])];
  const y = empty(reduction === "none" ? targets.shape : []);
  rowKernels().softmax(n, v, rows, probs, 1, 1, v, stats);
  const { losses, count } = rowLosses(rows, classes, stats, ignoreIndex, labelSmoothing);
  // Where the loss is NaN, so is the gradient: the softmax of nothing but −∞ is 0.
  losses.forEach((loss, r) => loss !== loss && write(probs).fill(NaN, r * v, (r + 1) * v));
  const Y = write(y);
  const total = losses.reduce((a, b) => a + b, 0);
  if (reduction === "none") Y.set(losses);
  else Y[0] = reduction === "sum" ? total : total / count;
  return record("crossEntropy", [logits], y, (given) => [
    () => {
      const [dx, dy] = [empty(logits.shape), contiguous(given)];
      const [scale, weights] = reduction === "none" ? [1, dy] : [read(dy)[0] / (reduction === "sum" ? 1 : count), null];
      rowKernels().crossEntropyBackward(n, v, probs, classes, ignoreIndex, labelSmoothing, scale, weights, dx);
      return dx;
    },
  ]);
}

function checkTargets(T: ArrayLike<number>, ignoreIndex: number, v: number): void {
  for (let r = 0; r < T.length; r++) {
    if (T[r] !== ignoreIndex && !(T[r] >= 0 && T[r] < v)) {
      throw new ShapeError(
        `crossEntropy: target ${T[r]} is outside 0 to ${v - 1} (and not the ignored ${ignoreIndex})`,
      );
    }
  }
}

/** −log pₜ = m + log total − xₜ of each row that counts, with m and total the stats of its softmax. */
function rowLosses(
  logits: Tensor,
  targets: Tensor,
  stats: Tensor,
  ignoreIndex: number,
  smoothing: number,
): { losses: Float64Array; count: number } {
  const [n, v] = [targets.size, logits.shape[logits.rank - 1]];
  const [X, T, S] = [read(logits), read(targets), read(stats)];
  const losses = new Float64Array(n);
  let count = 0;
  for (let r = 0; r < n; r++) {
    if (T[r] === ignoreIndex) continue;
    count++;
    const [top, log] = [S[2 * r], Math.log(S[2 * r + 1])];
    losses[r] = top - X[r * v + T[r]] + log; // in this order: top + log would lose the log beside a large top
    if (smoothing === 0) continue;
    let mean = 0;
    for (let i = r * v; i < (r + 1) * v; i++) mean += (top - X[i] + log) / v;
    losses[r] = (1 - smoothing) * losses[r] + smoothing * mean;
  }
  return { losses, count };
}
