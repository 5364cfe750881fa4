/** What routers decided, as plain numbers: a log of any engine can be brought into this form. */

import { show } from "../text/show.js";
import { checkIntegers } from "./options.js";

/** [texts][tokens][L] the experts of each token in each layer that has a router, the favorite first. */
export type Choices = readonly (readonly (readonly (readonly number[])[])[])[];

export interface RoutingTrace {
  /** E of each layer. */
  readonly nExpert: number;
  readonly chosen: Choices;
  /** As `chosen`: which experts could be guessed one layer before, so that they may be fetched in time. Nothing in the first layer. */
  readonly foreseen?: Choices;
}

/** Throws unless every text has tokens with the same layers, and every expert is a number below E that occurs once in its list. */
export function checkTrace(operation: string, trace: unknown): asserts trace is RoutingTrace {
  const { nExpert, chosen } = (trace ?? {}) as Partial<RoutingTrace>;
  checkIntegers(operation, { nExpert }, { from: 1 });
  const layers = checkChoices(operation, "chosen", chosen, nExpert!);
  if (layers === 0) throw new RangeError(`${operation}: a trace needs a token and a layer with experts, got none`);
}

/** L of a trace that has been checked. */
export const layersOf = ({ chosen }: RoutingTrace): number => chosen.find((text) => text.length > 0)![0].length;

/** Throws unless `choices` are lists of experts below E, one for each layer of each token. Returns L. */
export function checkChoices(operation: string, name: string, choices: unknown, nExpert: number): number {
  let layers: number | undefined;
  for (const [t, text] of list(operation, name, choices).entries())
    for (const [n, token] of list(operation, `${name}[${t}]`, text).entries()) {
      const own = list(operation, `${name}[${t}][${n}]`, token);
      layers ??= own.length;
      if (own.length !== layers)
        throw new RangeError(
          `${operation}: ${name}[${t}][${n}] must have ${layers} layers as others, got ${own.length}`,
        );
      for (const [l, experts] of own.entries()) {
        const where = `${name}[${t}][${n}][${l}]`;
        const numbers = list(operation, where, experts);
        const wrong = numbers.find((e) => !(Number.isSafeInteger(e) && (e as number) >= 0 && (e as number) < nExpert));
        if (wrong !== undefined || new Set(numbers).size < numbers.length)
          throw new RangeError(
            `${operation}: ${where} must be different experts from 0 to ${nExpert - 1}, got ${wrong === undefined ? numbers.join(", ") : show(wrong)}`,
          );
      }
    }
  return layers ?? 0;
}

function list(operation: string, name: string, value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new RangeError(`${operation}: ${name} must be a list, got ${show(value)}`);
  return value;
}
