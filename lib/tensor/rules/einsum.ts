/** The rule of einsum: each letter of "ij,jk->ik" is one size. */

import type { Never, Same, Shape, Show } from "../shape.js";

/** The letters of a text without spaces. */
type Letters<T extends string> = T extends `${infer L}${infer Rest}`
  ? L extends " "
    ? Letters<Rest>
    : [L, ...Letters<Rest>]
  : [];
/** Letters with the sizes that are known of them. */
type Sizes = Record<string, unknown>;
/** No letter is known yet; "" is none. */
type Nothing = Record<"", never>;

/** The letters of one operand with the sizes of its shape, added to those that are known; a sentence where they contradict. */
type Read<L, S extends Shape, Known extends Sizes, Whole extends Shape> = L extends readonly [
  infer Name extends string,
  ...infer Names,
]
  ? S extends readonly [infer D, ...infer Ds extends Shape]
    ? Name extends keyof Known
      ? Never<Same<Known[Name], D>> extends true
        ? `einsum: the ${Name} of ${Show<Whole>} is ${Size<D>}, but it was ${Size<Known[Name]>} before`
        : Read<Names, Ds, Omit<Known, Name> & Record<Name, Same<Known[Name], D>>, Whole>
      : Read<Names, Ds, Known & Record<Name, D>, Whole>
    : never
  : Known;
type Size<D> = Show<[D & number]> extends `[${infer T}]` ? T : never;

type ReadAll<T extends string, P, Known extends Sizes> = P extends readonly [infer X, ...infer Rest]
  ? X extends { readonly shape: infer S extends Shape }
    ? T extends `${infer Own},${infer Others}`
      ? ReadOne<Own, S, Known> extends infer K
        ? K extends Sizes
          ? ReadAll<Others, Rest, K>
          : K
        : never
      : ReadOne<T, S, Known>
    : Known
  : Known;
type ReadOne<T extends string, S extends Shape, Known extends Sizes> = number extends S["length"]
  ? Known & Record<Letters<T>[number], number>
  : Letters<T>["length"] extends S["length"]
    ? Read<Letters<T>, S, Known, S>
    : `einsum: "${Trim<T>}" names ${Letters<T>["length"]} axes, but its operand is ${Show<S>}`;
type Trim<T extends string> = T extends ` ${infer R}` ? Trim<R> : T extends `${infer R} ` ? Trim<R> : T;

type Write<L, Known extends Sizes> = L extends readonly [infer Name, ...infer Names]
  ? [Name extends keyof Known ? Known[Name] : number, ...Write<Names, Known>]
  : [];

/** "ij,jk->ik" with the shapes of the operands P -> the shape of the result, or a sentence. */
export type Einsum<E extends string, P> = string extends E
  ? number[]
  : E extends `${infer From}->${infer To}`
    ? ReadAll<From, P, Nothing> extends infer K
      ? K extends Sizes
        ? Write<Letters<To>, K>
        : K
      : never
    : number[];
