/** One twin, trained without a limit; then the same tokens through every capacity factor and overflow rule. */

import { mobyDick } from "../../lib/data/index.js";
import { transformer } from "../../lib/models/index.js";
import { capacityLab, dropsByChance, train } from "../../lib/train/index.js";
import type { CapacityLine } from "./findings.js";
import { recording, rounded } from "./record.js";

const MODEL = { blockSize: 32, nLayer: 2, nHead: 2, dModel: 32, nExpert: 8, topK: 1 } as const;
const PLAN = { steps: 200, batchSize: 16, lr: 1e-3, seed: 1, evalBlocks: 1 } as const;
const CHANCE = { nToken: 128, nExpert: 8 } as const;

export async function run(print: (line: string) => void): Promise<void> {
  const text = await mobyDick();
  const settings = { text: text.name, model: MODEL, train: PLAN, chance: CHANCE };
  const lab = recording<CapacityLine>("capacity", [PLAN.seed], settings);
  const rows = await lab.part("trained", async () => {
    const model = transformer({ ...MODEL, vocabSize: text.tokenizer.vocabSize }, { seed: PLAN.seed });
    for await (const row of train(model, text, PLAN))
      if (row.step % 100 === 0) print(`step ${row.step}, loss ${row.loss.toFixed(3)}`);
    return capacityLab(model, text).map((row) => ({
      kind: "trained" as const,
      ...row,
      byPreference: row.byPreference.map((share) => rounded(share, 4)),
      ...{ kept: rounded(row.kept, 4), rerouted: rounded(row.rerouted, 4), dropped: rounded(row.dropped, 4) },
      ...{ padding: rounded(row.padding, 4), loss: rounded(row.loss, 4) },
    }));
  });
  for (const row of rows)
    if (row.kind === "trained")
      print(
        `${row.overflow} ${row.factor ?? ""}: ${(100 * row.dropped).toFixed(1)} % dropped, loss ${row.loss.toFixed(3)}`,
      );
  const chance = await lab.part("chance", () =>
    Promise.resolve(
      [1, 2].flatMap((topK) => dropsByChance({ ...CHANCE, topK }).map((row) => ({ kind: "chance", topK, ...row }))),
    ),
  );
  lab.finish([...rows, ...chance]);
}
