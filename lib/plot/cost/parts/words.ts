/** What figures of cost say, and in which colors. Without Observable Plot, so that a figure without axes is small in a page. */

import { type FrameOptions, noted, type Options } from "../../options.js";
import { type ColorName, modelColors } from "../../palette.js";

/** Title and subtitle: what somebody gave, or what the figure finds; and what was done to the rows. */
export const headOf = (
  given: Options<FrameOptions>,
  finding: string,
  how: string,
  notes: readonly string[],
): { title: string; subtitle: string } => ({
  title: given.text("title", finding),
  subtitle: noted(given.text("subtitle", how), notes.filter(Boolean).join(" · ")),
});

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
