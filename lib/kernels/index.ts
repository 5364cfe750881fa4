/**
 * What computes the numbers under everything: matrix products and functions of rows. This is the one place that chooses
 * who does it: the Rust kernels with relaxed SIMD, with plain SIMD, or their TypeScript twins.
 */
// First, so that a bundle has the modules near its beginning: zip looks back 32 kB, and forgets the code before them.
import { moduleBytes } from "./moduleBytes.js";
import { checked } from "./attention/check.js";
import type { AttentionKernels, AttentionSizes } from "./attention/types.js";
import { attentionOf } from "./attention/wasm.js";
import { counter } from "./counter.js";
import { kernelNames, supports, type KernelName } from "./detect.js";
import { checkInside, type Grouped, type Matmul, type Matrix } from "./matrix.js";
import { attention as attentionReference } from "./reference/attention.js";
import { groupedReference } from "./reference/grouped.js";
import { rowsReference } from "./reference/index.js";
import { matmulReference } from "./reference/matmul.js";
import { checkSpan, type RowKernels, type Span } from "./rows/types.js";
import { groupedOf, matmulOf } from "./products.wasm.js";
import { rowsOf } from "./rows/wasm.js";
import { newPool, type ThreadPool } from "./threads/threads.js";
import { compile } from "./wasm.js";

export type { AttentionSizes, Heads } from "./attention/types.js";
export { counter, resetCounter } from "./counter.js";
export type { KernelName } from "./detect.js";
export type { Matrix } from "./matrix.js";
export type { AdamNumbers, RowKernels, Span } from "./rows/types.js";
export type { UnaryKernel } from "./rows/unary.js";
export { piecesByThread, threadCount, useThreads } from "./threads/threads.js";

interface Kernels {
  name: KernelName;
  run: Matmul;
  grouped: Grouped;
  rows: RowKernels;
  attention: AttentionKernels;
  pool?: ThreadPool | undefined;
}
let chosen: Kernels | undefined;

/** Null where this build is refused. */
function load(name: KernelName): Kernels | null {
  if (name === "typescript") {
    const attention = checked(attentionReference);
    return { name, run: matmulReference, grouped: groupedReference, rows: rowsReference, attention };
  }
  const compiled = supports(name) ? compile(moduleBytes(name)) : null;
  if (!compiled) return null;
  const { module, kernels } = compiled;
  const pool = newPool(module, kernels);
  return {
    ...{ name, pool, run: matmulOf(kernels, pool), grouped: groupedOf(kernels, pool), rows: rowsOf(kernels, pool) },
    attention: checked(attentionOf(kernels, pool)),
  };
}

/** The fastest build that runs here. Each is tried, since a policy or the system may refuse what WebAssembly.validate accepts. */
function kernel(): Kernels {
  for (const name of kernelNames) chosen ??= load(name) ?? undefined;
  return chosen!;
}

/** The functions of rows of numbers. */
export function rowKernels(): RowKernels {
  return kernel().rows;
}

/** Which build computes in this process. */
export function kernelName(): KernelName {
  return kernel().name;
}

/** Switches to another build, for tests and benches. */
export function useKernels(name: KernelName): void {
  if (!kernelNames.includes(name)) {
    throw new Error(`no kernel build is called "${name}"; choose one of ${kernelNames.join(", ")}`);
  }
  const before = kernel();
  const next = load(name);
  if (!next)
    throw new Error(
      `the "${name}" kernels cannot run here: WebAssembly lacks them, or may not run; "${before.name}" can`,
    );
  before.pool?.stop();
  chosen = next;
}

/**
 * C ← A·B for each of `batch` products, or C ← C + A·B with `accumulate` (gradients add up).
 * A [m, k] and B [k, n] have any strides; C [m, n] has colStride 1 and overlaps neither.
 * As IEEE 754 says: 0·NaN and 0·∞ are NaN; k = 0 gives zeros.
 */
export function matmul(
  m: number,
  k: number,
  n: number,
  batch: number,
  a: Matrix,
  b: Matrix,
  c: Matrix,
  accumulate = false,
): void {
  if (m === 0 || n === 0 || batch === 0) return;
  if (c.colStride !== 1)
    throw new Error(`cannot matmul into a C of colStride ${c.colStride}: rows of C must be contiguous (1)`);
  checkInside("A", a, m, k, batch);
  checkInside("B", b, k, n, batch);
  checkInside("C", c, m, n, batch);
  const { name, run } = kernel();
  run(m, k, n, batch, a, b, c, accumulate);
  count(name, 2 * m * k * n * batch, m * batch, 1);
}

function count(name: KernelName, flops: number, rows: number, calls: number): void {
  if (name === "typescript") counter.typescriptFlops += flops;
  else counter.wasmFlops += flops;
  counter.rows += rows;
  counter.calls += calls;
}

/**
 * One call for the rows of all groups (experts): C[rows of e] ← A[rows of e]·Bₑ, or C + that with `accumulate`.
 * Group e has the rows starts[e] to starts[e + 1]. A [M, k] and C [M, n] are contiguous; Bₑ [k, n] has any strides and
 * lies batchStride after the one before.
 * @returns how many rows were multiplied
 */
export function matmulGrouped(
  starts: Int32Array,
  k: number,
  n: number,
  a: Span,
  b: Matrix,
  c: Span,
  accumulate = false,
): number {
  const [groups, rows] = checkStarts(starts);
  checkSpan(a, rows * k);
  checkInside("B", b, k, n, groups);
  checkSpan(c, rows * n);
  if (rows === 0 || n === 0) return 0;
  const { name, grouped } = kernel();
  grouped.rows(starts, k, n, a, b, c, accumulate);
  count(name, 2 * rows * k * n, rows, 1);
  return rows;
}

/** The matrix of each group from its rows: Cₑ ← A[rows of e]ᵀ·B[rows of e], zeros for a group without rows.
 *  A [M, m], B [M, n] and C [E, m, n] are contiguous. */
export function matmulGroupedOuter(starts: Int32Array, m: number, n: number, a: Span, b: Span, c: Span): void {
  const [groups, rows] = checkStarts(starts);
  checkSpan(a, rows * m);
  checkSpan(b, rows * n);
  checkSpan(c, groups * m * n);
  if (m === 0 || n === 0) return;
  const { name, grouped } = kernel();
  grouped.outer(starts, m, n, a, b, c);
  count(name, 2 * rows * m * n, m * groups, 1);
}

/** Most keys that `attention` takes. */
export const attentionKeys = (): number => kernel().attention.maxKeys;

/** y = softmax(q kᵀ · scale) v for each head, see `AttentionKernels`. Two products with each row of q are counted, and of
 *  their FLOPs those that ran: nothing behind a causal mask. */
export function attention(...given: Parameters<AttentionKernels["forward"]>): void {
  runAttention(given[0], 2, (kernels) => kernels.forward(...given));
}

/** The gradients of `attention`, see `AttentionKernels`: at most five products, for the scores are worked out again. */
export function attentionBackward(...given: Parameters<AttentionKernels["backward"]>): void {
  runAttention(given[0], 5, (kernels) => kernels.backward(...given));
}

function runAttention(sizes: AttentionSizes, products: number, run: (kernels: AttentionKernels) => number): void {
  const rows = sizes.batch * sizes.heads * sizes.queries;
  if (rows === 0) return;
  const { name, attention } = kernel();
  count(name, run(attention), products * rows, products);
}

/** How many groups and rows there are. */
function checkStarts(starts: Int32Array): [groups: number, rows: number] {
  for (let e = 0; e < starts.length; e++) {
    const before = e === 0 ? 0 : starts[e - 1];
    if (starts[e] < before || (e === 0 && starts[0] !== 0))
      throw new RangeError(`grouped matmul: starts must rise from 0, got ${starts[e]} after ${before} at ${e}`);
  }
  return [starts.length - 1, starts[starts.length - 1]];
}
