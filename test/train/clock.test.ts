/** What `train` does beside the model's numbers: time, turns of the event loop, batches. */

import { afterEach, describe, expect, it, vi } from "vitest";
import { Corpus } from "../../lib/data/index.js";
import { Generator } from "../../lib/index.js";
import { transformer } from "../../lib/models/index.js";
import { balanceLoss } from "../../lib/moe/index.js";
import { evaluate, losses, train, type TrainOptions, type TrainRow } from "../../lib/train/index.js";
import { tick } from "../../lib/train/tick.js";

const corpus = new Corpus("The quick brown fox jumps over the lazy dog. ".repeat(80));
const shape = { vocabSize: corpus.tokenizer.vocabSize, blockSize: 8, nLayer: 1, nHead: 1, dModel: 4 };
const plan = { steps: 4, batchSize: 3, evalBlocks: 1 };

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

async function rowsOf(options: Partial<TrainOptions> = {}, model = transformer(shape)): Promise<TrainRow[]> {
  const rows: TrainRow[] = [];
  for await (const row of train(model, corpus, { ...plan, ...options })) rows.push(row);
  return rows;
}

it("a clock that goes on by 250 ms whenever it is read gives each step 0.25 seconds, and its evaluation none", async () => {
  let now = 0;
  vi.spyOn(performance, "now").mockImplementation(() => (now += 250));
  const rows = await rowsOf({ evalEvery: 2 });
  expect(rows.map(({ seconds }) => seconds)).toEqual([0.25, 0.5, 0.75, 1]);
  expect(rows.map(({ tokensPerSecond }) => tokensPerSecond)).toEqual([96, 96, 96, 96]); // 3 · 8 tokens in 0.25 s
});

describe("between two steps", () => {
  it("others have their turn: a timer fires, though nobody else waits", async () => {
    let turns = 0;
    const again = (): void => {
      turns++;
      next = setImmediate(again);
    };
    let next = setImmediate(again);
    await rowsOf();
    clearImmediate(next);
    expect(turns).toBeGreaterThanOrEqual(plan.steps);
  });

  it("a turn is one of setImmediate, and of a timer where there is none, as in a browser", async () => {
    const timer = vi.spyOn(globalThis, "setTimeout");
    await tick();
    expect(timer).not.toHaveBeenCalled();
    const immediate = vi.fn();
    vi.stubGlobal("setImmediate", immediate);
    void tick();
    expect(immediate).toHaveBeenCalledOnce();
    vi.stubGlobal("setImmediate", undefined);
    await tick();
    expect(timer).toHaveBeenCalledOnce();
  });
});

describe("the batches", () => {
  it("are drawn one a step, from the stream of the seed that is named batches", async () => {
    const model = transformer(shape);
    const forward = vi.spyOn(model, "forward");
    await rowsOf({ seed: 5 }, model);
    const rng = new Generator(5).fork("batches");
    const read = forward.mock.calls.map(([inputs]) => inputs).filter(({ shape: [rows] }) => rows === plan.batchSize);
    expect(read.map((inputs) => inputs.toArray())).toEqual(
      Array.from({ length: plan.steps }, () => corpus.batch("train", 3, 8, rng).inputs.toArray()),
    );
  });

  it("go through a model in training mode, which is in evaluation mode at the end", async () => {
    const model = transformer(shape).eval();
    const modes: boolean[] = [];
    const forward = model.forward.bind(model) as (...given: unknown[]) => never;
    model.forward = (...given: unknown[]) => {
      modes.push(model.training);
      return forward(...given);
    };
    await rowsOf({ evalEvery: 2 }, model);
    expect(modes).toEqual([true, true, false, true, true, false]); // evaluated after steps 2 and 4
    expect(model.training).toBe(false);
  });
});

it("evaluation takes 32 blocks at a time, and the rest", () => {
  const text = new Corpus("The quick brown fox jumps over the lazy dog. ".repeat(80), { validationShare: 0.2 });
  const model = transformer(shape);
  const forward = vi.spyOn(model, "forward");
  evaluate(model, text);
  const sizes = forward.mock.calls.map(([{ shape }]) => shape[0]);
  const count = Math.floor((text.validation.length - 1) / 8);
  expect(sizes.slice(0, -1)).toEqual(new Array(Math.floor(count / 32)).fill(32));
  expect(sizes.at(-1)).toBe(count % 32);
});

describe("the loss that is trained", () => {
  const { inputs, targets } = corpus.batch("train", 3, 8, new Generator(1));

  it("is the cross entropy and the balance terms of the config", () => {
    const balance = { switch: 0.5, z: 0.25 };
    const model = transformer({ ...shape, nExpert: 4, balance });
    const { loss, total, routings, load } = losses(model, inputs, targets);
    expect(total.item()).toBeCloseTo(loss.item() + balanceLoss(routings, balance)!.item(), 5);
    expect(total.item()).toBeGreaterThan(loss.item() + 0.1);
    expect(load).toEqual(routings.map((routing) => routing.load));
  });

  it("is the cross entropy alone where there is no term", () => {
    for (const config of [shape, { ...shape, nExpert: 4, balance: 0 }]) {
      const { loss, total, load } = losses(transformer(config), inputs, targets);
      expect(total.item()).toBe(loss.item());
      expect(load === null).toBe(!("nExpert" in config));
    }
  });
});
