/** One twin, trained without a limit; then the same tokens through every capacity factor and overflow rule. */

import { mobyDick } from "../../lib/data/index.js";
import { transformer } from "../../lib/models/index.js";
import { capacityLab, dropsByChance, train } from "../../lib/train/index.js";
import { record, rounded } from "./record.js";

const MODEL = { blockSize: 32, nLayer: 2, nHead: 2, dModel: 32, nExpert: 8, topK: 1 } as const;
const PLAN = { steps: 200, batchSize: 16, lr: 1e-3, seed: 1, evalBlocks: 1 } as const;

export async function run(print: (line: string) => void): Promise<void> {
  const text = await mobyDick();
  const model = transformer({ ...MODEL, vocabSize: text.tokenizer.vocabSize }, { seed: PLAN.seed });
  for await (const row of train(model, text, PLAN))
    if (row.step % 100 === 0) print(`step ${row.step}, loss ${row.loss.toFixed(3)}`);
  const rows = capacityLab(model, text).map((row) => ({
    kind: "trained" as const,
    ...row,
    byPreference: row.byPreference.map((share) => rounded(share, 4)),
    ...{ kept: rounded(row.kept, 4), rerouted: rounded(row.rerouted, 4), dropped: rounded(row.dropped, 4) },
    ...{ padding: rounded(row.padding, 4), loss: rounded(row.loss, 4) },
  }));
  for (const { overflow, factor, dropped, loss } of rows)
    print(`${overflow} ${factor ?? ""}: ${(100 * dropped).toFixed(1)} % dropped, loss ${loss.toFixed(3)}`);
  const chance = [1, 2].flatMap((topK) =>
    dropsByChance({ topK }).map((row) => ({ kind: "chance" as const, topK, ...row })),
  );
  record("capacity", [PLAN.seed], { text: text.name, model: MODEL, train: PLAN, chance: { nToken: 128, nExpert: 8 } }, [
    ...rows,
    ...chance,
  ]);
}
