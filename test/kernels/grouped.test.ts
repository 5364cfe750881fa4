import { afterEach, describe, expect, it } from "vitest";
import { kernelNames, supports } from "../../lib/kernels/detect.js";
import {
  counter,
  kernelName,
  matmulGrouped,
  matmulGroupedOuter,
  resetCounter,
  useKernels,
} from "../../lib/kernels/index.js";
import { operand, uniform } from "./operands.js";

const start = kernelName();
afterEach(() => useKernels(start));

const starts = Int32Array.of(0, 5, 5, 18, 20); // one group has no rows
const [k, n] = [11, 9];

describe.each(kernelNames.filter(supports))("grouped products of the %s build", (name) => {
  const next = uniform(4);
  const a = operand("rows", 20, k, 1, next);
  const b = operand("columns", k, n, 4, next);
  const rowsOf = (e: number) => Array.from({ length: starts[e + 1] - starts[e] }, (_, i) => starts[e] + i);

  it.each([false, true])("give each group its own matrix (accumulate %s), in one counted call", (accumulate) => {
    useKernels(name);
    resetCounter();
    const c = operand("rows", 20, n, 1, () => 0.5);
    matmulGrouped(starts, k, n, a, b, c, accumulate);
    expect([counter.rows, counter.calls, counter.wasmFlops + counter.typescriptFlops]).toEqual([20, 1, 2 * 20 * k * n]);
    const [A, B, C] = [a, b, c].map((x) => x.storage.f32());
    for (let e = 0; e < 4; e++) {
      for (const i of rowsOf(e)) {
        for (let j = 0; j < n; j++) {
          let sum = accumulate ? 0.5 : 0;
          for (let p = 0; p < k; p++) sum += A[i * k + p] * B[e * b.batchStride + p * b.rowStride + j * b.colStride];
          expect(C[i * n + j]).toBeCloseTo(sum, 5);
        }
      }
    }
  });

  it("gather a matrix from each group's rows, zeros where there are none", () => {
    useKernels(name);
    const dy = operand("rows", 20, n, 1, next);
    const w = operand("rows", k, n, 4, () => NaN);
    matmulGroupedOuter(starts, k, n, a, dy, w);
    const [A, D, W] = [a, dy, w].map((x) => x.storage.f32());
    for (let e = 0; e < 4; e++) {
      for (let p = 0; p < k; p++) {
        for (let j = 0; j < n; j++) {
          const sum = rowsOf(e).reduce((s, i) => s + A[i * k + p] * D[i * n + j], 0);
          expect(W[(e * k + p) * n + j]).toBeCloseTo(sum, 5);
        }
      }
    }
  });

  it("refuse boundaries that fall, and rows beyond the block", () => {
    useKernels(name);
    const c = operand("rows", 20, n, 1, next);
    const grouped = (...bounds: number[]) => matmulGrouped(Int32Array.from(bounds), k, n, a, b, c);
    expect(() => grouped(0, 5, 4)).toThrow("grouped matmul: starts must rise from 0, got 4 after 5 at 2");
    expect(() => grouped(1, 5)).toThrow("got 1 after 0 at 0");
    expect(() => grouped(0, 21)).toThrow("reach beyond a block of 220");
  });
});
