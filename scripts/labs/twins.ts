/** Dense against MoE at equal active and at equal total parameters, five seeds. */

import { mobyDick } from "../../lib/data/index.js";
import { compareTwins, type CompareRow, duels, duelsBySecond } from "../../lib/train/index.js";
import { record, rounded } from "./record.js";

const MODEL = { blockSize: 32, nLayer: 2, nHead: 2, dModel: 32, nExpert: 8, topK: 2 } as const;
/** After 400 steps the order still depends on the seed; by 1,600 it is settled. */
const PLAN = { steps: 1600, batchSize: 16, lr: 2e-3, evalEvery: 80, evalBlocks: 96 } as const;
const SEEDS = [1, 2, 3, 4, 5];

export async function run(print: (line: string) => void): Promise<void> {
  const text = await mobyDick();
  const rows: CompareRow[] = [];
  const config = { ...MODEL, vocabSize: text.tokenizer.vocabSize };
  for await (const row of compareTwins(config, text, { ...PLAN, seeds: SEEDS })) {
    if (row.valLoss === null) continue;
    rows.push(row);
    if (row.step === PLAN.steps)
      print(`${row.contender} seed ${row.seed}: ${row.valLoss.toFixed(4)} after ${row.seconds.toFixed(1)} s`);
  }
  for (const other of ["dense", "dense, equal total"] as const) {
    const last = duels(rows, "MoE", other).at(-1)!;
    print(
      `MoE against ${other}: lead ${last.mean.toFixed(4)} (${last.low.toFixed(4)} to ${last.high.toFixed(4)}) nats`,
    );
    for (const duel of duelsBySecond(rows, "MoE", other, 6))
      print(
        `  after ${duel.at.toFixed(1)} s: ${duel.mean.toFixed(4)} (${duel.low.toFixed(4)} to ${duel.high.toFixed(4)})`,
      );
  }
  const kept = rows.map(({ contender, seed, step, seconds, valLoss, total, active }) => ({
    ...{ contender, seed, step, seconds: rounded(seconds, 2), valLoss: rounded(valLoss!, 4), total, active },
  }));
  record("twins", SEEDS, { text: text.name, model: MODEL, train: PLAN }, kept);
}
