import { describe, expect, test } from "vitest";
import * as t from "../../lib/index.js";
import { int32, spaced, type X } from "./layouts.js";

const f = (...shape: number[]): X => spaced(shape);
const i = (...values: number[]): X => int32(values);

/** Every wrong call and its whole sentence. */
const sentences: [string, () => unknown][] = [
  // matmul.ts
  ["cannot matmul [2, 3] @ [2, 3]: inner dimensions 3 and 2 differ", () => t.matmul(f(2, 3), f(2, 3))],
  ["cannot matmul [2, 3, 4] @ [5, 4, 6]: batch dimensions [2] and [5] differ", () => t.matmul(f(2, 3, 4), f(5, 4, 6))],
  ["matmul needs at least 2 dimensions on the left, got [3]", () => t.matmul(f(3), f(3, 2))],
  ["matmul needs at least 2 dimensions on the right, got [3]", () => t.matmul(f(2, 3), f(3))],
  ["matmul: [1, 2] is int32, it must be float32", () => t.matmul(int32([1, 2], [1, 2]), f(2, 1))],
  ["linear: [1, 2] is int32, it must be float32", () => t.linear(int32([1, 2], [1, 2]), f(3, 2) as never)],
  ["linear: the weight must be [Out, In], got [3]", () => t.linear(f(2, 3), f(3) as never)],
  [
    "linear: the bias must be [4] for a weight [4, 3], got [3]",
    () => t.linear(f(2, 3), f(4, 3) as never, f(3) as never),
  ],
  ["linear: expected a last dimension of 3, got [2, 4]", () => t.linear(f(2, 4), f(5, 3) as never)],
  ["linear: expected a last dimension of 3, got a scalar", () => t.linear(f(), f(5, 3) as never)],
  // elementwise.ts, activations.ts
  ["add: cannot broadcast [2, 3] with [2]", () => t.add(f(2, 3), f(2))],
  ["where: cannot broadcast [4] with [3]", () => t.where(i(1, 0, 1, 0), f(3), f(3))],
  ["swiglu: gate [2, 3] and up [2, 1] must have the same shape", () => t.swiglu(f(2, 3), f(2, 1))],
  // shape.ts, join.ts
  ["cannot reshape [2, 3] (6 elements) to [4] (4 elements)", () => t.reshape(f(2, 3), [4])],
  ["cannot reshape [2, 3] (6 elements) to [4, -1] (a multiple of 4 elements)", () => t.reshape(f(2, 3), [4, -1])],
  ["cannot reshape [2, 3] to [-1, -1]: only one dimension can be -1", () => t.reshape(f(2, 3), [-1, -1])],
  ["permute [0, 0] must name each axis of [2, 3] once", () => t.permute(f(2, 3), [0, 0])],
  ["permute [0] must name each axis of [2, 3] once", () => t.permute(f(2, 3), [0])],
  ["transpose: axis 2 is out of range for [2, 3]", () => t.transpose(f(2, 3), 0, 2)],
  ["softmax: axis -3 is out of range for [2, 3]", () => t.softmax(f(2, 3), -3)],
  ["sum: axis 0.5 is out of range for [2, 3]", () => t.sum(f(2, 3), 0.5)],
  ["cannot expand [2, 3] to [2, 2]", () => t.expand(f(2, 3), [2, 2])],
  ["cannot expand [2, 3] to [3]", () => t.expand(f(2, 3), [3])],
  ["squeeze: axis 0 of [2, 1] has size 2, not 1", () => t.squeeze(f(2, 1), 0)],
  ["concat needs at least one tensor", () => t.concat([], 0)],
  ["concat along axis 0: [2, 2] and [2, 3] differ on another axis", () => t.concat([f(2, 3), f(2, 2)], 0)],
  ["concat along axis 0: [2] is float32, but [2] is int32", () => t.concat([f(2), i(1, 2)], 0)],
  ["split: sizes [1, 1] add up to 2, but axis 0 of [3] has 3", () => t.split(f(3), [1, 1], 0)],
  ["select: index 3 is outside the 3 elements along axis 0 of [3]", () => t.select(f(3), 0, 3)],
  ["pad: the ends [1, -1] must be two non-negative integers; slice cuts off", () => t.pad(f(3), 0, [1, -1])],
  ["repeat: [2] needs a number for each axis of [2, 3]", () => t.repeat(f(2, 3), [2])],
  ["repeat: [2, 0.5] must be non-negative integers", () => t.repeat(f(3), [2, 0.5])],
  ["flip: axes [0, 0] of [3] name one axis twice", () => t.flip(f(3), [0, 0])],
  ["flip: axes [1, -1] of [2, 3] name one axis twice", () => t.flip(f(2, 3), [1, -1])],
  ["max: axes [1, -1] of [2, 3] name one axis twice", () => t.max(f(2, 3), [1, -1])],
  ["permute [0, -2] must name each axis of [2, 3] once", () => t.permute(f(2, 3), [0, -2])],
  ["softmax: axis 5 is out of range for [2, 2]", () => t.softmax(f(2, 2), 5)],
  ["concat: axis 4 is out of range for [2]", () => t.concat([f(2)], 4)],
  ["stack: axis 4 is out of range for [2, 1]", () => t.stack([f(2)], 4)],
  ["variance: axis 4 is out of range for [2]", () => t.variance(f(2), 4)],
  ["randn: invalid shape [-1]: sizes must be non-negative integers", () => t.randn([-1], new t.Generator(1))],
  ["uniform: invalid shape [0.5]: sizes must be non-negative integers", () => t.uniform([0.5], new t.Generator(1))],
  ["full: invalid shape [1.5]: sizes must be non-negative integers", () => t.full([1.5], 0)],
  ["layerNorm: expected a last dimension of 3, got [2, 2]", () => t.layerNorm(f(2, 2), f(3) as never)],
  ["flip: axis 2 is out of range for [2, 3]", () => t.flip(f(2, 3), 2)],
  ["stack: [2] and [3] must be the same", () => t.stack([f(2), f(3)], 0)],
  ["stack needs at least one tensor", () => t.stack([], 0)],
  ["expand: invalid shape [-1, -1, 2]: sizes must be non-negative integers", () => t.expand(f(2), [-1, -1, 2])],
  ["expand: [1, 1, 1, 1, 1, 1, 2] has rank 7, at most 6 is supported", () => t.expand(f(2), [1, 1, 1, 1, 1, 1, 2])],
  // einsum.ts
  ['einsum: "ij" must be letters, commas and one "->", as in "ij,jk->ik"', () => t.einsum("ij", f(2, 3))],
  ['einsum: "ij,jk->ik" names 2 operands, got 1', () => t.einsum("ij,jk->ik", f(2, 3))],
  ['einsum: "ii" names one axis twice; a diagonal is not supported', () => t.einsum("ii->i", f(2, 2))],
  ['einsum: k must stand on the left of "ij->ik", and once on the right', () => t.einsum("ij->ik", f(2, 3))],
  ["tril needs at least 2 dimensions, got [3]", () => t.tril(f(3))],
  // reduce.ts, select.ts
  ["sum: axes [0, -2] of [2, 3] name one axis twice", () => t.sum(f(2, 3), [0, -2])],
  ["max of [2, 0]: there is nothing to choose from", () => t.max(f(2, 0), 1)],
  ["argmax of [0]: there is nothing to choose from", () => t.argmax(f(0), 0)],
  ["topk: k must be an integer from 0 to 3, the elements along axis -1 of [2, 3], got 4", () => t.topk(f(2, 3), 4)],
  ["sort: axis 1 is out of range for [3]", () => t.sort(f(3), 1)],
  ["maskedFill: the mask [2] must broadcast to [2, 3]", () => t.maskedFill(f(2, 3), i(1, 0), 0)],
  ["maskedSoftmax: the mask [2] must broadcast to [2, 3]", () => t.maskedSoftmax(f(2, 3), i(1, 0), -1)],
  // indexing.ts
  ["gather: the index [2] must be int32, not float32", () => t.gather(f(3), 0, f(2))],
  ["gather: index 3 is outside 0 to 2", () => t.gather(f(3), 0, i(3))],
  [
    "gather: the index [2, 4] must fit into [1, 3] on every axis but 1",
    () => t.gather(f(1, 3), 1, int32([0, 0, 0, 0, 0, 0, 0, 0], [2, 4])),
  ],
  ["indexSelect: the index must be a list, got [1, 1]", () => t.indexSelect(f(3), 0, int32([0], [1, 1]))],
  ["indexSelect: index -1 is outside 0 to 2", () => t.indexSelect(f(3), 0, i(-1))],
  ["indexAdd: src must be [2, 3] for x [4, 3], got [3, 3]", () => t.indexAdd(f(4, 3), 0, i(0, 1), f(3, 3))],
  ["indexAdd: x [3] is int32, but src [1] is float32", () => t.indexAdd(i(1, 2, 3), 0, i(0), f(1))],
  ["scatter: the index [3] must fit into src [2]", () => t.scatter(f(4), 0, i(0, 1, 2), f(2))],
  ["scatterAdd: x [2] is float32, but src [1] is int32", () => t.scatterAdd(f(2), 0, i(0), i(1))],
  ["embedding: id 3 is outside 0 to 2", () => t.embedding(f(3, 2) as never, i(3))],
  ["embedding: the weight must be [V, D], got [3]", () => t.embedding(f(3) as never, i(0))],
  ["oneHot: id 2 is outside 0 to 1", () => t.oneHot(i(2), 2)],
  // norm.ts, loss.ts
  ["layerNorm: the weight must be [D], got [1, 3]", () => t.layerNorm(f(2, 3), f(1, 3) as never)],
  [
    "layerNorm: the bias must be [3] as the weight is, got [2]",
    () => t.layerNorm(f(2, 3), f(3) as never, f(2) as never),
  ],
  ["rmsNorm: expected a last dimension of 4, got [2, 3]", () => t.rmsNorm(f(2, 3), f(4) as never)],
  [
    "crossEntropy: targets [3] do not match logits [2, 5] without the last axis",
    () => t.crossEntropy(f(2, 5), i(0, 1, 2)),
  ],
  ["crossEntropy: logits need a class axis", () => t.crossEntropy(f(), i(0))],
  ["crossEntropy: targets [2] must be int32 class indices, not float32", () => t.crossEntropy(f(2, 5), f(2))],
  ["crossEntropy: target 5 is outside 0 to 4 (and not the ignored -100)", () => t.crossEntropy(f(2, 5), i(0, 5))],
  ["rmsNorm: x needs a last dimension, got a scalar", () => t.rmsNorm(f(), null)],
  ["layerNorm: the bias must be [3], got [2]", () => t.layerNorm(f(2, 3), null, f(2) as never)],
  // attention.ts, rotary.ts, dropout.ts
  [
    "scaledDotProductAttention: q [2, 3], k [2, 3] and v [2, 3] must be [B, H, T, K] with equal B and K, and k and v with equal H and T",
    () => t.scaledDotProductAttention(f(2, 3), f(2, 3), f(2, 3)),
  ],
  [
    "scaledDotProductAttention: the 3 heads of q [1, 3, 2, 2] cannot share the 2 heads of k [1, 2, 2, 2]: 3 is no multiple of 2",
    () => t.scaledDotProductAttention(f(1, 3, 2, 2), f(1, 2, 2, 2), f(1, 2, 2, 2)),
  ],
  [
    "scaledDotProductAttention: the mask [3] must broadcast to [1, 1, 2, 2]",
    () => t.scaledDotProductAttention(f(1, 1, 2, 2), f(1, 1, 2, 2), f(1, 1, 2, 2), { mask: i(1, 1, 1) }),
  ],
  ["rotary: x must be [..., T, K] with an even K, got [2, 3]", () => t.rotary(f(2, 3), i(0, 1))],
  ["rotary: positions [3] must be [2] or [B, 2] for x [2, 4]", () => t.rotary(f(2, 4), i(0, 1, 2))],
  [
    "rotary: positions [3, 2] have 3 rows for x [2, 2, 4]",
    () => t.rotary(f(2, 2, 4), int32([0, 1, 0, 1, 0, 1], [3, 2])),
  ],
  ["dropout: p must be at least 0 and below 1, got 1", () => t.dropout(f(2), 1, new t.Generator(0))],
  // create.ts, tensor.ts, random.ts
  [
    "tensor: rows must be equally long; at depth 1 there is 1 elements where [2, 2] was begun",
    () => t.tensor([[1, 2], [3]]),
  ],
  ["tensor: rows must be equally long; at depth 1 there is a number where [2, 1] was begun", () => t.tensor([[1], 2])],
  ["fromArray: 3 numbers do not fill [2, 2], which has 4", () => t.fromArray([1, 2, 3], [2, 2])],
  ["zeros: invalid shape [2, -1]: sizes must be non-negative integers", () => t.zeros([2, -1])],
  ["ones: invalid shape [1.5]: sizes must be non-negative integers", () => t.ones([1.5])],
  ["zeros: [1, 1, 1, 1, 1, 1, 1] has rank 7, at most 6 is supported", () => t.zeros([1, 1, 1, 1, 1, 1, 1])],
  ["item() needs exactly one element, [2] has 2", () => f(2).item()],
  ["dim: T must be a non-negative integer, got 1.5", () => t.dim("T", 1.5)],
  ["uniform: low 1 is above high 0", () => t.uniform([1], new t.Generator(0), { low: 1, high: 0 })],
  ["a seed must be an integer, got 0.5", () => new t.Generator(0.5)],
];

describe("each wrong call is one sentence that names the operation and the sizes", () => {
  test.each(sentences)("%s", (sentence, call) => {
    let thrown: unknown;
    try {
      call();
    } catch (error) {
      thrown = error;
    }
    expect((thrown as Error | undefined)?.message).toBe(sentence);
  });
});
