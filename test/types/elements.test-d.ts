// Ops element by element, and along an axis.
import {
  add,
  argmax,
  crossEntropy,
  dim,
  type Dim,
  embedding,
  full,
  logSoftmax,
  max,
  mean,
  mul,
  softmax,
  sum,
  zeros,
} from "../../lib/index.js";
import { is, rejects, rejectsType } from "./rejects.js";

type B = Dim<"B">;
type T = Dim<"T">;
const [b, t] = [dim("B", 2), dim("T", 3)];
const ids = zeros([b, t]);

is<[2, 3]>()(add(zeros([2, 3]), zeros([3])));
is<[2, 4, 3]>()(mul(zeros([2, 1, 3]), zeros([4, 1])));
is<[B, T, 8]>()(add(zeros([b, t, 8]), zeros([t, 8])));
is<[2, 3]>()(mul(zeros([2, 3]), 2));
is<[]>()(sum(zeros([2, 3])));
is<[2]>()(sum(zeros([2, 3]), 1));
is<[2, 1]>()(mean(zeros([2, 3]), -1, { keepdim: true }));
is<[B, 8]>()(max(zeros([b, t, 8]), 1));
is<[2]>()(argmax(zeros([2, 3]), -1));
is<[2, 3]>()(softmax(zeros([2, 3]), -1));
is<[B, T, 8]>()(embedding(zeros([10, 8]), full([b, t], 0, "int32")));

rejects("cannot broadcast [2, 3] with [2]", () => add(zeros([2, 3]), zeros([2])));
rejects("cannot broadcast [2, 3] with [3, 2]", () => mul(zeros([2, 3]), zeros([3, 2])));
rejects("axis 2 is out of range for [2, 3]", () => sum(zeros([2, 3]), 2));
rejects("axis 2 is out of range for [2, 3]", () => softmax(zeros([2, 3]), 2));
rejects("axis -3 is out of range for [2, 3]", () => logSoftmax(zeros([2, 3]), -3));
rejects("axis 1 is out of range for [3]", () => argmax(zeros([3]), 1));
rejects("targets [3] do not match logits [2, 5] without the last axis", () => crossEntropy(zeros([2, 5]), zeros([3])));

rejectsType("cannot broadcast [B, T] with [B]", () => add(ids, zeros([b])));
rejectsType("targets [B] do not match logits [B, T, 65] without the last axis", () =>
  crossEntropy(zeros([b, t, 65]), zeros([b])),
);
