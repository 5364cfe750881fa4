import { collapseChart } from "../../../../lib/plot/index.js";
import { lab } from "../data.js";

interface Run {
  readonly remedy: string;
  readonly start: string;
  readonly seed: number;
  readonly curve: readonly [step: number, effective: number][];
}

const runs = lab<Run>("collapse.json").filter(({ start, remedy }) => start === "even" && /none|switch/.test(remedy));
export const figure = collapseChart(
  runs.flatMap(({ remedy, seed, curve }) =>
    curve.map(([step, effective]) => ({
      by: remedy === "none" ? "no balancing" : "balance loss",
      run: seed,
      step,
      effective,
    })),
  ),
  { nExpert: 8 },
);
