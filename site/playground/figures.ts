/** The charts of the playground, drawn by the library from the rows of the film. */

import { loadChart, lossChart } from "twinformer/plot";
import type { Frame } from "./run/film.js";

export interface Drawn {
  readonly frames: readonly Frame[];
  /** Steps from one frame to the next. */
  readonly every: number;
  /** Of the run before the last fork, the frames behind it. */
  readonly before: readonly Frame[];
  /** Where the axis of the steps ends. */
  readonly last: number;
  /** CSS pixels. */
  readonly width: number;
}

/** Axis ends at which the picture stands still for a while. */
const ends = [100, 200, 400, 800, 1200, 2000, 4000, 8000, 12_000, 20_000];
export const endOf = (last: number): number => ends.find((end) => end >= last) ?? last;

export function figuresOf({ frames, every, before, last, width }: Drawn): { loss: string; load: string } {
  const steps = endOf(last);
  const rows = [
    ...frames.flatMap(({ dense, moe }) => [dense, moe]),
    ...before.map(({ moe }) => ({ ...moe, by: "MoE before the fork" })),
  ];
  const how =
    every === 1 ? {} : { subtitle: `rows of every ${every} steps · line: average over 20 of them · dots: validation` };
  const loss = lossChart(rows, { steps, width, height: width < 500 ? 250 : 280, ...how });
  const load = loadChart(
    frames.map(({ moe }) => moe),
    { steps, width },
  );
  return { loss: loss.html({ still: false }), load: load.html({ still: false }) };
}
