/** Seconds of a training step and of a written token, apart from the runs: only a quiet machine can tell them. */

import type { Corpus } from "../../../lib/data/index.js";
import { transformer } from "../../../lib/models/index.js";
import { crossoverConfig, type CrossoverModel } from "../../../lib/notebook/crossover/index.js";
import { measureSteps } from "../../../lib/notebook/machine/index.js";
import { train } from "../../../lib/train/index.js";
import { writeWhole } from "../parts.js";
import { madeBy, rounded } from "../record.js";
import { CONTENDERS, PLAN } from "./settings.js";

/** Milliseconds, medians over rounds. */
export interface TimeRow extends CrossoverModel {
  /** A training step: forward, backward and update, of `batchSize` blocks. */
  readonly trainStep: number;
  /** The middle half of all rounds. */
  readonly trainLow: number;
  readonly trainHigh: number;
  /** One more token of one text, with a cache. */
  readonly token: number;
}

const ROUNDS = 25;
/** Steps that do not count: code is compiled, memory is taken. */
const FIRST = 5;

/** All contenders in turn, a step each, every round beginning with another one: whatever else the machine does slows down all. */
export async function measureTimes(text: Corpus, file: string, print: (line: string) => void): Promise<void> {
  const { batchSize } = PLAN;
  const runs = CONTENDERS.map((one) =>
    train(transformer(crossoverConfig(one), { seed: 1 }), text, {
      steps: FIRST + ROUNDS,
      batchSize,
      evalBlocks: 1,
    }),
  );
  const times: number[][] = runs.map(() => []);
  for (let round = 0; round < FIRST + ROUNDS; round++) {
    for (let turn = 0; turn < runs.length; turn++) {
      const which = (round + turn) % runs.length;
      const { value } = await runs[which].next();
      const milliseconds = (1000 * batchSize * 32) / value!.tokensPerSecond;
      if (round >= FIRST) times[which].push(milliseconds);
    }
  }
  for (const run of runs) await run.return();
  const models = Object.fromEntries(
    CONTENDERS.map((one) => [keyOf(one), transformer(crossoverConfig(one), { seed: 1 })]),
  );
  const written = await measureSteps(models, { rounds: 15, prompt: 16, tokens: 8, seconds: 600 });
  const rows = CONTENDERS.map((one, i): TimeRow => {
    const sorted = times[i].sort((a, b) => a - b);
    const at = (share: number): number => rounded(sorted[Math.floor(share * (sorted.length - 1))], 2);
    const token = 1000 * written.find(({ model }) => model === keyOf(one))!.seconds;
    return { ...one, trainStep: at(0.5), trainLow: at(0.25), trainHigh: at(0.75), token: rounded(token, 3) };
  });
  for (const row of rows) print(`${keyOf(row)}: ${row.trainStep} ms a step, ${row.token} ms a token`);
  const head = { command: "npm run labs -- crossover --time", ...madeBy(), rounds: ROUNDS, seeds: [1] };
  const lines = rows.map((row) => `    ${JSON.stringify(row)}`).join(",\n");
  writeWhole(file, `${JSON.stringify(head, null, 2).slice(0, -2)},\n  "rows": [\n${lines}\n  ]\n}\n`);
}

const keyOf = ({ contender, width, size }: CrossoverModel): string => `${contender} D${width} x${size}`;
