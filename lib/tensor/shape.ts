/**
 * Shapes as types. A shape is a tuple of dimensions, and each dimension is one of
 *
 *   64         a literal size, known while you type
 *   Dim<"T">   a named size, known only at run time but always the same axis
 *   number     anything: no check here, the run-time check still runs
 *
 * Every rule below is ONE type that returns either the resulting shape or a
 * sentence saying what is wrong. `Arg` puts that sentence where the compiler
 * will print it; `Out` hands the shape on.
 */
import type { Times } from "./rules/decimal.js";

export type Shape = readonly number[];
export type Dim<Name extends string = string> = number & { readonly __dim: Name };

/** The argument type T when the rule R holds; otherwise R itself, a sentence. (By `infer`, for else the compiler would look for
 *  type parameters inside the rule.) */
export type Arg<R, T> = R extends infer Sentence extends string ? Sentence : T;
/** The shape a rule produced; `any` after an error, so one mistake prints once. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- `never` or `unknown` would add errors of their own
export type Out<R> = R extends Shape ? R : any;

// -- Printing -------------------------------------------------------------

export type ShowDim<D> =
  D extends Dim<infer Name> ? Name : D extends number ? (number extends D ? "?" : `${D}`) : never;
type Join<S> = S extends readonly [infer D, ...infer Rest]
  ? Rest extends readonly []
    ? ShowDim<D>
    : `${ShowDim<D>}, ${Join<Rest>}`
  : "";
/** `[B, T, 64]`, as it would be written in a comment. */
export type Show<S extends Shape> = number extends S["length"] ? "[...]" : `[${Join<S>}]`;

// -- One dimension against another ---------------------------------------

/** The known one of two equal dimensions; `never` if they are known to differ. */
export type Same<A, B> = number extends A ? B : number extends B ? A : A extends B ? A : never;
/** As `Same`, but a 1 stretches to match the other (NumPy broadcasting). */
export type Stretch<A, B> = A extends 1 ? B : B extends 1 ? A : Same<A, B>;
export type Never<T> = [T] extends [never] ? true : false;
export type SomeNever<S> = S extends readonly [infer D, ...infer Rest]
  ? Never<D> extends true
    ? true
    : SomeNever<Rest>
  : false;

// -- Rules: matmul and broadcasting --------------------------------------

export type AlignRight<A extends Shape, B extends Shape> = A extends readonly [...infer As extends Shape, infer a]
  ? B extends readonly [...infer Bs extends Shape, infer b]
    ? [...AlignRight<As, Bs>, Stretch<a, b>]
    : [...A]
  : [...B];

/** Elementwise ops: align on the right, stretch 1s. https://numpy.org/doc/stable/user/basics.broadcasting.html */
export type Broadcast<A extends Shape, B extends Shape> = number extends A["length"] | B["length"]
  ? number[]
  : SomeNever<AlignRight<A, B>> extends true
    ? `cannot broadcast ${Show<A>} with ${Show<B>}`
    : AlignRight<A, B>;

/** A stretched to exactly B; -1 in B keeps the size that A has there. */
export type Expand<A extends Shape, B extends Shape> = number extends A["length"] | B["length"]
  ? number[]
  : Kept<A, B> extends infer C extends Shape
    ? Broadcast<A, C> extends infer R
      ? R extends Readonly<C>
        ? C
        : `cannot expand ${Show<A>} to ${Show<B>}`
      : never
    : never;
/** B with each -1 replaced by A's size on that axis, counted from the right. */
type Kept<A extends Shape, B extends Shape> = -1 extends B[number]
  ? B extends readonly [...infer Bs extends Shape, infer b]
    ? A extends readonly [...infer As extends Shape, infer a]
      ? [...Kept<As, Bs>, b extends -1 ? a : b]
      : [...B]
    : []
  : [...B];

/** [..., M, K] @ [..., K, N] -> [..., M, N]; leading (batch) dimensions broadcast. */
export type Matmul<A extends Shape, B extends Shape> = number extends A["length"] | B["length"]
  ? number[]
  : A extends readonly [...infer As extends Shape, infer M extends number, infer K]
    ? B extends readonly [...infer Bs extends Shape, infer K2, infer N extends number]
      ? Never<Same<K, K2>> extends true
        ? `cannot matmul ${Show<A>} @ ${Show<B>}: inner dimensions ${ShowDim<K>} and ${ShowDim<K2>} differ`
        : Broadcast<As, Bs> extends infer Lead
          ? Lead extends Shape
            ? [...Lead, M, N]
            : `cannot matmul ${Show<A>} @ ${Show<B>}: batch dimensions ${Show<As>} and ${Show<Bs>} differ`
          : never
      : `matmul needs at least 2 dimensions on the right, got ${Show<B>}`
    : `matmul needs at least 2 dimensions on the left, got ${Show<A>}`;

// -- Rules: moving and removing axes -------------------------------------

type DropLast<S, N, Seen extends 0[] = []> = Seen["length"] extends N
  ? S
  : S extends readonly [...infer Init, unknown]
    ? DropLast<Init, N, [...Seen, 0]>
    : never;
type Length<S> = S extends readonly unknown[] ? S["length"] : never;
/** Non-negative position of an axis: -1 is the last. `never` when out of range. */
export type Index<S extends Shape, I extends number> = `${I}` extends `-${infer N extends number}`
  ? Length<DropLast<S, N>>
  : I extends Position<S>
    ? I
    : never;
type Position<S> = S extends readonly [...infer Init, unknown] ? Init["length"] | Position<Init> : never;
export type NoAxis<S extends Shape, I extends number> = `axis ${I} is out of range for ${Show<S>}`;

/** Swap two axes that exist (check each with `Along`). */
export type Transpose<S extends Shape, I extends number, J extends number> = number extends S["length"] | I | J
  ? number[]
  : {
      -readonly [P in keyof S]: P extends `${Index<S, I>}`
        ? S[Index<S, J>]
        : P extends `${Index<S, J>}`
          ? S[Index<S, I>]
          : S[P];
    };

export type RemoveAt<S, I, Seen extends 0[] = []> = S extends readonly [infer D, ...infer Rest]
  ? Seen["length"] extends I
    ? Rest
    : [D, ...RemoveAt<Rest, I, [...Seen, 0]>]
  : [];

/** sum, mean, max over one axis: the axis goes away, or stays as 1 with keepdim. */
export type Reduce<S extends Shape, I extends number, Keep extends boolean> = number extends S["length"] | I
  ? number[]
  : Never<Index<S, I>> extends true
    ? NoAxis<S, I>
    : Keep extends true
      ? { -readonly [P in keyof S]: P extends `${Index<S, I>}` ? 1 : S[P] }
      : RemoveAt<S, Index<S, I>>;

/** sum, mean, max over one axis, several, or all (null). */
export type Fold<S extends Shape, I, Keep extends boolean> = [I] extends [null]
  ? Keep extends true
    ? { -readonly [P in keyof S]: 1 }
    : readonly []
  : [I] extends [number]
    ? Reduce<S, I & number, Keep>
    : I extends Shape
      ? number extends S["length"] | I["length"] | I[number]
        ? number[]
        : Keep extends true
          ? { -readonly [P in keyof S]: P extends `${EachIndex<S, I[number]>}` ? 1 : S[P] }
          : WithoutAxes<S, EachIndex<S, I[number]>>
      : number[];
type EachIndex<S extends Shape, I> = I extends number ? Index<S, I> : never;
type WithoutAxes<S, Gone, Seen extends 0[] = []> = S extends readonly [infer D, ...infer Rest]
  ? Seen["length"] extends Gone
    ? WithoutAxes<Rest, Gone, [...Seen, 0]>
    : [D, ...WithoutAxes<Rest, Gone, [...Seen, 0]>]
  : [];

/** What `Fold` may be asked to fold: the argument itself, or a sentence where it is an axis that does not exist. */
export type FoldAxis<S extends Shape, I> = [I] extends [number]
  ? OneAxis<S, I & number, I>
  : I extends readonly [infer First extends number, ...infer Rest]
    ? OneAxis<S, First, I> extends infer E extends string
      ? E
      : FoldAxis<S, Rest> extends infer E extends string
        ? E
        : I
    : I;
/** The argument A where axis I exists. */
type OneAxis<S extends Shape, I extends number, A> = number extends S["length"] | I
  ? A
  : Never<Index<S, I>> extends true
    ? NoAxis<S, I>
    : A;

/** softmax, cumsum: same shape out, but the axis must exist. */
export type Along<S extends Shape, I extends number> = number extends S["length"] | I
  ? number[]
  : Never<Index<S, I>> extends true
    ? NoAxis<S, I>
    : [...S];

/** A layer that maps the last dimension from In to Next and leaves the rest alone. */
export type MapLast<S extends Shape, In extends number, Next extends number> = number extends S["length"]
  ? number[]
  : S extends readonly [...infer Lead extends Shape, infer D extends number]
    ? Never<Same<D, In>> extends true
      ? `expected a last dimension of ${ShowDim<In>}, got ${Show<S>}`
      : [...Lead, Next]
    : `expected a last dimension of ${ShowDim<In>}, got a scalar`;

/** cross entropy: logits [...N, V] and targets [...N] -> a scalar. */
export type CrossEntropy<L extends Shape, T extends Shape> = number extends L["length"] | T["length"]
  ? []
  : DropLast<L, 1> extends infer N extends Shape
    ? Broadcast<N, T> extends string
      ? `targets ${Show<T>} do not match logits ${Show<L>} without the last axis`
      : []
    : "logits need a class axis";

type At<S extends Shape, I extends number> = Never<Index<S, I>> extends true ? never : S[Index<S, I>];
type PickAxes<S extends Shape, P> = P extends readonly [infer I extends number, ...infer Rest]
  ? [At<S, I>, ...PickAxes<S, Rest>]
  : [];

/** Axes in another order: as many names as there are axes, each in range (that none repeats is checked at run time). */
export type Permute<S extends Shape, P extends Shape> = number extends S["length"] | P["length"] | P[number]
  ? number[]
  : P["length"] extends S["length"]
    ? SomeNever<PickAxes<S, P>> extends true
      ? `permute ${Show<P>} must name each axis of ${Show<S>} once`
      : PickAxes<S, P>
    : `permute ${Show<P>} must name each axis of ${Show<S>} once`;

/** An axis of size 1 goes away. */
export type Squeeze<S extends Shape, I extends number> = number extends S["length"] | I
  ? number[]
  : Never<Index<S, I>> extends true
    ? NoAxis<S, I>
    : RemoveAt<S, Index<S, I>>;

type InsertAt<S, I, Seen extends 0[] = []> = Seen["length"] extends I
  ? [1, ...(S extends Shape ? S : [])]
  : S extends readonly [infer D, ...infer Rest]
    ? [D, ...InsertAt<Rest, I, [...Seen, 0]>]
    : [];
/** An axis of size 1 more; its position counts in the new shape. */
export type Unsqueeze<S extends Shape, I extends number> = number extends S["length"] | I
  ? number[]
  : Never<Index<[...S, 1], I>> extends true
    ? NoAxis<[...S, 1], I>
    : InsertAt<S, Index<[...S, 1], I>> extends infer R extends Shape
      ? R
      : never;

// -- Rule: reshape (the number of elements must not change) ---------------

/** Element count in decimal, or "?" when any dimension is not a literal. */
type Count<S> = S extends readonly [infer D extends number, ...infer Rest]
  ? Count<Rest> extends infer C extends string
    ? number extends D
      ? "?"
      : D extends Dim | -1
        ? "?"
        : "?" extends C
          ? "?"
          : "0" extends `${D}` | C
            ? "0"
            : Times<`${D}`, C>
    : never
  : "1";

/** -1 asks for "whatever is left" and becomes a plain number. */
export type Reshape<A extends Shape, B extends Shape> = number extends A["length"] | B["length"]
  ? [...B]
  : "?" extends Count<A> | Count<B>
    ? { -readonly [P in keyof B]: B[P] extends -1 ? number : B[P] }
    : Count<A> extends Count<B>
      ? [...B]
      : `cannot reshape ${Show<A>} (${Count<A>} elements) to ${Show<B>} (${Count<B>} elements)`;
