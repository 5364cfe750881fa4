import { type ColorName } from "../palette.js";

/** How one of the experts that have a color of their own is drawn. */
export interface Look {
  readonly color: ColorName;
  /** The last two have a color a second time, with a dashed line. */
  readonly dashed: boolean;
}

const COLORS: readonly ColorName[] = ["dense", "moe", "third", "fourth", "fifth", "sixth"];

/** Experts that can have a look of their own. */
export const LOOKS: readonly Look[] = [
  ...COLORS.map((color): Look => ({ color, dashed: false })),
  ...COLORS.slice(0, 2).map((color): Look => ({ color, dashed: true })),
];

/** Looks by expert: of up to eight experts each has its own, whatever the rows hold; of more, the busiest eight.
 *  @param counts of tokens, by expert */
export function looksOf(counts: ReadonlyMap<number, number>, nExpert: number): Map<number, Look> {
  const busiest =
    nExpert <= LOOKS.length
      ? Array.from({ length: nExpert }, (_, e) => e)
      : [...counts]
          .sort(([e, a], [f, b]) => b - a || e - f)
          .slice(0, LOOKS.length)
          .map(([expert]) => expert)
          .sort((a, b) => a - b);
  return new Map(busiest.map((expert, i) => [expert, LOOKS[i]]));
}
