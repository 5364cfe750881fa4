import type { Span } from "../rows.js";

/** Where the heads of a [B, H, T, K] lie: element [b, h, t, i] is
 *  storage[offset + b·batchStride + h·headStride + t·rowStride + i],  all counted in elements. */
export interface Heads extends Span {
  batchStride: number;
  headStride: number;
  rowStride: number;
}

export interface AttentionSizes {
  /** B. */
  batch: number;
  /** H query heads; H / G in a row share one of the G heads of keys and values. */
  heads: number;
  groups: number;
  /** T queries and S keys. */
  queries: number;
  keys: number;
  /** K of a query and a key, V of a value. */
  size: number;
  valueSize: number;
  /** Multiplies the scores. */
  scale: number;
  /** Query t sees the keys up to t + ahead. */
  ahead: number;
}

/** Attention without a matrix of all scores: see kernels/src/attention.rs. Both return the FLOPs of their products. */
export interface AttentionKernels {
  /** Most keys that fit. */
  readonly maxKeys: number;
  /** y = softmax(q kᵀ · scale) v. y [B, H, T, V] lies as [B, T, H, V]. A query that sees no key, or nothing but scores of −∞,
   *  gives zeros; what it does not see changes nothing, were it a NaN. `stats` [B, H, T, 2], where given, gets each row's
   *  largest scaled score and the sum of the exponentials. */
  forward(sizes: AttentionSizes, q: Heads, k: Heads, v: Heads, y: Span, stats: Span | null): number;
  /** Gradients of q, k and v, which lie as [B, T, H, K] (and so on); null for what is not wanted. At least one query. */
  backward(
    sizes: AttentionSizes,
    q: Heads,
    k: Heads,
    v: Heads,
    dy: Heads,
    stats: Span,
    dq: Span | null,
    dk: Span | null,
    dv: Span | null,
  ): number;
}
