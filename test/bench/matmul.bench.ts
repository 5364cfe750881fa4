/** `npm run bench -- matmul`: our matmul against the best peer of each shape that computes in WebAssembly, one thread each, and
 *  against what the machine allows: tfjs-wasm (XNNPACK), onnxruntime-web (MLAS) and, on Node 22 and newer, jax-js.
 *  `--peers all`: beside those tfjs-cpu, ml-matrix, mathjs and, where Python has them, numpy and torch.
 *  `--rounds N` (41), `--shape "256x256x256;64x16x64, 64 NT"`, `--clock cpu` for a busy machine, `--kernels NAME`. */
import { kernelName, useKernels, type KernelName } from "../../lib/kernels/index.js";
import type { Clock } from "./measure.js";
import { productPeers } from "./products/load.js";
import { measureProduct, type ProductRow } from "./products/measure.js";
import { chosen } from "./products/product.js";
import { chartOf, headOf, line } from "./products/table.js";
import { showSpread, type BenchOptions, type BenchResult } from "./suite.js";

export const peers = true;

export async function run({ flags, print }: BenchOptions): Promise<BenchResult> {
  const kernels = (flags.get("kernels") ?? kernelName()) as KernelName;
  useKernels(kernels);
  const rounds = Number(flags.get("rounds") ?? 41);
  const clock = (flags.get("clock") ?? "wall") as Clock;
  const all = flags.get("peers") === "all";
  const shapes = chosen(flags.get("shape"));
  const others = await productPeers(all, print);
  print(`matmul, ${kernels} kernels; GFLOP/s by ${clock} clock; median (quartiles) of ${rounds} interleaved rounds`);
  print(headOf());
  const rows: ProductRow[] = [];
  try {
    for (const product of shapes) {
      const row = await measureProduct(product, { kernels, peers: others, rounds, clock });
      rows.push(row);
      print(line(row));
      if (!all) continue;
      for (const [who, ratio] of Object.entries(row.ratios))
        print(`    ${who}: ${showSpread(row.gflops[who], 1)}, ours is ${showSpread(ratio)} times as fast`);
    }
  } finally {
    for (const { stop } of others) stop?.();
  }
  return {
    suite: "matmul",
    rows: rows.map((row) => ({ ...row })),
    chart: chartOf(rows, kernels),
    notes: [`kernels: ${kernels}`, `clock: ${clock}`],
  };
}
