/** What figures of cost say, and in which colors. Without Observable Plot, so that a figure without axes is small in a page. */

import { type ColorName, modelColors } from "../../palette.js";

/** Names that get a color and a label; those beyond are gray. */
export const NAMED = 6;

/** Colors of the first names: the same in every figure. */
export function colorsOf(names: readonly string[]): (name: string) => ColorName {
  const colors = modelColors(names.slice(0, NAMED));
  return (name) => colors.get(name) ?? "muted";
}

/** "in gray: 3 more" */
export const grayNote = (names: number): string => (names > NAMED ? `in gray: ${names - NAMED} more` : "");

/** "3 of 40 rows have no place here: a number is not above 0", or nothing. */
export const leftOut = (left: number, rows: number, why: string): string =>
  left > 0 ? `${left} of ${rows} rows not drawn: ${why}` : "";
