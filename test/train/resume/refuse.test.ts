import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { Corpus } from "../../../lib/data/index.js";
import { Generator, Linear, saveSafetensors } from "../../../lib/index.js";
import { transformer } from "../../../lib/models/index.js";
import { trainLive } from "../../../lib/notebook/index.js";
import { AdamW, RunFolder, RunState, SGD, train, type TrainOptions, type TrainRow } from "../../../lib/train/index.js";
import { checksum } from "../../../lib/train/resume/checksum.js";
import { timeless } from "./saved.js";

const root = mkdtempSync(path.join(tmpdir(), "twinformer-resume-"));
afterAll(() => rmSync(root, { recursive: true }));

const fox = "The quick brown fox jumps over the lazy dog. ".repeat(12);
const corpus = new Corpus(fox);
const shape = { vocabSize: corpus.tokenizer.vocabSize, blockSize: 8, nLayer: 1, nHead: 2, dModel: 8, nExpert: 2 };
const options = { steps: 6, batchSize: 2 };

async function rowsOf(more: Partial<TrainOptions>, config: object = {}, text = corpus): Promise<TrainRow[]> {
  const rows: TrainRow[] = [];
  for await (const row of train(transformer({ ...shape, ...config }), text, { ...options, ...more })) rows.push(row);
  return rows;
}

/** A save after step 3. */
let bytes: Uint8Array;
beforeAll(async () => {
  for await (const row of train(transformer(shape), corpus, { ...options, saveTo: (save) => void (bytes = save) }))
    if (row.step === 3) break;
});

describe("train refuses a save of another run and names what differs:", () => {
  it.each<[string, Partial<TrainOptions>, object]>([
    ["model.config.nHead is 1 here and 2 in the save", {}, { nHead: 1 }],
    ["model.config.balance is 0.5 here and 0.01 in the save", {}, { balance: 0.5 }],
    ["train.steps is 7 here and 6 in the save", { steps: 7 }, {}],
    ["train.batchSize is 1 here and 2 in the save", { batchSize: 1 }, {}],
    ["train.seed is 4 here and 0 in the save", { seed: 4 }, {}],
    ["train.lr is 0.1 here and 0.001 in the save; other differences: train.minLr", { lr: 0.1 }, {}],
    ["train.clip is Infinity here and 1 in the save", { clip: Infinity }, {}],
    ["optimizer.betas is [0, 0.99] here and [0.9, 0.99] in the save", { betas: [0, 0.99] }, {}],
    ["optimizer.weightDecay is 0 here and 0.1 in the save", { weightDecay: 0 }, {}],
  ])("%s", async (sentence, more, config) => {
    await expect(rowsOf({ ...more, resume: bytes }, config)).rejects.toThrow(
      `train: the save is of another run: ${sentence}`,
    );
  });

  it("text.train, with the numbers of tokens and their checksums", async () => {
    const other = new Corpus(fox.replace("fox", "ofx"));
    await expect(rowsOf({ resume: bytes }, {}, other)).rejects.toThrow(
      /the save is of another run: text\.train is "486 tokens, checksum \w{8}" here and "486 tokens, checksum \w{8}" in the save$/,
    );
  });

  it("but not for another name, other evaluations or metrics, and any kind of bytes will do", async () => {
    const free = { name: "mine", evalEvery: 2, evalBlocks: 1, metrics: true };
    const losses = (await rowsOf({})).slice(3).map((row) => row.loss);
    for (const resume of [bytes, bytes.slice().buffer, Buffer.from(bytes), new Blob([bytes as never])])
      expect((await rowsOf({ ...free, resume })).map((row) => row.loss)).toEqual(losses);
  });
});

describe("RunState refuses", () => {
  const linear = (): Linear => new Linear(2, 1, { rng: new Generator(1) });

  it("a save of another optimizer, of more generators, of other shapes, each by its name", () => {
    const [one, other] = [linear(), linear()];
    const save = new RunState({ model: one, optimizer: new AdamW(one.parameters()) }).save();
    const load = (parts: ConstructorParameters<typeof RunState>[0]) => () => new RunState(parts).load(save);
    const optimizer = new AdamW(other.parameters());
    expect(load({ model: other, optimizer: new SGD(other.parameters()) })).toThrow(
      'optimizer.kind is "SGD" here and "AdamW" in the save',
    );
    expect(load({ model: other })).toThrow("optimizer.kind is absent here");
    expect(load({ model: other, optimizer, generators: { noise: new Generator(1) } })).toThrow(
      "generator noise is there here and absent in the save",
    );
    const wide = new Linear(3, 1, { rng: new Generator(1) });
    expect(load({ model: wide, optimizer: new AdamW(wide.parameters()) })).toThrow(
      "model.weight is float32 [1, 3] here and float32 [1, 2] in the save",
    );
  });

  it("an optimizer of another model, and what is no plain data", () => {
    const model = linear();
    expect(() => new RunState({ model, optimizer: new SGD(linear().parameters()) })).toThrow(
      "RunState: the optimizer has a parameter [1, 2] that is not the model's",
    );
    expect(() => new RunState({ model, progress: { seen: new Set() } })).toThrow(
      "RunState: progress.seen must be plain data (numbers, texts, lists, objects, true, false, null), got an object",
    );
  });

  it("running means of another number or size, before it forgets its own", () => {
    const model = linear();
    const adam = new AdamW(model.parameters());
    const before = adam.memory().size;
    for (const means of [
      [[0, 0]],
      [[0], [0, 0]],
      [
        [0, 0],
        [0, 0],
        [0, 0],
      ],
    ])
      expect(() => adam.remember(new Map([[model.weight, { step: 1, means }]]))).toThrow(
        "AdamW.remember: needs 2 running means of the size of each parameter",
      );
    adam.remember(
      new Map([
        [
          model.weight,
          {
            step: 4,
            means: [
              [1, 2],
              [3, 4],
            ],
          },
        ],
      ]),
    );
    expect([before, adam.memory().size]).toEqual([0, 1]);
    expect(adam.memory().get(model.weight)!.step).toBe(4);
    expect(
      adam
        .memory()
        .get(model.weight)!
        .means.map((mean) => Array.from(mean.toTypedArray())),
    ).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  it("a save of a newer format, and files that are none", () => {
    const run = new RunState({ model: linear() });
    const metadata = { checksum: "00000000", format: "twinformer run", version: "2", run: "{}" };
    const newer = saveSafetensors({}, metadata);
    newer.set(new TextEncoder().encode(checksum(newer)), 8 + '{"__metadata__":{"checksum":"'.length);
    expect(() => run.load(newer)).toThrow("RunState.load: the save has format version 2, this library reads 1");
    expect(() => run.load(saveSafetensors(linear().stateDict()))).toThrow("the save is no file that a run saved");
    expect(() => run.load("runs" as never)).toThrow('RunState.load: needs the bytes of a save, got "runs"');
  });
});

describe("a run with a folder", () => {
  const saveTo = path.join(root, "run");

  it("begins where there is no save, saves when it is stopped by the Stop button, and goes on", async () => {
    async function* pressing(): AsyncGenerator<TrainRow> {
      for await (const row of train(transformer(shape), corpus, { ...options, saveTo, resume: true })) {
        if (row.step === 4) process.emit("SIGINT");
        yield row;
      }
    }
    const { rows, stopped } = await trainLive({ MoE: pressing() });
    expect(stopped).toBe("interrupted");
    expect(readdirSync(saveTo)).toEqual(["run-00000004.safetensors"]);
    const rest = await rowsOf({ saveTo, resume: true });
    expect(timeless([...rows, ...rest])).toEqual(timeless(await rowsOf({})));
    expect(readdirSync(saveTo)).toEqual(["run-00000004.safetensors", "run-00000006.safetensors"]);
  });

  it("that has ended gives no more rows, and the model that it ended with", async () => {
    const [ended, model] = [transformer(shape), transformer(shape, { seed: 9 })];
    for await (const row of train(ended, corpus, options)) expect(row.step).toBeGreaterThan(0);
    for await (const row of train(model, corpus, { ...options, resume: saveTo })) expect(row).toBeNull();
    expect(model.stateDict()).toEqual(ended.stateDict());
  });

  it("refuses to begin anew where saves are, and to go on from none", async () => {
    await expect(rowsOf({ saveTo })).rejects.toThrow(
      /^train: .* has saves of a run: resume: true goes on from the last one, another folder begins anew$/,
    );
    await expect(rowsOf({ saveTo, resume: bytes })).rejects.toThrow("has saves of a run");
    await expect(rowsOf({ resume: path.join(root, "none") })).rejects.toThrow(/^train: there is no save in .*none$/);
    await expect(rowsOf({ resume: path.join(root, "none.safetensors") })).rejects.toThrow(
      /^train: cannot read .*none\.safetensors: there is no such file or folder$/,
    );
    await expect(rowsOf({ resume: true })).rejects.toThrow("train: resume: true needs saveTo");
    await expect(rowsOf({ saveEvery: 0 })).rejects.toThrow("train: saveEvery must be an integer from 1, or Infinity");
    await expect(rowsOf({ saveTo: 3 as never })).rejects.toThrow("train: saveTo must be the path of a folder or a");
  });

  it("says that its last save is torn and goes on from the one before", async () => {
    const { writeFileSync } = await import("node:fs");
    writeFileSync(path.join(saveTo, "run-00000006.safetensors"), bytes.subarray(0, 500));
    const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    expect((await rowsOf({ saveTo, resume: true })).map((row) => row.step)).toEqual([5, 6]);
    expect(warn.mock.calls).toEqual([
      [expect.stringMatching(/^train: .*run-00000006.* is not whole: .*; going on from /)],
    ]);
    warn.mockRestore();
  });

  it("says where a save fails, also where the Stop button made it", async () => {
    const folder = new RunFolder(path.join(saveTo, "run-00000006.safetensors"));
    await expect(folder.write(1, bytes)).rejects.toThrow(/^RunFolder: cannot write .*run-00000006/);
    const full = (): void => {
      throw new Error("the disk is full");
    };
    const failing = { ...options, saveTo: full };
    await expect(rowsOf(failing)).rejects.toThrow("the disk is full");
    const model = transformer(shape);
    const error = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const { stopped, message } = await trainLive(train(model, corpus, failing), { signal: { aborted: true } });
    error.mockRestore();
    expect([stopped, message]).toEqual(["error", expect.stringContaining("the disk is full")]);
    expect(model.training).toBe(false);
  });

  it("is no path in a page", async () => {
    vi.stubGlobal("process", undefined);
    const written = new RunFolder("runs").write(1, bytes);
    vi.unstubAllGlobals();
    await expect(written).rejects.toThrow("RunFolder: runs is a path, which only Node can use: in a page, saveTo is a");
  });
});

it("a run into infinity ends with the same error and the same last good weights, also when it was saved between", async () => {
  const bad = { ...options, lr: 1e38, warmup: 0, clip: Infinity };
  const ended = async (more: Partial<TrainOptions>, until = Infinity): Promise<[string, unknown]> => {
    const model = transformer(shape, { seed: 1 });
    try {
      for await (const row of train(model, corpus, { ...bad, ...more })) if (row.step === until) break;
      return ["no error", null];
    } catch (error) {
      return [(error as Error).message, model.stateDict()];
    }
  };
  let save = new Uint8Array();
  await ended({ saveTo: (given) => void (save = given.slice()) }, 1);
  const straight = await ended({});
  expect(straight[0]).toMatch(/^training stopped: the loss of step 2 is/);
  expect(await ended({ resume: save })).toEqual(straight);
});
