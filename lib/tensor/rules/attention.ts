/** The rule of scaled dot-product attention. */

import type { Same, Shape, Show, SomeNever } from "../shape.js";

/** q [B, H, Tq, K], k [B, G, Tk, K], v [B, G, Tk, V] -> [B, H, Tq, V]. */
export type Attention<Q extends Shape, K extends Shape, V extends Shape> = number extends
  Q["length"] | K["length"] | V["length"]
  ? number[]
  : [Q, K, V] extends [
        readonly [infer B, infer H, infer Tq, infer D],
        readonly [infer Bk, infer G, infer Tk, infer Dk],
        readonly [infer Bv, infer Gv, infer Tv, infer Dv],
      ]
    ? SomeNever<[Same<B, Bk>, Same<B, Bv>, Same<D, Dk>, Same<G, Gv>, Same<Tk, Tv>]> extends true
      ? Unfit<Q, K, V>
      : [B, H, Tq, Dv]
    : Unfit<Q, K, V>;
type Unfit<
  Q extends Shape,
  K extends Shape,
  V extends Shape,
> = `scaledDotProductAttention: q ${Show<Q>}, k ${Show<K>} and v ${Show<V>} must be [B, H, T, K] with equal B and K, and k and v with equal H and T`;
