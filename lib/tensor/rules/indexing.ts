/** Rules of ops that look up by index or mask. Each returns the argument's own shape, or a sentence. */

import type { Expand, Index, Never, NoAxis, Shape, Show } from "../shape.js";
import type { Equal, Resize } from "./joining.js";

/** gather, scatter: an index with as many axes as the target, of which I exists. */
export type Fits<Op extends string, S extends Shape, I extends number, X extends Shape> = number extends
  S["length"] | X["length"] | I
  ? X
  : Never<Index<S, I>> extends true
    ? NoAxis<S, I>
    : X["length"] extends S["length"]
      ? X
      : `${Op}: the index ${Show<X>} must fit into ${Show<S>} on every axis but ${I}`;

/** indexSelect, indexAdd: the index is a list. */
export type IsList<Op extends string, S extends Shape, I extends number, X extends Shape> = number extends X["length"]
  ? X
  : X["length"] extends 1
    ? Resize<S, I, X[0]>
    : `${Op}: the index must be a list, got ${Show<X>}`;

/** indexAdd: slices of x along axis I, one for each of the M indices. */
export type Slices<S extends Shape, I extends number, M, Src extends Shape> =
  Resize<S, I, M> extends infer R
    ? R extends Shape
      ? Equal<R, Src> extends true
        ? Src
        : `indexAdd: src must be ${Show<R>} for x ${Show<S>}, got ${Show<Src>}`
      : R
    : never;

/** A mask M that stretches to S. */
export type Mask<Op extends string, M extends Shape, S extends Shape> =
  Expand<M, S> extends string ? `${Op}: the mask ${Show<M>} must broadcast to ${Show<S>}` : M;
