import type { Span } from "../rows/types.js";

/** Where the heads of a [B, H, T, K] lie: element [b, h, t, i] is
 *  storage[offset + b·batchStride + h·headStride + t·rowStride + i],  all counted in elements. */
export interface Heads extends Span {
  readonly batchStride: number;
  readonly headStride: number;
  readonly rowStride: number;
}

export interface AttentionSizes {
  /** B. */
  readonly batch: number;
  /** H query heads; H / G in a row share one of the G heads of keys and values. */
  readonly heads: number;
  readonly groups: number;
  /** T queries and S keys. */
  readonly queries: number;
  readonly keys: number;
  /** K of a query and a key, V of a value. */
  readonly size: number;
  readonly valueSize: number;
  /** Multiplies the scores; above 0. */
  readonly scale: number;
  /** Query t sees the keys up to t + ahead; the last one sees all. */
  readonly ahead: number;
}

/** Attention without a matrix of all scores: see kernels/src/attention.rs. Both return the FLOPs of their products. */
export interface AttentionKernels {
  /** Most keys that fit. */
  readonly maxKeys: number;
  /** y = softmax(q kᵀ · scale) v for each head. A query that sees no key, or nothing but scores of −∞, gives zeros; what it does
   *  not see changes nothing, were it a NaN. `stats` [B, H, T, 2], where given, gets each row's largest scaled score and the
   *  sum of its exponentials. */
  forward(sizes: AttentionSizes, q: Heads, k: Heads, v: Heads, y: Heads, stats: Span | null): number;
  /** Gradients of q, k and v from that of y and its stats; null for what is not wanted. At least one query. */
  backward(
    sizes: AttentionSizes,
    q: Heads,
    k: Heads,
    v: Heads,
    dy: Heads,
    stats: Span,
    dq: Heads | null,
    dk: Heads | null,
    dv: Heads | null,
  ): number;
}

/** Adds up what `run` returns for each batch row and query head: b, h, the head g of its keys, and h's place among those that
 *  share them. */
export function overHeads(
  { batch, heads, groups }: AttentionSizes,
  run: (b: number, h: number, g: number, place: number) => number,
): number {
  const shared = heads / groups;
  let sum = 0;
  for (let b = 0; b < batch; b++) for (let h = 0; h < heads; h++) sum += run(b, h, Math.floor(h / shared), h % shared);
  return sum;
}

/** Element [b, h, 0, 0]. */
export const headAt = (x: Heads, b: number, h: number): number => x.offset + b * x.batchStride + h * x.headStride;

/** The first of the two numbers that stats hold of query 0 of a head. */
export const statsAt = ({ heads, queries }: AttentionSizes, stats: Span, b: number, h: number): number =>
  stats.offset + 2 * (b * heads + h) * queries;
