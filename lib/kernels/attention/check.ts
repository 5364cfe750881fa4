import { checkSpan, type Span } from "../rows.js";
import type { AttentionKernels, AttentionSizes, Heads } from "./types.js";

/** The same attention, which throws if an operand leaves its block: a kernel would read or write a neighbour without a word. */
export function checked({ maxKeys, forward, backward }: AttentionKernels): AttentionKernels {
  return {
    maxKeys,
    forward(sizes, q, k, v, y, stats) {
      checkInputs(sizes, maxKeys, q, k, v);
      const { batch, heads, queries, valueSize } = sizes;
      checkSpan(y, batch * heads * queries * valueSize);
      checkStats(sizes, stats);
      return forward(sizes, q, k, v, y, stats);
    },
    backward(sizes, q, k, v, dy, stats, dq, dk, dv) {
      checkInputs(sizes, maxKeys, q, k, v);
      const { batch, heads, groups, queries, keys, size, valueSize } = sizes;
      checkHeads("dy", dy, batch, heads, queries, valueSize);
      checkStats(sizes, stats);
      if (dq) checkSpan(dq, batch * heads * queries * size);
      if (dk) checkSpan(dk, batch * groups * keys * size);
      if (dv) checkSpan(dv, batch * groups * keys * valueSize);
      return backward(sizes, q, k, v, dy, stats, dq, dk, dv);
    },
  };
}

function checkInputs(sizes: AttentionSizes, maxKeys: number, q: Heads, k: Heads, v: Heads): void {
  const { batch, heads, groups, queries, keys, size, valueSize } = sizes;
  if (keys > maxKeys) throw new RangeError(`internal error: attention over ${keys} keys, ${maxKeys} fit the kernel`);
  checkHeads("q", q, batch, heads, queries, size);
  checkHeads("k", k, batch, groups, keys, size);
  checkHeads("v", v, batch, groups, keys, valueSize);
}

function checkStats({ batch, heads, queries }: AttentionSizes, stats: Span | null): void {
  if (stats) checkSpan(stats, batch * heads * queries * 2);
}

function checkHeads(name: string, x: Heads, batch: number, heads: number, rows: number, size: number): void {
  if (batch * heads * rows * size === 0) return;
  const { storage, offset, batchStride, headStride, rowStride } = x;
  const last = offset + (batch - 1) * batchStride + (heads - 1) * headStride + (rows - 1) * rowStride + size - 1;
  const forwards = [offset, batchStride, headStride, rowStride].every((step) => step >= 0);
  if (forwards && last < storage.length) return; // false for NaN, too
  throw new RangeError(
    `internal error: attention's ${name} [${batch}, ${heads}, ${rows}, ${size}] reaches elements ${offset} to ${last} of a block of ${storage.length}; check its offset and strides`,
  );
}
