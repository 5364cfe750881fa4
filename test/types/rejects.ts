/** What the files `*.test-d.ts` are written in. Each runs under Vitest and is compiled by `shapes.test.ts`. */

import { expect } from "vitest";
import * as twinformer from "../../lib/index.js";
import type { Shape, Tensor } from "../../lib/index.js";

/** The compiler must say this sentence about the call, and so must the run-time check: all dimensions are literal. A rule that
 *  several ops share does not name one; at run time the name of the op or layer comes first. */
export function rejects(sentence: string, call: () => unknown): void {
  let thrown: unknown;
  try {
    call();
  } catch (error) {
    thrown = error;
  }
  const said = thrown instanceof Error ? thrown.message : "nothing was thrown";
  const [, op, rest] = /^(\w+): (.*)$/.exec(said) ?? [];
  const isNamed = rest === sentence && op in twinformer;
  expect(isNamed ? rest : said).toBe(sentence);
}

/** The compiler must say this sentence; at run time the names and `?` of it are numbers. Never called. */
export function rejectsType(_sentence: string, _call: () => unknown): void {
  // Only the types matter.
}

type Same<A extends Shape, B extends Shape> =
  Readonly<A> extends Readonly<B> ? (Readonly<B> extends Readonly<A> ? true : false) : false;
/** The compiler knows exactly this shape of the tensor (whether as a readonly tuple or not). */
export function is<Wanted extends Shape>(): <Given extends Shape>(
  x: Tensor<Given>,
  ...same: Same<Given, Wanted> extends true ? [] : [wanted: Wanted, given: Given]
) => void {
  return () => undefined;
}
