/**
 * What computes the numbers under everything: matrix products and functions of rows. This is the one place that chooses
 * who does it: the Rust kernels with relaxed SIMD, with plain SIMD, or their TypeScript twins.
 */
import { counter } from "./counter.js";
import { bestKernel, kernelNames, supports, type KernelName } from "./detect.js";
import { matmulReference } from "./matmul.reference.js";
import { checkInside, type Matmul, type Matrix } from "./matrix.js";
import { rowsReference } from "./reference/index.js";
import type { RowKernels } from "./rows.js";
import { rowsOf } from "./rows.wasm.js";
import { instantiate, matmulOf, moduleBytes } from "./wasm.js";

export { counter, resetCounter } from "./counter.js";
export type { KernelName } from "./detect.js";
export type { Matrix } from "./matrix.js";
export type { AdamNumbers, RowKernels, Span } from "./rows.js";

interface Kernels {
  name: KernelName;
  run: Matmul;
  rows: RowKernels;
}
let chosen: Kernels | undefined;

function load(name: KernelName): Kernels {
  if (name === "typescript") return { name, run: matmulReference, rows: rowsReference };
  const wasm = instantiate(moduleBytes(name));
  return { name, run: matmulOf(wasm), rows: rowsOf(wasm) };
}

function kernel(): Kernels {
  chosen ??= load(bestKernel());
  return chosen;
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
  if (!supports(name)) {
    throw new Error(`the "${name}" kernels cannot run here: this WebAssembly lacks them; "${bestKernel()}" can`);
  }
  chosen = load(name);
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
  const flops = 2 * m * k * n * batch;
  if (name === "typescript") counter.typescriptFlops += flops;
  else counter.wasmFlops += flops;
  counter.rows += m * batch;
  counter.calls += 1;
}
