/** Checks of what a caller hands to the functions of this folder. The compiler sees none of it in plain JavaScript, JSON or `any`,
 *  and a list of another length would be read past its end: as 0, or without end. */

import { checkIntegers } from "../config/options.js";
import { describe, ShapeError } from "../tensor/check.js";
import type { Routing } from "./routing.js";
import type { Scored } from "./select/selection.js";

const isList = (x: unknown): x is ArrayLike<unknown> => Array.isArray(x) || (ArrayBuffer.isView(x) && "length" in x);

/** Scores must be one number for each token and expert; K, where it is given, an integer from 1 to E. */
export function checkScored(operation: string, scored: Scored, topK?: number): void {
  const { scores, nToken, nExpert } = (scored ?? {}) as Partial<Scored>;
  checkIntegers(operation, { nToken }, { from: 0 });
  checkIntegers(operation, { nExpert }, { from: 1 });
  if (!isList(scores) || scores.length !== nToken! * nExpert!)
    throw new ShapeError(
      `${operation}: the scores must be a list of ${nToken} · ${nExpert} numbers, one for each token and expert, got ${describe(scores)}`,
    );
  if (topK !== undefined) checkTopK(operation, topK, nExpert!);
}

/** K must be an integer from 1 to E. */
export function checkTopK(operation: string, topK: number, nExpert: number): void {
  checkIntegers(operation, { nExpert, topK }, { from: 1 });
  if (topK > nExpert) throw new RangeError(`${operation}: topK must be at most the ${nExpert} experts, got ${topK}`);
}

/** The config of a model that has experts. */
export function checkHasExperts(operation: string, { nExpert }: { readonly nExpert: number }): void {
  if (nExpert === 0) throw new RangeError(`${operation} needs a model with experts, got a dense one`);
}

/** A routing, or as much of one as the function reads. */
export function checkRouting(operation: string, routing: unknown, ...fields: (keyof Routing)[]): void {
  const given = (typeof routing === "object" && routing !== null ? routing : {}) as Partial<Routing>;
  const missing = fields.find((field) => given[field] === undefined);
  if (missing !== undefined)
    throw new ShapeError(
      `${operation} needs a routing, as a router returns it, got ${describe(routing)} without ${missing}`,
    );
}

/** One routing for each layer. */
export function checkRoutings(operation: string, routings: unknown): void {
  if (!Array.isArray(routings))
    throw new ShapeError(`${operation} needs an array of routings, one for each layer, got ${describe(routings)}`);
  for (const routing of routings) checkRouting(operation, routing, "nToken", "nExpert", "probs");
}

/** A load: counts or shares, one for each expert, none below 0. */
export function checkLoad(operation: string, load: unknown): void {
  checkNumberList(operation, "a load of one number from 0 for each expert", load, (x) => x >= 0);
}

/** Labels: one integer for each thing. */
export function checkLabels(operation: string, labels: unknown): void {
  checkNumberList(operation, "labels, one integer for each thing", labels, Number.isInteger);
}

/** Finite numbers. @param what they are, for the sentence */
export function checkNumberList(
  operation: string,
  what: string,
  list: unknown,
  holds: (x: number) => boolean = () => true,
): void {
  if (!isList(list)) throw new ShapeError(`${operation} needs ${what}, got ${describe(list)}`);
  for (let i = 0; i < list.length; i++) {
    const x = list[i] as number;
    if (!Number.isFinite(x) || !holds(x))
      throw new RangeError(`${operation} needs ${what}, got ${describe(x)} at ${i}`);
  }
}
