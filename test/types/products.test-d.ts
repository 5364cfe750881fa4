// Products of matrices.
import { dim, type Dim, layerNorm, linear, matmul, ones, zeros } from "../../lib/index.js";
import { is, rejects, rejectsType } from "./rejects.js";

type B = Dim<"B">;
type T = Dim<"T">;
const [b, t] = [dim("B", 2), dim("T", 3)];

// Accepted, with the exact shape of the result.
is<[2, 5]>()(matmul(zeros([2, 3]), zeros([3, 5])));
is<[4, 2, 5]>()(matmul(zeros([4, 2, 3]), zeros([3, 5])));
is<[4, 2, 2, 5]>()(matmul(zeros([4, 1, 2, 3]), zeros([2, 3, 5])));
is<[B, T, 5]>()(matmul(zeros([b, t, 64]), zeros([64, 5])));
is<[B, T, T]>()(matmul(zeros([b, t, 64]), zeros([b, 64, t])));
is<number[]>()(matmul(zeros([2, 3]), zeros([3, 5] as number[])));
is<[B, T, 5]>()(linear(zeros([b, t, 64]), zeros([5, 64])));
is<[5]>()(linear(zeros([64]), zeros([5, 64]), zeros([5])));
is<[2, 64]>()(layerNorm(zeros([2, 64]), ones([64]), zeros([64])));

// Rejected, in the words of the run-time check.
rejects("cannot matmul [2, 3, 64] @ [2, 3, 64]: inner dimensions 64 and 3 differ", () =>
  matmul(zeros([2, 3, 64]), zeros([2, 3, 64])),
);
rejects("cannot matmul [2, 3] @ [4, 5]: inner dimensions 3 and 4 differ", () => matmul(zeros([2, 3]), zeros([4, 5])));
rejects("cannot matmul [2, 3, 4] @ [5, 4, 6]: batch dimensions [2] and [5] differ", () =>
  matmul(zeros([2, 3, 4]), zeros([5, 4, 6])),
);
rejects("matmul needs at least 2 dimensions on the left, got [3]", () => matmul(zeros([3]), zeros([3, 4])));
rejects("matmul needs at least 2 dimensions on the right, got [3]", () => matmul(zeros([2, 3]), zeros([3])));
rejects("expected a last dimension of 3, got [2, 4]", () => linear(zeros([2, 4]), zeros([5, 3])));
rejects("expected a last dimension of 3, got a scalar", () => linear(zeros([]), zeros([5, 3])));
rejects("expected a last dimension of 4, got [2, 3]", () => layerNorm(zeros([2, 3]), ones([4])));

// Rejected by name.
rejectsType("cannot matmul [B, T, 64] @ [B, T, 64]: inner dimensions 64 and T differ", () =>
  matmul(zeros([b, t, 64]), zeros([b, t, 64])),
);
rejectsType("cannot matmul [B, 8] @ [T, 8]: inner dimensions 8 and T differ", () =>
  matmul(zeros([b, 8]), zeros([t, 8])),
);
rejectsType("cannot matmul [B, 2, 3] @ [T, 3, 2]: batch dimensions [B] and [T] differ", () =>
  matmul(zeros([b, 2, 3]), zeros([t, 3, 2])),
);
rejectsType("cannot matmul [?, 3] @ [4, 5]: inner dimensions 3 and 4 differ", () =>
  matmul(zeros([t as number, 3]), zeros([4, 5])),
);
rejectsType("expected a last dimension of 3, got [B, T]", () => linear(zeros([b, t]), zeros([5, 3])));
