/** Colors by expert, as the library's figures give them. */

import { color, SERIES } from "../../../lib/plot/palette.js";

/** One for each of up to eight experts; of more, for the busiest eight, as in `tokenStrip`. @param counts [E] */
export function colorsOf(counts: readonly number[]): Map<number, string> {
  const all = counts.map((_, expert) => expert);
  const busiest =
    all.length <= SERIES.length
      ? all
      : all
          .sort((a, b) => counts[b] - counts[a] || a - b)
          .slice(0, SERIES.length)
          .sort((a, b) => a - b);
  return new Map(busiest.map((expert, i) => [expert, color(SERIES[i])]));
}
