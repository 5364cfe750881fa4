import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { supports } from "../../lib/kernels/detect.js";
import { RESERVED_BYTES, SCRATCH_ADDRESS } from "../../lib/kernels/layout.js";
import { wasmMemory } from "../../lib/kernels/linear.js";
import { matmulOf } from "../../lib/kernels/products.wasm.js";
import { moduleBytes } from "../../lib/kernels/moduleBytes.js";
import { instantiate } from "../../lib/kernels/wasm.js";
import { moduleFile, repository } from "./builds.js";
import { operand, uniform } from "./operands.js";

interface Manifest {
  sourceHash: string;
  rustc: string;
  modules: Record<string, { bytes: number; sha256: string }>;
}
const manifest = JSON.parse(readFileSync(path.join(repository, "kernels/dist/manifest.json"), "utf8")) as Manifest;

describe.each(["simd", "relaxed"] as const)("the %s module", (name) => {
  const file = `kernels.${name}.wasm`;
  const committed = readFileSync(path.join(repository, "kernels/dist", file));

  it("is the one that the manifest names", () => {
    const { bytes, sha256 } = manifest.modules[file];
    expect(committed.length).toBe(bytes);
    expect(createHash("sha256").update(committed).digest("hex")).toBe(sha256);
  });

  it("is inlined into the package as it is", () => {
    expect(Buffer.from(moduleBytes(name)).equals(committed)).toBe(true);
  });

  it.runIf(supports(name))("imports the memory and nothing else, and keeps to the kernels' part of it", () => {
    const module = new WebAssembly.Module(moduleFile(name));
    expect(WebAssembly.Module.imports(module)).toEqual([{ module: "env", name: "memory", kind: "memory" }]);
    const kernels = instantiate(moduleFile(name));
    expect(SCRATCH_ADDRESS + kernels.scratch_bytes()).toBeLessThanOrEqual(RESERVED_BYTES);

    const [m, k, n] = [150, 300, 301];
    const next = uniform(3);
    const [a, b, c] = [
      operand("rows", m, k, 1, next),
      operand("columns", k, n, 1, next),
      operand("slice", m, n, 1, next),
    ];
    const { buffer } = wasmMemory()!;
    const outside = () => {
      const copy = new Uint8Array(buffer.slice(0));
      copy.fill(0, 0, SCRATCH_ADDRESS + kernels.scratch_bytes());
      copy.fill(0, c.storage.address(), c.storage.address() + 4 * c.storage.length);
      return createHash("sha256").update(copy).digest("hex");
    };
    const before = outside();
    matmulOf(kernels)(m, k, n, 1, a, b, c, true);
    expect(outside()).toBe(before);
  });

  it("is small", () => {
    expect(gzipSync(committed).length).toBeLessThan(12_500);
  });
});

it("the modules were built from the sources beside them", async () => {
  const { sourceHash } = (await import(pathToFileURL(path.join(repository, "scripts/build-kernels.mjs")).href)) as {
    sourceHash: () => string;
  };
  expect(sourceHash()).toBe(manifest.sourceHash);
});
