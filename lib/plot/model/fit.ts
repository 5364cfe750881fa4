/** Words that have to fit into a box: widths are guessed, as no browser is asked. */

import { LETTER, lettersOf, wrapped } from "../options.js";

const DOTS = 1.6; // letters that are as wide as "…"

export const widthOf = (text: string): number => LETTER.words * lettersOf(text);

/** The text, cut where it is longer than `width` pixels; "" where there is room for nothing. */
export function fit(text: string, width: number): string {
  const most = Math.floor(width / LETTER.words);
  if (lettersOf(text) <= most) return text;
  const [cut = ""] = most < 3 ? [] : wrapped(text.replaceAll(" ", "\u00a0"), most - DOTS);
  return cut ? `${cut.replaceAll("\u00a0", " ").trimEnd()}…` : "";
}
