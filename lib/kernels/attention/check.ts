import { checkSpan, type Span } from "../rows/types.js";
import type { AttentionKernels, AttentionSizes, Heads } from "./types.js";

/** The same attention, which throws if an operand leaves its block: a kernel would read or write a neighbor without a word. */
export function checked(kernels: AttentionKernels): AttentionKernels {
  const { maxKeys } = kernels;
  return {
    maxKeys,
    forward(sizes, q, k, v, y, stats) {
      checkOperands(sizes, maxKeys, { q, k, v, y }, stats);
      return kernels.forward(sizes, q, k, v, y, stats);
    },
    backward(sizes, q, k, v, dy, stats, dq, dk, dv) {
      checkOperands(sizes, maxKeys, { q, k, v, y: dy }, stats);
      checkOperands(sizes, maxKeys, { q: dq, k: dk, v: dv, y: dy }, stats);
      return kernels.backward(sizes, q, k, v, dy, stats, dq, dk, dv);
    },
  };
}

function checkOperands(
  { batch, heads, groups, queries, keys, size, valueSize }: AttentionSizes,
  maxKeys: number,
  { q, k, v, y }: Record<"q" | "k" | "v" | "y", Heads | null>,
  stats: Span | null,
): void {
  if (keys > maxKeys) throw new RangeError(`internal error: attention over ${keys} keys, ${maxKeys} fit the kernel`);
  checkHeads("q", q, [batch, heads, queries, size]);
  checkHeads("k", k, [batch, groups, keys, size]);
  checkHeads("v", v, [batch, groups, keys, valueSize]);
  checkHeads("y", y, [batch, heads, queries, valueSize]);
  if (stats) checkSpan(stats, batch * heads * queries * 2);
}

function checkHeads(name: string, x: Heads | null, shape: readonly [number, number, number, number]): void {
  if (!x || shape.includes(0)) return;
  const { storage, offset, batchStride, headStride, rowStride } = x;
  const [batch, heads, rows, size] = shape;
  const last = offset + (batch - 1) * batchStride + (heads - 1) * headStride + (rows - 1) * rowStride + size - 1;
  const forwards = [offset, batchStride, headStride, rowStride].every((step) => step >= 0);
  if (forwards && last < storage.length) return; // false for NaN, too
  throw new RangeError(
    `internal error: attention's ${name} [${shape.join(", ")}] reaches elements ${offset} to ${last} of a block of ${storage.length}; check its offset and strides`,
  );
}
