/** Rules of ops that put tensors together and take them apart: one axis changes its size. */

import type { Index, Never, NoAxis, RemoveAt, Same, Shape, Show, SomeNever, Unsqueeze } from "../shape.js";
import type { Add, Literal, Multiply, Total } from "./decimal.js";

type SetAt<S, At, D> = { -readonly [P in keyof S]: P extends `${At & number}` ? D : S[P] };
/** The size of axis I. */
type SizeAt<S extends Shape, I extends number> = S[Index<S, I>];

/** Axis I has size D, the others stay: topk, slice, indexSelect. */
export type Resize<S extends Shape, I extends number, D> = number extends S["length"] | I
  ? number[]
  : Never<Index<S, I>> extends true
    ? NoAxis<S, I>
    : SetAt<S, Index<S, I>, D>;

/** The shapes of a list of tensors. */
type ShapesOf<P> = { [K in keyof P]: P[K] extends { readonly shape: infer S } ? S : never };

/** Along axis I sizes add up; all other axes are the same. */
export type Concat<P, I extends number> =
  ShapesOf<P> extends readonly [infer First extends Shape, ...infer Rest]
    ? number extends First["length"] | I
      ? number[]
      : Never<Index<First, I>> extends true
        ? NoAxis<First, I>
        : Joined<First, First, Rest, I>
    : number[];
type Joined<First extends Shape, S extends Shape, Rest, I extends number> = Rest extends readonly [
  infer Next extends Shape,
  ...infer Others,
]
  ? number extends Next["length"]
    ? number[]
    : Next["length"] extends S["length"]
      ? Beside<S, Next, Index<First, I>> extends infer R extends Shape
        ? SomeNever<R> extends true
          ? Differ<Next, First, I>
          : Joined<First, R, Others, I>
        : never
      : Differ<Next, First, I>
  : S;
type Beside<A extends Shape, B extends Shape, At> = {
  -readonly [P in keyof A]: P extends `${At & number}` ? Add<A[P], B[P & keyof B]> : Same<A[P], B[P & keyof B]>;
};
type Differ<
  A extends Shape,
  B extends Shape,
  I extends number,
> = `concat along axis ${I}: ${Show<A>} and ${Show<B>} differ on another axis`;

/** A new axis at I, as long as the list; all shapes are the same. */
export type Stack<P, I extends number> =
  ShapesOf<P> extends readonly [infer First extends Shape, ...infer Rest]
    ? number extends First["length"] | I
      ? number[]
      : AllSame<First, Rest> extends infer R
        ? R extends Shape
          ? Unsqueeze<R, I> extends infer U
            ? U extends Shape
              ? Resize<U, I, (P & readonly unknown[])["length"]>
              : U
            : never
          : R
        : never
    : number[];
type AllSame<S extends Shape, Rest> = Rest extends readonly [infer Next extends Shape, ...infer Others]
  ? number extends Next["length"]
    ? number[]
    : Equal<S, Next> extends true
      ? AllSame<S, Others>
      : `stack: ${Show<S>} and ${Show<Next>} must be the same`
  : [...S];

/** False where two shapes are known to differ. */
export type Equal<A extends Shape, B extends Shape> = number extends A["length"] | B["length"]
  ? true
  : A["length"] extends B["length"]
    ? SomeNever<{ [P in keyof A]: Same<A[P], B[P & keyof B]> }> extends true
      ? false
      : true
    : false;

/** The shapes of the pieces, or what is wrong with their sizes N. */
export type Split<S extends Shape, N extends Shape, I extends number> = number extends S["length"] | I
  ? { -readonly [P in keyof N]: number[] }
  : Never<Index<S, I>> extends true
    ? NoAxis<S, I>
    : Literal<Total<N>> | Literal<SizeAt<S, I>> extends true
      ? Total<N> extends SizeAt<S, I>
        ? Pieces<S, N, I>
        : `split: sizes ${Show<N>} add up to ${Total<N> & number}, but axis ${I} of ${Show<S>} has ${SizeAt<S, I>}`
      : Pieces<S, N, I>;
type Pieces<S extends Shape, N extends Shape, I extends number> = {
  -readonly [P in keyof N]: SetAt<S, Index<S, I>, N[P]>;
};

/** Axis I grows at both ends. */
export type Pad<S extends Shape, I extends number, Before, After> = Resize<
  S,
  I,
  number extends S["length"] | I ? number : Add<Add<Before, SizeAt<S, I>>, After>
>;

/** Axis I goes away. */
export type Select<S extends Shape, I extends number> = number extends S["length"] | I
  ? number[]
  : Never<Index<S, I>> extends true
    ? NoAxis<S, I>
    : RemoveAt<S, Index<S, I>>;

/** Each axis as often as N says, aligned on the right; N may have more axes than S, not fewer. */
export type Repeat<S extends Shape, N extends Shape> = number extends S["length"] | N["length"]
  ? number[]
  : Tiled<S, N> extends infer R extends Shape
    ? R
    : `repeat: ${Show<N>} needs a number for each axis of ${Show<S>}`;
type Tiled<S extends Shape, N extends Shape> = S extends readonly [...infer Ss extends Shape, infer D]
  ? N extends readonly [...infer Ns extends Shape, infer K]
    ? Tiled<Ss, Ns> extends infer R extends Shape
      ? [...R, Multiply<K, D>]
      : "too few"
    : "too few"
  : [...N];
