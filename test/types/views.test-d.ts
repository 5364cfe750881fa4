// Ops that move numbers.
import { dim, type Dim, expand, permute, reshape, squeeze, transpose, unsqueeze, zeros } from "../../lib/index.js";
import { is, rejects, rejectsType } from "./rejects.js";

type B = Dim<"B">;
const b = dim("B", 2);

is<[6, 4]>()(reshape(zeros([2, 3, 4]), [6, 4]));
is<[3, 2, 4]>()(transpose(zeros([2, 3, 4]), 0, 1));
is<[B, 8, 3]>()(transpose(zeros([b, 3, 8]), -1, -2));
is<[4, 2, 3]>()(permute(zeros([2, 3, 4]), [2, 0, 1]));
is<[2, 4]>()(squeeze(zeros([2, 1, 4]), 1));
is<[2, 1, 4]>()(unsqueeze(zeros([2, 4]), 1));
is<[2, 4, 1]>()(unsqueeze(zeros([2, 4]), -1));
is<[5, 2, 4]>()(expand(zeros([2, 1]), [5, 2, 4]));
is<[B, 4]>()(expand(zeros([b, 1]), [b, 4]));
reshape(zeros([b, 6]), [b, 2, 3]);
reshape(zeros([2, 6]), [-1, 3]);

rejects("cannot reshape [2, 3] (6 elements) to [4] (4 elements)", () => reshape(zeros([2, 3]), [4]));
rejects("cannot reshape [12, 64] (768 elements) to [12, 8, 9] (864 elements)", () =>
  reshape(zeros([12, 64]), [12, 8, 9]),
);
rejects("axis 2 is out of range for [2, 3]", () => transpose(zeros([2, 3]), 0, 2));
rejects("axis -3 is out of range for [2, 3]", () => transpose(zeros([2, 3]), -3, 0));
rejects("permute [0] must name each axis of [2, 3] once", () => permute(zeros([2, 3]), [0]));
rejects("permute [0, 2] must name each axis of [2, 3] once", () => permute(zeros([2, 3]), [0, 2]));
rejects("axis 3 is out of range for [2, 1, 4]", () => squeeze(zeros([2, 1, 4]), 3));
rejects("cannot expand [2, 3] to [2, 2]", () => expand(zeros([2, 3]), [2, 2]));
rejects("cannot expand [2, 3] to [1, 3]", () => expand(zeros([2, 3]), [1, 3]));
rejects("cannot expand [2, 3] to [3]", () => expand(zeros([2, 3]), [3]));

rejectsType("axis 2 is out of range for [B, 3]", () => transpose(zeros([b, 3]), 0, 2));
