// Ops that put tensors together and take them apart.
import {
  concat,
  cumsum,
  dim,
  type Dim,
  einsum,
  expand,
  flip,
  pad,
  repeat,
  select,
  slice,
  split,
  stack,
  type Tensor,
  unsqueeze,
  view,
  zeros,
} from "../../lib/index.js";
import { is, rejects, rejectsType } from "./rejects.js";

type B = Dim<"B">;
type T = Dim<"T">;
const [b, t] = [dim("B", 2), dim("T", 3)];

is<[2, 5]>()(concat([zeros([2, 3]), zeros([2, 2])], 1));
is<[2, 6]>()(concat([zeros([2, 1]), zeros([2, 2]), zeros([2, 3])], -1));
is<[B, 12]>()(concat([zeros([b, 4]), zeros([b, 8])], 1));
is<[number, 4]>()(concat([zeros([b, 4]), zeros([b, 4])], 0));
is<number[]>()(concat([zeros([2]), zeros([3])] as Tensor[], 0));
is<[2, 3, 4]>()(stack([zeros([2, 4]), zeros([2, 4]), zeros([2, 4])], 1));
is<[B, T, 2]>()(stack([zeros([b, t]), zeros([b, t])], -1));
is<[number, 3]>()(slice(zeros([2, 3]), 0, 0, 1));
is<[B, number, 8]>()(slice(zeros([b, t, 8]), 1, 0, -1));
is<[B, 8]>()(select(zeros([b, t, 8]), 1, -1));
const [query, key] = split(zeros([b, 24]), [16, 8], -1);
is<[B, 16]>()(query);
is<[B, 8]>()(key);
is<[2, 10]>()(pad(zeros([2, 4]), 1, [1, 5]));
is<[4, 6]>()(repeat(zeros([2, 3]), [2, 2]));
is<[3, B, 8]>()(repeat(zeros([b, 4]), [3, 1, 2]));
is<[B, 3]>()(flip(zeros([b, 3]), [0, -1]));
is<[6]>()(view(zeros([2, 3]), [6]));
is<[2, 3, 4]>()(expand(zeros([3, 1]), [2, -1, 4]));
for (const row of zeros([2, 3])) is<[3]>()(row);
is<[2, 4]>()(einsum("ij,jk->ik", zeros([2, 3]), zeros([3, 4])));
is<[B, 4, T]>()(einsum("b t d, d f -> b f t", zeros([b, t, 8]), zeros([8, 4])));
is<[]>()(einsum("ij,ij->", zeros([2, 3]), zeros([2, 3])));

rejects("concat along axis 1: [3, 2] and [2, 3] differ on another axis", () =>
  concat([zeros([2, 3]), zeros([3, 2])], 1),
);
rejects("concat along axis 0: [2] and [2, 3] differ on another axis", () => concat([zeros([2, 3]), zeros([2])], 0));
rejects("axis 2 is out of range for [2, 3]", () => concat([zeros([2, 3]), zeros([2, 3])], 2));
rejects("stack: [2, 3] and [2, 4] must be the same", () => stack([zeros([2, 3]), zeros([2, 4])], 0));
rejects("axis 3 is out of range for [2, 3, 1]", () => stack([zeros([2, 3]), zeros([2, 3])], 3));
rejects("axis 3 is out of range for [2, 3, 1]", () => unsqueeze(zeros([2, 3]), 3));
rejects("axis 2 is out of range for [2, 3]", () => slice(zeros([2, 3]), 2, 0));
rejects("axis -3 is out of range for [2, 3]", () => select(zeros([2, 3]), -3, 0));
rejects("axis 2 is out of range for [2, 3]", () => pad(zeros([2, 3]), 2, [1, 1]));
rejects("axis 2 is out of range for [2, 3]", () => flip(zeros([2, 3]), [0, 2]));
rejects("axis 1 is out of range for [3]", () => cumsum(zeros([3]), 1));
rejects("axis 1 is out of range for [3]", () => split(zeros([3]), [1, 2], 1));
rejects("split: sizes [1, 1] add up to 2, but axis 0 of [3] has 3", () => split(zeros([3]), [1, 1], 0));
rejects("split: sizes [64, 64, 100] add up to 228, but axis -1 of [2, 192] has 192", () =>
  split(zeros([2, 192]), [64, 64, 100], -1),
);
rejects("repeat: [2] needs a number for each axis of [2, 3]", () => repeat(zeros([2, 3]), [2]));
rejects("cannot reshape [2, 3] (6 elements) to [4] (4 elements)", () => view(zeros([2, 3]), [4]));
rejects("cannot expand [2, 3] to [-1, 4]", () => expand(zeros([2, 3]), [-1, 4]));
rejects("einsum: the j of [4, 5] is 4, but it was 3 before", () => einsum("ij,jk->ik", zeros([2, 3]), zeros([4, 5])));
rejects('einsum: "ij" names 2 axes, but its operand is [2, 3, 4]', () => einsum("ij->i", zeros([2, 3, 4])));

rejectsType("concat along axis 1: [T, 2] and [B, 3] differ on another axis", () =>
  concat([zeros([b, 3]), zeros([t, 2])], 1),
);
rejectsType("stack: [B] and [T] must be the same", () => stack([zeros([b]), zeros([t])], 0));
rejectsType("axis 2 is out of range for [B, T]", () => slice(zeros([b, t]), 2, 0));
rejectsType("einsum: the i of [T] is T, but it was B before", () => einsum("i,i->", zeros([b]), zeros([t])));
