import { describe, expect, it } from "vitest";
import { Corpus } from "../../lib/data/index.js";
import { changeRouting, type ConfigInput, transformer } from "../../lib/models/index.js";
import { routersIn } from "../../lib/moe/index.js";
import { train, type TrainOptions, type TrainRow } from "../../lib/train/index.js";
import { timeless } from "../train/resume/saved.js";

const corpus = new Corpus("The quick brown fox jumps over the lazy dog. ".repeat(12));
const config: ConfigInput = {
  ...{ vocabSize: corpus.tokenizer.vocabSize, blockSize: 8, nLayer: 2, nHead: 2, dModel: 8, nExpert: 4 },
  balance: 0,
};
type Changes = Parameters<typeof changeRouting>[1];

const changes = {
  balance: { balance: 0.5 },
  bias: { balance: { bias: 0.1 } },
  quantile: { balance: { quantile: 0.5 } },
  capacity: { capacityFactor: 0.5, overflow: "drop" },
  rerouting: { capacityFactor: 0.5, overflow: "nextBest" },
  noise: { noise: "normal", noiseScale: 1 },
  jitter: { noise: "jitter", noiseScale: 0.2 },
  topK: { topK: 1, renormalize: false },
  dropout: { expertDropout: 0.3 },
} satisfies Record<string, Changes>;

/** Trains, and changes the routing after that step. */
async function rowsOf(change: Changes, after: number, more: Partial<TrainOptions> = {}): Promise<TrainRow[]> {
  const model = transformer(config, { seed: 1 });
  if (after === 0) changeRouting(model, change);
  const rows: TrainRow[] = [];
  for await (const row of train(model, corpus, { steps: 6, batchSize: 2, lr: 0.05, warmup: 0, ...more })) {
    rows.push(row);
    if (row.step === after) changeRouting(model, change);
  }
  return rows;
}

describe.each(Object.entries(changes))("changeRouting: %s", (_, change) => {
  it("acts from the next step on, and not before", async () => {
    const [never, late, early] = [await rowsOf({}, 0), await rowsOf(change, 3), await rowsOf(change, 0)].map(timeless);
    expect(late.slice(0, 3)).toEqual(never.slice(0, 3));
    expect(late.slice(3)).not.toEqual(never.slice(3));
    expect(late).not.toEqual(early);
  });

  it("before the first step, is the model that was made so", async () => {
    const made = transformer({ ...config, ...change, dExpert: 16 }, { seed: 1 });
    const rows: TrainRow[] = [];
    for await (const row of train(made, corpus, { steps: 6, batchSize: 2, lr: 0.05, warmup: 0 })) rows.push(row);
    expect(timeless(await rowsOf(change, 0))).toEqual(timeless(rows));
  });

  it("is saved with the run: the save goes on in a model that was changed alike, and in no other", async () => {
    const saves = new Map<number, Uint8Array>();
    const all = await rowsOf(change, 3, { saveTo: (bytes, step) => void saves.set(step, bytes.slice()), saveEvery: 2 });
    const [before, later] = [saves.get(2)!, saves.get(4)!];
    expect(timeless(await rowsOf(change, 3, { resume: before }))).toEqual(timeless(all.slice(2)));
    expect(timeless(await rowsOf(change, 0, { resume: later }))).toEqual(timeless(all.slice(4)));
    await expect(rowsOf({}, 0, { resume: later })).rejects.toThrow(/the save is of another run: /);
  });
});

describe("changeRouting", () => {
  it("keeps a selection bias that has learned, makes one at zero, and takes it away", () => {
    const model = transformer(config);
    const biases = (): (number[] | null)[] =>
      routersIn(model).map(({ selectionBias }) => selectionBias && [...selectionBias.toTypedArray()]);
    changeRouting(model, { balance: { bias: 0.1 } });
    expect(biases()).toEqual([0, 1].map(() => [0, 0, 0, 0]));
    const [{ selectionBias }] = routersIn(model);
    changeRouting(model, { balance: { bias: 0.2 }, capacityFactor: 2, overflow: "drop" });
    expect(routersIn(model)[0].selectionBias).toBe(selectionBias);
    changeRouting(model, { balance: { z: 0.2 } });
    expect(biases()).toEqual([null, null]);
  });

  it.each<[string, Changes, RegExp]>([
    ["another shape", { nSharedExpert: 1 }, /changeRouting: nSharedExpert needs a new model/],
    ["a router that learns its noise", { noise: "learned", noiseScale: 1 }, /needs a new model/],
    ["a choice that needs a table", { select: "table", balance: 0 }, /needs a new model/],
    ["a field of the model", { nExpert: 2 } as Changes, /needs a new model/],
    ["no such field", { nExperts: 2 } as Changes, /there is no field "nExperts"; the fields are vocabSize/],
    ["no sense", { topK: 9 }, /topK 9 must not exceed nExpert 4/],
    ["no sense together", { capacityFactor: 1 }, /capacityFactor 1 limits nothing with overflow "dropless"/],
    ["no value", { balance: NaN }, /balance must be/],
    ["no object", null as unknown as Changes, /changeRouting: changes must be an object, got null/],
  ])("refuses %s, and changes nothing", (_, change, sentence) => {
    const model = transformer(config);
    const before = JSON.stringify([model.config, routersIn(model).map((router) => router.config)]);
    expect(() => changeRouting(model, change)).toThrow(sentence);
    expect(JSON.stringify([model.config, routersIn(model).map((router) => router.config)])).toBe(before);
  });

  it("refuses a dense model and what is no model", () => {
    expect(() => changeRouting(transformer({ ...config, nExpert: 0 }), { balance: 1 })).toThrow(
      /changeRouting needs a model with experts, got a dense one/,
    );
    expect(() => changeRouting({} as never, { balance: 1 })).toThrow(/changeRouting needs a model/);
  });
});
