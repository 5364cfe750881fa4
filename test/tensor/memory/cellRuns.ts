/** One notebook cell, run again and again: it makes the twins, trains them a little and leaves its variables behind, which the next
 *  run replaces; as tslab does it, a cell is an async function whose declarations become globals. Prints memory after each run.
 *  Run by memory.test.ts in a process of its own: `cellRuns.ts RUNS`. */

import { memoryUse } from "../../../lib/kernels/memory.js";
import { Corpus } from "../../../lib/data/index.js";
import { twins } from "../../../lib/models/index.js";
import { train, type TrainRow } from "../../../lib/train/index.js";

const runs = Number(process.argv[2]);
const text = Array.from({ length: 4000 }, (_, i) => "abcdefgh \n"[(i * i + 3 * i) % 10]).join("");
const left: Record<string, unknown> = {};

async function cell(): Promise<void> {
  const corpus = new Corpus(text);
  const { vocabSize } = corpus.tokenizer;
  const { dense, moe } = twins({ vocabSize, blockSize: 16, nLayer: 1, nHead: 2, dModel: 16 }, { seed: 1 });
  const rows: TrainRow[] = [];
  for (const model of [dense, moe]) {
    for await (const row of train(model, corpus, { steps: 2, batchSize: 2, seed: 1 })) {
      rows.push(row);
      await new Promise((resolve) => setImmediate(resolve)); // a chart is drawn
    }
  }
  Object.assign(left, { corpus, dense, moe, rows });
}

/** Bytes of what is held by somebody. What waits for the collector is no leak; what one round finds may be all that held something
 *  else, and on a busy machine it may come late: rounds go on until one finds nothing more. */
async function held(): Promise<number> {
  for (let round = 0, last = Infinity; ; round++) {
    globalThis.gc!();
    await new Promise((resolve) => setTimeout(resolve, 5));
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    if (round >= 5 && heapUsed + arrayBuffers > last - 65_536) return heapUsed + arrayBuffers;
    last = heapUsed + arrayBuffers;
  }
}

const memory: { linear: number; used: number; rss: number }[] = [];
const losses = new Set<number>();
for (let run = 0; run < runs; run++) {
  await cell();
  losses.add((left.rows as TrainRow[]).at(-1)!.loss);
  const used = run % 50 === 49 ? await held() : NaN;
  memory.push({ linear: memoryUse().linearBytes, used, rss: process.memoryUsage.rss() });
}
console.log(JSON.stringify({ memory, losses: losses.size }));
