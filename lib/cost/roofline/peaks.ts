/** How fast a device multiplies what is stored in a format. */

import type { Device, PeakFormat } from "../devices/index.js";

/** Formats in which stored numbers can be multiplied, the fastest first. Weights of 4 bits are multiplied as 16. */
const AS: Readonly<Record<string, readonly PeakFormat[]>> = {
  float32: ["tf32", "float32"],
  bfloat16: ["bfloat16", "float16"],
  float16: ["float16", "bfloat16"],
  fp8: ["fp8", "float16", "bfloat16"],
  int8: ["int8", "float16", "bfloat16"],
};
const OTHERS: readonly PeakFormat[] = ["float16", "bfloat16"];

/** FLOPs a second, the most of all formats in which the numbers can be multiplied.
 *  @param dtype a format by name; what is not known here is multiplied in 16 bits */
export function peakOf({ name, peak }: Device, dtype: string): number {
  const formats: readonly PeakFormat[] = [...(AS[dtype] ?? OTHERS), "float32"];
  const most = Math.max(0, ...formats.map((format) => peak[format] ?? 0));
  if (most === 0) throw new RangeError(`peakOf: ${name} has no peak for ${dtype}, nor for any wider format`);
  return most;
}
