/** How often a router collapses on its own, and what helps one that starts with a favorite. */

import { mobyDick } from "../../lib/data/index.js";
import {
  collapse,
  collapseModel,
  type CollapseRow,
  collapseSummary,
  type CollapseSummary,
  collapseCriteria,
  remedies,
  type Remedy,
} from "../../lib/train/index.js";
import { recording, rounded } from "./record.js";

const STEPS = 200;
const EVERY = 5; // steps between the points that are kept of a curve
const SEEDS = Array.from({ length: 20 }, (_, i) => i + 1);

/** What is kept of one run: its summary, and [step, effective experts] of some of its steps. */
type Kept = CollapseSummary & { curve: [number, number][] };

export async function run(print: (line: string) => void): Promise<void> {
  const text = await mobyDick();
  const few = SEEDS.slice(0, 3);
  const plan: { start: "even" | "biased"; remedy: Remedy; seeds: number[] }[] = [
    { start: "even", remedy: "none", seeds: SEEDS },
    { start: "even", remedy: "switch", seeds: few },
    ...(Object.keys(remedies) as Remedy[]).map((remedy) => ({ start: "biased" as const, remedy, seeds: few })),
  ];
  const settings = { text: text.name, model: collapseModel, steps: STEPS, remedies, criteria: collapseCriteria };
  const lab = recording<Kept>("collapse", SEEDS, settings);
  const kept: Kept[] = [];
  for (const { start, remedy, seeds } of plan) {
    for (const seed of seeds) {
      const [row] = await lab.part(`${start} ${remedy} ${seed}`, async () => {
        const rows: CollapseRow[] = [];
        for await (const row of collapse(text, { start, remedy, seed, steps: STEPS })) rows.push(row);
        const summary = collapseSummary(rows);
        const curve = rows
          .filter((row) => row.step === 1 || row.step % EVERY === 0)
          .map((row): [number, number] => [row.step, rounded(row.effective)]);
        return [{ ...summary, effective: rounded(summary.effective), lowest: rounded(summary.lowest), curve }];
      });
      kept.push(row);
      const { collapsed, recovered, valLoss, effective } = row;
      const words = collapsed ? "collapsed" : recovered === null ? "in between" : `even from step ${recovered}`;
      print(
        `${start} ${remedy} seed ${seed}: ${effective.toFixed(2)} effective experts, ${words}, validation ${valLoss?.toFixed(3)}`,
      );
    }
  }
  lab.finish(kept);
}
