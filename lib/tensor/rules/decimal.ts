/** Sums and products of sizes in types: decimal arithmetic on digits, as taught on paper. */

import type { Dim } from "../shape.js";

/** A + B where both are literal, else `number`. */
export type Add<A, B> = Literal<A> | Literal<B> extends true ? Parse<Plus<`${A & number}`, `${B & number}`>> : number;
/** A · B where both are literal; a 1 leaves the other as it is, named or not. */
export type Multiply<A, B> = A extends 1
  ? B
  : B extends 1
    ? A
    : Literal<A> | Literal<B> extends true
      ? "0" extends `${A & number}` | `${B & number}`
        ? 0
        : Parse<Times<`${A & number}`, `${B & number}`>>
      : number;
/** The sum of a list, or `number` where it is not known. */
export type Total<S> = S extends readonly [infer D, ...infer Rest] ? Add<D, Total<Rest>> : 0;

/** True for 64, not for `number`, a name or a negative size. */
export type Literal<D> = D extends Dim
  ? false
  : number extends D
    ? false
    : `${D & number}` extends `-${string}`
      ? false
      : true;
type Parse<T> = T extends `${infer N extends number}` ? N : number;

interface Unary {
  0: [];
  1: [0];
  2: [0, 0];
  3: [0, 0, 0];
  4: [0, 0, 0, 0];
  5: [0, 0, 0, 0, 0];
  6: [0, 0, 0, 0, 0, 0];
  7: [0, 0, 0, 0, 0, 0, 0];
  8: [0, 0, 0, 0, 0, 0, 0, 0];
  9: [0, 0, 0, 0, 0, 0, 0, 0, 0];
}
type Tally<D> = D extends `${infer N extends keyof Unary}` ? Unary[N] : [];
type Ends<S extends string> = S extends `${infer D}${infer Rest}`
  ? Rest extends ""
    ? ["", D]
    : Ends<Rest> extends [infer I extends string, infer L]
      ? [`${D}${I}`, L]
      : never
  : ["", "0"];
type Sum<A, B, C extends 0[]> = [...Tally<A>, ...Tally<B>, ...C]["length"];
/** A + B, right to left with a carry. */
export type Plus<A extends string, B extends string, Carry extends 0[] = []> = [A, B, Carry] extends ["", "", []]
  ? ""
  : [Ends<A>, Ends<B>] extends [[infer Ai extends string, infer a], [infer Bi extends string, infer b]]
    ? `${Sum<a, b, Carry> & number}` extends `1${infer d}`
      ? d extends ""
        ? `${Plus<Ai, Bi>}1`
        : `${Plus<Ai, Bi, [0]>}${d}`
      : `${Plus<Ai, Bi>}${Sum<a, b, Carry> & number}`
    : never;
/** A added D times, D a single digit. */
type TimesDigit<A extends string, D extends 0[], Acc extends string = ""> = D extends [0, ...infer Rest extends 0[]]
  ? TimesDigit<A, Rest, Plus<A, Acc>>
  : Acc;
export type Times<A extends string, B extends string, Acc extends string = ""> = B extends `${infer d}${infer Rest}`
  ? Times<A, Rest, Plus<Acc extends "" ? "" : `${Acc}0`, TimesDigit<A, Tally<d>>>>
  : Acc;
