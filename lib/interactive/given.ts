/** What the figures of this folder check of rows and options. */

import type { Options } from "../plot/options.js";
import { show } from "../text/show.js";

/** [E] scores of each row, all of one length. NaN and infinities are none. */
export function checkScores(figure: string, lists: readonly (readonly number[])[]): number {
  const nExpert = lists[0]?.length ?? 1;
  lists.forEach((list, i) => {
    if (list.length !== nExpert || nExpert === 0)
      throw new RangeError(
        `${figure} needs a score for each expert, ${nExpert || "at least 1"}, row ${i} has ${list.length}`,
      );
    const wrong = list.find((score) => !Number.isFinite(score));
    if (wrong !== undefined) throw new RangeError(`${figure} needs finite scores, row ${i} has ${wrong}`);
  });
  if (nExpert > 9999) throw new RangeError(`${figure} needs at most 9,999 experts, got ${nExpert}`);
  return nExpert;
}

/** An option that is a number of the knob's: from `min` in steps. Default `start`. */
export function startOf<Given extends object, Name extends keyof Given & string>(
  given: Options<Given>,
  name: Name,
  {
    min,
    max,
    step,
    start,
  }: { readonly min: number; readonly max: number; readonly step: number; readonly start: number },
): number {
  const value = given.number(name);
  if (value === undefined) return start;
  const steps = (value - min) / step;
  if (value >= min && value <= max && Math.abs(steps - Math.round(steps)) < 1e-6) return value;
  throw new RangeError(`${given.figure} needs ${name} to be ${min} to ${max} in steps of ${step}, got ${show(value)}`);
}
