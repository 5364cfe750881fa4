/** Dense against MoE at equal active and at equal total parameters, five seeds. */

import { mobyDick } from "../../lib/data/index.js";
import { compareTwins, type CompareRow, type Contender, duels, duelsBySecond } from "../../lib/train/index.js";
import { recording, rounded } from "./record.js";

const MODEL = { blockSize: 32, nLayer: 2, nHead: 2, dModel: 32, nExpert: 8, topK: 2 } as const;
/** After 400 steps the order still depends on the seed; by 1,600 it is settled. */
const PLAN = { steps: 1600, batchSize: 16, lr: 2e-3, evalEvery: 80, evalBlocks: 96 } as const;
const SEEDS = [1, 2, 3, 4, 5];
const CONTENDERS: readonly Contender[] = ["dense", "MoE", "dense, equal total"];

type Kept = Pick<CompareRow, "contender" | "seed" | "step" | "seconds" | "valLoss" | "total" | "active">;

export async function run(print: (line: string) => void): Promise<void> {
  const text = await mobyDick();
  const config = { ...MODEL, vocabSize: text.tokenizer.vocabSize };
  const lab = recording<Kept>("twins", SEEDS, { text: text.name, model: MODEL, train: PLAN });
  const kept: Kept[] = [];
  for (const seed of SEEDS) {
    for (const contender of CONTENDERS) {
      const rows = await lab.part(`${contender} ${seed}`, async () => {
        const measured: Kept[] = [];
        const one = { ...PLAN, seeds: [seed], contenders: [contender] };
        for await (const { step, seconds, valLoss, total, active } of compareTwins(config, text, one)) {
          if (valLoss === null) continue;
          const numbers = { step, seconds: rounded(seconds, 2), valLoss: rounded(valLoss, 4), total, active };
          measured.push({ contender, seed, ...numbers });
        }
        return measured;
      });
      kept.push(...rows);
      const { valLoss, seconds } = rows[rows.length - 1];
      print(`${contender} seed ${seed}: ${valLoss?.toFixed(4)} after ${seconds.toFixed(1)} s`);
    }
  }
  for (const other of ["dense", "dense, equal total"] as const) {
    const last = duels(kept, "MoE", other).at(-1)!;
    print(
      `MoE against ${other}: lead ${last.mean.toFixed(4)} (${last.low.toFixed(4)} to ${last.high.toFixed(4)}) nats`,
    );
    for (const duel of duelsBySecond(kept, "MoE", other, 6))
      print(
        `  after ${duel.at.toFixed(1)} s: ${duel.mean.toFixed(4)} (${duel.low.toFixed(4)} to ${duel.high.toFixed(4)})`,
      );
  }
  lab.finish(kept);
}
