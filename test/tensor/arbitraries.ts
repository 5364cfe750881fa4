/** Random shapes, tensors and ways in which they lie in memory, for property tests. */

import fc from "fast-check";
import { expect } from "vitest";
import { fromArray, type Tensor } from "../../lib/tensor/index.js";
import { layouts, type X } from "./layouts.js";

export const dim = fc.integer({ min: 0, max: 5 });
export const shape = (max = 4): fc.Arbitrary<number[]> => fc.array(dim, { maxLength: max });
export const sizeOf = (of: readonly number[]): number => of.reduce((p, d) => p * d, 1);
/** Small integers: sums of their products are exact in float32, so results must be equal, not close. */
export const filled = (of: readonly number[]): fc.Arbitrary<X> =>
  fc
    .array(fc.integer({ min: -8, max: 8 }), { minLength: sizeOf(of), maxLength: sizeOf(of) })
    .map((v) => fromArray(v, of as number[]));
export const tensors = (max = 4): fc.Arbitrary<X> => shape(max).chain(filled);
export const layout = fc.constantFrom(...layouts);
/** A tensor seen through some layout. */
export const viewed = (of: number[]): fc.Arbitrary<X> =>
  fc.tuple(filled(of), layout).map(([x, l]) => l.view(l.store(x), of));

/** Two shapes that broadcast, and their result: a full shape, of which each side drops leading axes and squashes some to 1. */
export const broadcastPair = (max = 3): fc.Arbitrary<{ a: number[]; b: number[]; out: number[] }> =>
  shape(max).chain((full) =>
    fc
      .tuple(
        fc.array(fc.constantFrom("both", "a", "b"), { minLength: full.length, maxLength: full.length }),
        fc.nat(full.length),
      )
      .map(([keep, cut]) => {
        const side = (me: string): number[] => full.map((d, i) => (keep[i] === "both" || keep[i] === me ? d : 1));
        return { a: side("a"), b: side("b").slice(cut), out: full.map((d, i) => (i < cut && keep[i] === "b" ? 1 : d)) };
      }),
  );

export const numbers = (x: Tensor): number[] => Array.from(x.toTypedArray());
export function same(a: Tensor, b: Tensor): void {
  expect([a.shape, numbers(a)]).toEqual([b.shape, numbers(b)]);
}

/** Element of a broadcast operand at an index into the result. */
export function at(x: X, index: readonly number[]): number {
  const own = index.slice(index.length - x.rank).map((i, axis) => (x.shape[axis] === 1 ? 0 : i));
  let flat = 0;
  own.forEach((i, axis) => (flat = flat * x.shape[axis] + i));
  return numbers(x)[flat];
}

export function* everyIndex(of: readonly number[]): Generator<number[]> {
  if (of.length === 0) yield [];
  else for (let i = 0; i < of[0]; i++) for (const rest of everyIndex(of.slice(1))) yield [i, ...rest];
}
