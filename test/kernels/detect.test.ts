import { readFileSync } from "node:fs";
import { afterEach, describe, expect, it, vi } from "vitest";
import { kernelNames, supports } from "../../lib/kernels/detect.js";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

const best = () => kernelNames.find(supports);

describe("the detection of what WebAssembly can do here", () => {
  it("agrees with what V8 says of the real modules", () => {
    for (const name of ["relaxed", "simd"] as const) {
      const module = readFileSync(new URL(`../../kernels/dist/kernels.${name}.wasm`, import.meta.url));
      expect(supports(name)).toBe(WebAssembly.validate(module));
    }
    expect(supports("typescript")).toBe(true);
  });

  it("takes the best build that is supported", () => {
    expect(best()).toBe(supports("relaxed") ? "relaxed" : "simd");
  });

  it("takes the plain build where relaxed SIMD is missing, and TypeScript where all SIMD is", () => {
    const { validate } = WebAssembly;
    const withoutRelaxed = (bytes: Uint8Array<ArrayBuffer>) => validate(bytes) && !bytes.join().includes("253,133,2");
    vi.stubGlobal("WebAssembly", { validate: withoutRelaxed });
    expect(best()).toBe("simd");
    vi.stubGlobal("WebAssembly", { validate: () => false });
    expect(best()).toBe("typescript");
  });
});

it("where there is no WebAssembly at all, matmul runs in TypeScript on ordinary arrays", async () => {
  vi.resetModules();
  vi.stubGlobal("WebAssembly", undefined);
  const { counter, kernelName, matmul, useKernels } = await import("../../lib/kernels/index.js");
  const { Storage } = await import("../../lib/kernels/memory.js");
  const { wasmMemory } = await import("../../lib/kernels/linear.js");
  expect(wasmMemory()).toBeNull();
  expect(kernelName()).toBe("typescript");
  const matrix = (...values: number[]) => {
    const storage = new Storage(4);
    storage.f32().set(values);
    return { storage, offset: 0, rowStride: 2, colStride: 1, batchStride: 4 };
  };
  const c = matrix(0, 0, 0, 0);
  matmul(2, 2, 2, 1, matrix(1, 2, 3, 4), matrix(5, 6, 7, 8), c);
  expect([...c.storage.f32()]).toEqual([19, 22, 43, 50]);
  expect(counter).toEqual({ wasmFlops: 0, typescriptFlops: 16, rows: 2, calls: 1 });
  expect(() => useKernels("simd")).toThrow(
    'the "simd" kernels cannot run here: WebAssembly lacks them, or may not run; "typescript" can',
  );
});
