import { chunks } from "../threads/chunks.js";
import { checkSpan, type Elementwise, type RowKernels, type Span } from "./types.js";
import { unaryRows, type UnaryKernel } from "./unary.js";
import type { ThreadPool } from "../threads/threads.js";

/** What a built module exports beside the matrix products; see kernels/src/rows. Pointers are byte addresses, 0 is "none". */
export type RowExports = Record<`${SnakeCase<UnaryKernel>}_forward`, (n: number, x: number, y: number) => void> &
  Record<`${SnakeCase<UnaryKernel>}_backward`, (n: number, x: number, dy: number, dx: number) => void> &
  Record<
    "add" | "sub" | "mul" | "div",
    (n: number, a: number, aPeriod: number, b: number, bPeriod: number, y: number) => void
  > &
  Record<Other, (...numbers: number[]) => void> & { sum_squares: (n: number, x: number) => number };

/** "geluTanh" is gelu_tanh in Rust. */
type SnakeCase<S extends string> = S extends `${infer First}${infer Rest}`
  ? `${First extends Lowercase<First> ? First : `_${Lowercase<First>}`}${SnakeCase<Rest>}`
  : "";
const snakeCase = <S extends string>(name: S) =>
  name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`) as SnakeCase<S>;

type Other =
  | "scale"
  | "softmax"
  | "softmax_backward"
  | "cross_entropy_backward"
  | "norm"
  | "norm_backward"
  | "column_sums"
  | "column_dots"
  | "gather_rows"
  | "scatter_add_rows"
  | "combine"
  | "combine_backward"
  | "combine_weights_backward"
  | "top_k"
  | "adam";

/** Byte address of a span of `n` numbers. Bringing a block in may move memory, though never one that was just touched. */
function at(span: Span, n: number): number {
  checkSpan(span, n);
  return span.storage.address() + 4 * span.offset;
}

/** About how many FLOPs of a matrix product take as long as one number of these functions: what is shared with threads. */
const COST = { unary: 40, row: 60, adam: 60 };

/** The row kernels of a module, with spans turned into addresses; shared with the threads of a pool where there is one. */
export function rowsOf(wasm: RowExports, pool?: ThreadPool): RowKernels {
  /** Calls `name` for all of n numbers or rows, or for a chunk in each thread. */
  const share = (
    name: keyof RowExports,
    n: number,
    unit: number,
    work: number,
    part: (from: number, count: number) => number[],
  ): void => {
    const threads = pool ? pool.threads(work) : 1;
    const kernel: (...numbers: number[]) => void = wasm[name];
    if (threads > 1)
      pool!.run(
        name,
        chunks(n, threads, unit).map(([from, count]) => part(from, count)),
      );
    else kernel(...part(0, n));
  };
  /** Vectors of four: a cut elsewhere would change how the last numbers of a chunk are computed. */
  const LANES = 4;
  const unary = unaryRows((name) => [
    (n, x, y) => {
      const [X, Y] = [at(x, n), at(y, n)];
      share(`${snakeCase(name)}_forward`, n, LANES, COST.unary * n, (i, count) => [count, X + 4 * i, Y + 4 * i]);
    },
    (n, x, dy, dx) => {
      const [X, DY, DX] = [at(x, n), at(dy, n), at(dx, n)];
      share(`${snakeCase(name)}_backward`, n, LANES, COST.unary * n, (i, count) => {
        const on = 4 * i;
        return [count, X + on, DY + on, DX + on];
      });
    },
  ]);
  const elementwise =
    (name: "add" | "sub" | "mul" | "div"): Elementwise =>
    (n, a, aPeriod, b, bPeriod, y) =>
      wasm[name](n, at(a, aPeriod), aPeriod, at(b, bPeriod), bPeriod, at(y, n));
  return {
    ...unary,
    add: elementwise("add"),
    sub: elementwise("sub"),
    mul: elementwise("mul"),
    div: elementwise("div"),
    scale: (n, x, s) => wasm.scale(n, at(x, n), s),
    softmax(rows, n, x, y, scale, block, ahead, stats) {
      const size = rows * n;
      const [X, Y, S] = [at(x, size), at(y, size), stats ? at(stats, 2 * rows) : 0];
      // In whole blocks: a chunk counts the rows of a causal block from 0.
      share("softmax", rows, Math.max(1, block), COST.row * size, (r, count) => [
        ...[count, n, X + 4 * r * n, Y + 4 * r * n, scale, block, ahead, S && S + 8 * r],
      ]);
    },
    softmaxBackward(rows, n, y, dy, dx, scale) {
      const size = rows * n;
      const [Y, DY, DX] = [at(y, size), at(dy, size), at(dx, size)];
      share("softmax_backward", rows, 1, COST.row * size, (r, count) => {
        const on = 4 * r * n;
        return [count, n, Y + on, DY + on, DX + on, scale];
      });
    },
    crossEntropyBackward(rows, v, p, targets, ignored, smoothing, scale, weights, dx) {
      const [P, T, W] = [at(p, rows * v), at(targets, rows), weights ? at(weights, rows) : 0];
      wasm.cross_entropy_backward(rows, v, P, T, ignored, smoothing, scale, W, at(dx, rows * v));
    },
    norm(rows, d, x, weight, bias, eps, centered, hat, rstd, y) {
      const size = rows * d;
      const [W, B] = [weight ? at(weight, d) : 0, bias ? at(bias, d) : 0];
      const [X, H, R, Y] = [at(x, size), at(hat, size), at(rstd, rows), at(y, size)];
      share("norm", rows, 1, COST.row * size, (r, count) => {
        const on = 4 * r * d;
        return [count, d, X + on, W, B, eps, centered ? 1 : 0, H + on, R + 4 * r, Y + on];
      });
    },
    normBackward(rows, d, dy, weight, hat, rstd, centered, dx) {
      const size = rows * d;
      const [DY, W, H, R] = [at(dy, size), weight ? at(weight, d) : 0, at(hat, size), at(rstd, rows)];
      const DX = at(dx, size);
      share("norm_backward", rows, 1, COST.row * size, (r, count) => {
        const on = 4 * r * d;
        return [count, d, DY + on, W, H + on, R + 4 * r, centered ? 1 : 0, DX + on];
      });
    },
    columnSums: (rows, d, x, y) => wasm.column_sums(rows, d, at(x, rows * d), at(y, d)),
    columnDots: (rows, d, a, b, y) => wasm.column_dots(rows, d, at(a, rows * d), at(b, rows * d), at(y, d)),
    sumSquares: (n, x) => wasm.sum_squares(n, at(x, n)),
    gatherRows: (m, d, from, index, to) => wasm.gather_rows(m, d, at(from, 0), at(index, m), at(to, m * d)),
    scatterAddRows: (m, d, from, index, alpha, to) =>
      wasm.scatter_add_rows(m, d, at(from, m * d), at(index, m), alpha, at(to, 0)),
    combine: (m, d, rows, tokens, weights, order, y) =>
      wasm.combine(m, d, at(rows, m * d), at(tokens, m), at(weights, 0), at(order, m), at(y, 0)),
    combineBackward: (m, d, dy, tokens, weights, order, dRows) =>
      wasm.combine_backward(m, d, at(dy, 0), at(tokens, m), at(weights, 0), at(order, m), at(dRows, m * d)),
    combineWeightsBackward: (m, d, rows, dy, tokens, order, dWeights) =>
      wasm.combine_weights_backward(m, d, at(rows, m * d), at(dy, 0), at(tokens, m), at(order, m), at(dWeights, 0)),
    topk: (rows, n, k, x, places) => wasm.top_k(rows, n, k, at(x, rows * n), at(places, rows * k)),
    adam(n, p, g, m, v, { betas: [b1, b2], stepSize, invSqrtBiasCorrection2, eps, weightDecayFactor, decay }) {
      const [P, G, M, V] = [at(p, n), at(g, n), at(m, n), at(v, n)];
      share("adam", n, LANES, COST.adam * n, (i, count) => {
        const on = 4 * i;
        const means = [b1, 1 - b1, b2, 1 - b2];
        return [
          ...[count, P + on, G + on, M + on, V + on, ...means],
          ...[stepSize, invSqrtBiasCorrection2, eps, weightDecayFactor, decay],
        ];
      });
    },
  };
}
