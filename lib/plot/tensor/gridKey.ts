import { range } from "d3";
import { digits } from "../../text/numbers.js";
import { type ColorKey, colorKey } from "../marks/colorKey.js";
import { type Grid, strength, TINTS } from "./cells.js";
import type { Summary } from "./summary.js";

/** From the lowest to the highest color there is. */
export function gridKey({ min, max }: Pick<Summary, "min" | "max">, grid: Grid): ColorKey {
  const { low, none, high } = grid.scale;
  const [isBelow, isAbove] = [(min ?? 0) < none, (max ?? 0) > none];
  const isOutside = (isBelow && !(none > low) && !isAbove) || (isAbove && !(high > none) && !isBelow); // then all there is
  const lowest = none > low && (isBelow || isOutside) ? -TINTS : 0;
  const highest = high > none && (isAbove || isOutside) ? TINTS : 0;
  const end = (tint: number) => digits(none + (tint / TINTS) * (tint < 0 ? none - low : high - none), 3);
  return colorKey({
    strengths: range(lowest, highest + 1).map((tint) => (tint / TINTS) * strength(grid)),
    ...{ low: end(lowest), high: end(highest) },
    ...(lowest < 0 && highest > 0 ? { middle: { text: digits(none, 3), at: 0.5 } } : {}),
  });
}
