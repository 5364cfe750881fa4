/** A small transformer without each of its parts, and two recurrent models, on a text of words and their copies. */

import { copyTask } from "../../lib/data/index.js";
import { type ConfigInput, recurrent, transformer } from "../../lib/models/index.js";
import { train } from "../../lib/train/index.js";
import type { AblationLine } from "./findings.js";
import { recording, rounded } from "./record.js";

const TEXT = { words: 4000, length: 4, letters: 8, seed: 1 } as const;
const MODEL = { blockSize: 20, nLayer: 2, nHead: 4, dModel: 32, positions: "rotary" } as const;
const PLAN = { steps: 800, batchSize: 16, lr: 1e-2, warmup: 20, evalBlocks: 128 } as const;
const SEEDS = [1, 2, 3];
const WITHOUT: Readonly<Record<string, Partial<ConfigInput>>> = {
  whole: {},
  "no attention": { window: 1 },
  "one head": { nHead: 1 },
  "no positions": { positions: "none" },
  "learned positions": { positions: "learned" },
  "sinusoidal positions": { positions: "sinusoidal" },
  "no norms": { normalization: "none" },
  "no residual": { residual: false },
  "no norms, no residual": { normalization: "none", residual: false },
};
/** About as many parameters as the transformer. */
const RECURRENT = { RNN: { cell: "rnn", dModel: 78 }, LSTM: { cell: "lstm", dModel: 40 } } as const;

export async function run(print: (line: string) => void): Promise<void> {
  const text = copyTask(TEXT);
  const { vocabSize } = text.tokenizer;
  const settings = { text: TEXT, model: MODEL, train: PLAN, without: WITHOUT, recurrent: RECURRENT };
  const lab = recording<AblationLine>("ablation", SEEDS, settings);
  const sizes = { vocabSize, blockSize: MODEL.blockSize, nLayer: MODEL.nLayer };
  const makers = {
    ...Object.fromEntries(
      Object.entries(WITHOUT).map(([name, part]) => [
        name,
        (seed: number) => transformer({ ...MODEL, vocabSize, ...part }, { seed }),
      ]),
    ),
    ...Object.fromEntries(
      Object.entries(RECURRENT).map(([name, part]) => [
        name,
        (seed: number) => recurrent({ ...sizes, ...part }, { seed }),
      ]),
    ),
  };
  const rows: AblationLine[] = [];
  for (const seed of SEEDS)
    for (const [model, make] of Object.entries(makers))
      rows.push(
        ...(await lab.part(`${model}, seed ${seed}`, async () => {
          const made = make(seed);
          let valLoss = NaN;
          for await (const row of train(made, text, { ...PLAN, seed })) valLoss = row.valLoss ?? NaN;
          print(`${model}, seed ${seed}: ${valLoss.toFixed(3)}`);
          return [{ model, seed, parameters: made.totalParameters(), valLoss: rounded(valLoss, 4) }];
        })),
      );
  lab.finish(rows);
}
