// Ops that look up, choose and mask; attention; folds over several axes.
import {
  argmax,
  crossEntropy,
  dim,
  type Dim,
  full,
  gather,
  indexAdd,
  indexSelect,
  max,
  maskedFill,
  maskedSoftmax,
  oneHot,
  rotary,
  scaledDotProductAttention,
  scatterAdd,
  sort,
  sum,
  swiglu,
  topk,
  topkMaskedSoftmax,
  variance,
  where,
  zeros,
} from "../../lib/index.js";
import { is, rejects, rejectsType } from "./rejects.js";

type B = Dim<"B">;
type H = Dim<"H">;
type T = Dim<"T">;
const [b, h, t] = [dim("B", 2), dim("H", 4), dim("T", 3)];
const ids = full([4], 0, "int32");

is<[B, 2]>()(topk(zeros([b, 8]), 2).values);
is<[2, 8]>()(topk(zeros([5, 8]), 2, 0).indices);
is<[B, 8]>()(sort(zeros([b, 8])).values);
is<[B, 8]>()(topkMaskedSoftmax(zeros([b, 8]), 2));
is<[B, 2]>()(gather(zeros([b, 8]), 1, topk(zeros([b, 8]), 2).indices));
is<[4, 8]>()(indexSelect(zeros([10, 8]), 0, ids));
is<[10, 8]>()(indexAdd(zeros([10, 8]), 0, ids, zeros([4, 8])));
is<[B, 8]>()(scatterAdd(zeros([b, 8]), 1, topk(zeros([b, 8]), 2).indices, zeros([b, 2])));
is<[B, T, 8]>()(where(zeros([t, 1]), zeros([b, t, 8]), 0));
is<[B, T, 8]>()(maskedFill(zeros([b, t, 8]), zeros([8]), -1));
is<[B, T]>()(maskedSoftmax(zeros([b, t]), zeros([t]), -1));
is<[4, 3]>()(oneHot(ids, 3));
is<[B, H, T, 16]>()(
  scaledDotProductAttention(zeros([b, h, t, 8]), zeros([b, h, 5, 8]), zeros([b, h, 5, 16]), { isCausal: true }),
);
is<[B, H, T, 8]>()(rotary(zeros([b, h, t, 8]), full([t], 0, "int32")));
is<[B, T]>()(crossEntropy(zeros([b, t, 65]), full([b, t], 0, "int32"), { reduction: "none" }));
is<[]>()(crossEntropy(zeros([b, t, 65]), full([b, t], 0, "int32"), { reduction: "sum" }));
is<[T]>()(sum(zeros([b, t, 8]), [0, -1]));
is<[1, T, 1]>()(max(zeros([b, t, 8]), [0, 2], { keepdim: true }));
is<[1, 1]>()(variance(zeros([2, 3]), null, { keepdim: true }));
is<[2, 1]>()(argmax(zeros([2, 3]), 1, { keepdim: true }));

rejects("axis 2 is out of range for [2, 8]", () => topk(zeros([2, 8]), 2, 2));
rejects("axis 1 is out of range for [8]", () => sort(zeros([8]), 1));
rejects("axis 1 is out of range for [8]", () => topkMaskedSoftmax(zeros([8]), 2, 1));
rejects("axis 2 is out of range for [2, 3]", () => sum(zeros([2, 3]), [0, 2]));
rejects("axis 2 is out of range for [2, 3]", () => max(zeros([2, 3]), 2, { keepdim: true }));
rejects("gather: the index [4] must fit into [2, 3] on every axis but 1", () => gather(zeros([2, 3]), 1, ids));
rejects("axis 2 is out of range for [2, 3]", () => gather(zeros([2, 3]), 2, full([2, 1], 0, "int32")));
rejects("scatterAdd: the index [4] must fit into [2, 3] on every axis but 1", () =>
  scatterAdd(zeros([2, 3]), 1, ids, zeros([4])),
);
rejects("indexSelect: the index must be a list, got [2, 2]", () =>
  indexSelect(zeros([3]), 0, full([2, 2], 0, "int32")),
);
rejects("axis 1 is out of range for [3]", () => indexSelect(zeros([3]), 1, ids));
rejects("indexAdd: src must be [4, 3] for x [5, 3], got [3, 3]", () => indexAdd(zeros([5, 3]), 0, ids, zeros([3, 3])));
rejects("cannot broadcast [2, 3] with [2]", () => where(zeros([2, 3]), zeros([2]), 0));
rejects("cannot broadcast [2] with [3]", () => where(zeros([2, 1]), zeros([2]), zeros([3])));
rejects("maskedFill: the mask [2] must broadcast to [2, 3]", () => maskedFill(zeros([2, 3]), zeros([2]), 0));
rejects("maskedFill: the mask [2, 3] must broadcast to [3]", () => maskedFill(zeros([3]), zeros([2, 3]), 0));
rejects("maskedSoftmax: the mask [2] must broadcast to [2, 3]", () => maskedSoftmax(zeros([2, 3]), zeros([2]), -1));
rejects("swiglu: gate [2, 3] and up [2, 1] must have the same shape", () => swiglu(zeros([2, 3]), zeros([2, 1])));
rejects(
  "scaledDotProductAttention: q [1, 2, 3, 4], k [1, 2, 3, 5] and v [1, 2, 3, 4] must be [B, H, T, K] with equal B and K, and k and v with equal H and T",
  () => scaledDotProductAttention(zeros([1, 2, 3, 4]), zeros([1, 2, 3, 5]), zeros([1, 2, 3, 4])),
);
rejects(
  "scaledDotProductAttention: q [2, 3], k [2, 3] and v [2, 3] must be [B, H, T, K] with equal B and K, and k and v with equal H and T",
  () => scaledDotProductAttention(zeros([2, 3]), zeros([2, 3]), zeros([2, 3])),
);

rejectsType("axis 2 is out of range for [B, T]", () => sum(zeros([b, t]), [0, 2]));
rejectsType("maskedFill: the mask [B] must broadcast to [B, T]", () => maskedFill(zeros([b, t]), zeros([b]), 0));
rejectsType("indexAdd: src must be [4, T] for x [B, T], got [4, 8]", () =>
  indexAdd(zeros([b, t]), 0, ids, zeros([4, 8])),
);
