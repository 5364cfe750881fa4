import { readFileSync } from "node:fs";
import path from "node:path";
import { setFlagsFromString } from "node:v8";
import { fileURLToPath } from "node:url";
import { kernelNames, supports, type KernelName } from "../../lib/kernels/detect.js";
import { matmulReference } from "../../lib/kernels/reference/matmul.js";
import type { Matmul } from "../../lib/kernels/matrix.js";
import { matmulOf } from "../../lib/kernels/products.wasm.js";
import { instantiate } from "../../lib/kernels/wasm.js";

/** The folder of the modules under test: the committed ones, or those that `build-kernels --check` just rebuilt. */
export const modulesFolder =
  process.env.TWINFORMER_KERNELS ?? fileURLToPath(new URL("../../kernels/dist", import.meta.url));

export function moduleFile(name: "relaxed" | "simd"): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(path.join(modulesFolder, `kernels.${name}.wasm`)));
}

// Node 20 has relaxed SIMD behind a flag: switched on for these tests, so that no build goes untested.
if (!supports("relaxed")) setFlagsFromString("--experimental-wasm-relaxed-simd");

/** Every build that runs in this process, by name. */
export const builds: [name: KernelName, run: Matmul][] = kernelNames
  .filter(supports)
  .map((name) => [name, name === "typescript" ? matmulReference : matmulOf(instantiate(moduleFile(name)))]);

export const repository = fileURLToPath(new URL("../..", import.meta.url));
