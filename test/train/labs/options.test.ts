/** What the labs do without options, and what their rows are made of. */

import { expect, it } from "vitest";
import { Corpus, mixture } from "../../../lib/data/index.js";
import { transformer } from "../../../lib/models/index.js";
import { effectiveExperts } from "../../../lib/moe/index.js";
import { capacityLab, collapse, type CollapseRow, specialization } from "../../../lib/train/index.js";

const text = new Corpus("Call me Ishmael. Some years ago, never mind how long precisely. ".repeat(90));
const shape = { blockSize: 4, nLayer: 1, nHead: 1, dModel: 4 };

async function rowsOf(count: number, options: object): Promise<CollapseRow[]> {
  const rows: CollapseRow[] = [];
  for await (const row of collapse(text, { batchSize: 1, model: shape, ...options }))
    if (rows.push(row) >= count) break;
  return rows;
}

it("a run of the collapse lab has 200 steps: its learning rate falls as slowly", async () => {
  const rates = async (options: object) => (await rowsOf(14, options)).map(({ lr }) => lr);
  expect(await rates({})).toEqual(await rates({ steps: 200 }));
  for (const steps of [199, 201]) expect(await rates({ steps })).not.toEqual(await rates({}));
});

it("its rows say how many experts the most uneven layer amounts to", async () => {
  for (const { effective, load } of await rowsOf(4, { model: { ...shape, nLayer: 3 } }))
    expect(effective).toBe(Math.min(...load!.map(effectiveExperts)));
});

it("the capacity lab knows three rules", () => {
  const model = transformer({ ...shape, vocabSize: text.tokenizer.vocabSize, nExpert: 2 }, { seed: 1 });
  expect(() => capacityLab(model, text, { overflows: ["queue" as "drop"] })).toThrow(
    'capacityLab: overflows must be one of drop, nextBest, dropless, got "queue"',
  );
});

it("specialization asks 128 blocks and shuffles 40 times by the seed 1, unless told otherwise", () => {
  const mixed = mixture(
    ["abcabd", "12341"].map((name) => ({ name, text: name.repeat(150) })),
    { chunk: 8, chunks: 320, validationShare: 0.5 },
  );
  const model = transformer({ ...shape, vocabSize: mixed.corpus.tokenizer.vocabSize, nExpert: 2 }, { seed: 1 });
  const found = specialization(model, mixed);
  expect(specialization(model, mixed, { blocks: 128, times: 40, seed: 1 })).toEqual(found);
  for (const other of [{ blocks: 127 }, { times: 39 }, { seed: 2 }])
    expect(specialization(model, mixed, other)).not.toEqual(found);
});
