/** How often a router collapses on its own, and what helps one that starts with a favorite. */

import { mobyDick } from "../../lib/data/index.js";
import {
  collapse,
  collapseModel,
  type CollapseRow,
  collapseSummary,
  criteria,
  remedies,
  type Remedy,
} from "../../lib/train/index.js";
import { record, rounded } from "./record.js";

const STEPS = 200;
const EVERY = 5; // steps between the points that are kept of a curve

export async function run(print: (line: string) => void): Promise<void> {
  const text = await mobyDick();
  const seeds = Array.from({ length: 20 }, (_, i) => i + 1);
  const few = seeds.slice(0, 3);
  const plan: { start: "even" | "biased"; remedy: Remedy; seeds: number[] }[] = [
    { start: "even", remedy: "none", seeds },
    { start: "even", remedy: "switch", seeds: few },
    ...(Object.keys(remedies) as Remedy[]).map((remedy) => ({ start: "biased" as const, remedy, seeds: few })),
  ];
  const kept: object[] = [];
  for (const { start, remedy, seeds } of plan) {
    for (const seed of seeds) {
      const rows: CollapseRow[] = [];
      for await (const row of collapse(text, { start, remedy, seed, steps: STEPS })) rows.push(row);
      const summary = collapseSummary(rows);
      const curve = rows
        .filter((row) => row.step === 1 || row.step % EVERY === 0)
        .map((row) => [row.step, rounded(row.effective)]);
      kept.push({ ...summary, effective: rounded(summary.effective), lowest: rounded(summary.lowest), curve });
      const { collapsed, recovered, valLoss, effective } = summary;
      const words = collapsed ? "collapsed" : recovered === null ? "in between" : `even from step ${recovered}`;
      print(
        `${start} ${remedy} seed ${seed}: ${effective.toFixed(2)} effective experts, ${words}, validation ${valLoss?.toFixed(3)}`,
      );
    }
  }
  record("collapse", seeds, { text: text.name, model: collapseModel, steps: STEPS, remedies, criteria }, kept);
}
