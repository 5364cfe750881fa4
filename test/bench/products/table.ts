/** The table of the products' figures, in a terminal, and their chart. */
import type { BenchResult } from "../suite.js";
import { showSpread } from "../suite.js";
import type { ProductRow } from "./measure.js";

const cells = (...texts: string[]) => texts.map((text, i) => text.padEnd(i === 2 ? 37 : 21)).join("");

export const headOf = () => cells("m×k×n, batch", "ours", "best in WebAssembly", "ours / best", "share of ceiling");

export const line = ({ shape, gflops, best, ratioToBest, shareOfCeiling }: ProductRow): string =>
  cells(
    shape,
    showSpread(gflops.ours, 1),
    `${showSpread(gflops[best], 1)} ${best}`,
    showSpread(ratioToBest),
    shareOfCeiling ? showSpread(shareOfCeiling) : "-",
  );

export function chartOf(rows: readonly ProductRow[], kernels: string): NonNullable<BenchResult["chart"]> {
  const bars = rows.flatMap(({ shape, gflops }) =>
    Object.entries(gflops).map(([who, value]) => ({
      name: `${shape}: ${who}`,
      value,
      ours: who === "ours",
    })),
  );
  return { title: "Matrix products, one thread", unit: `GFLOP/s, ${kernels} kernels`, bars };
}
