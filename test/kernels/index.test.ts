import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { kernelNames, supports } from "../../lib/kernels/detect.js";
import { counter, kernelName, matmul, resetCounter, useKernels, type KernelName } from "../../lib/kernels/index.js";
import { operand, uniform } from "./operands.js";

const start = kernelName();
beforeEach(resetCounter);
afterEach(() => useKernels(start));

const next = uniform(1);
const product = (m: number, k: number, n: number, batch: number, accumulate = false) => {
  const c = operand("rows", m, n, batch, () => 0);
  matmul(m, k, n, batch, operand("rows", m, k, batch, next), operand("columns", k, n, batch, next), c, accumulate);
  return c.storage.f32();
};

describe("matmul", () => {
  it("counts FLOPs where they ran, and rows and calls", () => {
    for (const name of kernelNames.filter(supports)) {
      resetCounter();
      useKernels(name);
      product(3, 5, 7, 2);
      product(4, 1, 1, 1, true);
      product(0, 9, 9, 1);
      product(9, 9, 0, 1);
      const flops = 2 * 3 * 5 * 7 * 2 + 2 * 4;
      const inTypeScript = name === "typescript";
      expect(counter).toEqual({
        wasmFlops: inTypeScript ? 0 : flops,
        typescriptFlops: inTypeScript ? flops : 0,
        rows: 3 * 2 + 4,
        calls: 2,
      });
    }
  });

  it("really runs in the build that was chosen: the TypeScript twin sums in float64", () => {
    // 1 + 2⁻²⁴ added 64 times: float32 loses each, float64 keeps them.
    const sumOf = (name: KernelName) => {
      useKernels(name);
      const a = operand("rows", 1, 65, 1, () => 2 ** -24);
      a.storage.f32()[0] = 1;
      const c = operand("rows", 1, 1, 1, () => 0);
      matmul(
        1,
        65,
        1,
        1,
        a,
        operand("rows", 65, 1, 1, () => 1),
        c,
      );
      return c.storage.f32()[0];
    };
    expect(sumOf("typescript")).toBe(1 + 64 * 2 ** -24);
    if (supports("simd")) expect(sumOf("simd")).toBe(1);
  });

  it("refuses a C whose rows are not contiguous", () => {
    const c = operand("gaps", 2, 2, 1, next);
    expect(() => matmul(2, 2, 2, 1, operand("rows", 2, 2, 1, next), operand("rows", 2, 2, 1, next), c)).toThrow(
      "cannot matmul into a C of colStride 2: rows of C must be contiguous (1)",
    );
  });

  it("refuses an operand that leaves its block, and names it", () => {
    const [a, b, c] = [operand("rows", 2, 3, 1, next), operand("rows", 3, 4, 1, next), operand("rows", 2, 4, 1, next)];
    expect(() => matmul(2, 3, 4, 1, { ...a, offset: 1 }, b, c)).toThrow(
      "A [1, 2, 3] reaches elements 1 to 6 of a block of 6",
    );
    expect(() => matmul(2, 3, 4, 1, a, { ...b, rowStride: -4 }, c)).toThrow(
      "B [1, 3, 4] reaches elements -8 to 3 of a block of 12",
    );
    expect(() => matmul(2, 3, 4, 2, a, b, c)).toThrow("A [2, 2, 3] reaches elements 0 to 11 of a block of 6");
    expect(() => matmul(2, 3, 4, 1, a, b, { ...c, offset: NaN })).toThrow("C [1, 2, 4]");
  });
});

describe("useKernels", () => {
  it("switches builds and says which one runs", () => {
    for (const name of kernelNames.filter(supports)) {
      useKernels(name);
      expect(kernelName()).toBe(name);
    }
  });

  it("refuses a build that does not exist or does not run here", () => {
    expect(() => useKernels("gpu" as KernelName)).toThrow(
      'no kernel build is called "gpu"; choose one of relaxed, simd, typescript',
    );
    for (const name of kernelNames.filter((each) => !supports(each))) {
      expect(() => useKernels(name)).toThrow(`the "${name}" kernels cannot run here`);
    }
  });
});
