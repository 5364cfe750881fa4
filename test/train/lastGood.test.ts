import { describe, expect, it } from "vitest";
import { Corpus } from "../../lib/data/index.js";
import {
  arange,
  buffer,
  loadSafetensors,
  Module,
  mul,
  parameter,
  saveSafetensors,
  sum,
  tensor,
} from "../../lib/index.js";
import { transformer } from "../../lib/models/index.js";
import type { BalanceFactors } from "../../lib/moe/index.js";
import { LastGood } from "../../lib/train/lastGood.js";
import { train, TrainingError } from "../../lib/train/index.js";

const corpus = new Corpus("The quick brown fox jumps over the lazy dog. ".repeat(40));
const shape = { vocabSize: corpus.tokenizer.vocabSize, blockSize: 8, nLayer: 2, nHead: 2, dModel: 8, nExpert: 4 };
const plan = { steps: 30, batchSize: 4, clip: Infinity, warmup: 0 };
const biased = (balance: BalanceFactors = { bias: 0.1 }): ReturnType<typeof transformer> =>
  transformer({ ...shape, balance }, { seed: 1 });

describe("a training that ran into infinity", () => {
  it.each([{ bias: 0.1 }, { quantile: 0.5 }])(
    "%j: leaves all state of the step before, selection biases too",
    async (balance) => {
      const model = biased(balance);
      const before = model.stateDict();
      const run = train(model, corpus, { ...plan, lr: 1e38, steps: 1 }).next();
      await expect(run).rejects.toThrow(TrainingError);
      expect(Object.keys(before)).toContain("blocks.0.feedForward.router.selectionBias");
      expect(model.stateDict()).toEqual(before);
    },
  );

  it.each([1e4, 1e10, 1e30])("at a learning rate of %d, whenever it happens", async (lr) => {
    const model = biased();
    const states = [model.stateDict()];
    const run = async (): Promise<void> => {
      for await (const row of train(model, corpus, { ...plan, lr })) if (row.step > 0) states.push(model.stateDict());
    };
    const failed = await run().then(
      () => false,
      () => true,
    );
    expect(failed || states.length === plan.steps + 1).toBe(true);
    // After a failed step, the state is that of an earlier one as a whole, never weights of one and biases of another.
    if (failed) expect(states.slice(0, -1)).toContainEqual(model.stateDict());
  });

  it("also where it is left early, before its last update was tried out", async () => {
    const model = biased();
    const before = model.stateDict();
    for await (const row of train(model, corpus, { ...plan, lr: 1e38 })) if (row.step === 1) break;
    expect(model.stateDict()).toEqual(before);
  });
});

describe("the last good state", () => {
  class Counting extends Module {
    readonly weight = parameter(tensor([1, 2]));
    readonly mean = buffer(tensor([0.5]));
    readonly calls = buffer(arange(2));
  }

  it("holds parameters and buffers of any dtype, as of the last save", () => {
    const model = new Counting();
    const last = new LastGood(model);
    model.weight.set([3, 4]);
    model.mean.set(7);
    model.calls.set([5, 6]);
    last.save();
    const saved = model.stateDict();
    model.weight.set(NaN);
    model.mean.set(NaN);
    model.calls.set(0);
    last.restore();
    expect(model.stateDict()).toEqual(saved);
  });

  it.each([
    ["loss", 1, NaN, "the model came with weights that give no number"],
    ["gradient", 1, Infinity, "the model came with weights that give no number"],
    ["validation loss", 1, NaN, "the model has the last weights that worked. Try a lower learning rate"],
    ["loss", 2, -Infinity, "the model has the last weights that worked. Try a lower learning rate"],
    ["validation loss", 7, Infinity, "the model has the last weights that worked. Try a lower learning rate"],
  ])("comes back when the %s of step %d is %d, which the error says", (what, step, value, rest) => {
    const model = new Counting();
    const last = new LastGood(model);
    const saved = model.stateDict();
    model.weight.set(NaN);
    model.weight.grad = tensor([1, 2]);
    let thrown: unknown;
    try {
      last.check(value, what, step);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(TrainingError);
    const { name, message, step: of } = thrown as TrainingError;
    expect([name, of]).toEqual(["TrainingError", step]);
    expect(message).toBe(`training stopped: the ${what} of step ${step} is ${value}; ${rest}`);
    expect(model.stateDict()).toEqual(saved);
    expect(model.weight.grad).toBeNull(); // it belongs to the weights that failed
  });

  it("stays where it is while the numbers are ordinary", () => {
    const model = new Counting();
    const last = new LastGood(model);
    model.weight.set(8);
    for (const value of [0, -1, 1e300]) last.check(value, "loss", 1);
    expect(model.weight.toArray()).toEqual([8, 8]);
  });

  it("tells a graph that still needs the newer numbers", () => {
    const model = new Counting();
    const last = new LastGood(model);
    const y = sum(mul(model.weight, model.weight));
    last.restore();
    expect(() => y.backward()).toThrow("train changed the tensor [2] in place");
  });
});

it.each([{ bias: 0.1 }, { quantile: 0.5 }])(
  "%j: a checkpoint of a model under training holds the selection biases, and gives them back",
  async (balance) => {
    const model = biased(balance);
    for await (const row of train(model, corpus, { ...plan, lr: 1e-3, steps: 3 })) expect(row.step).toBeLessThan(4);
    const { state } = loadSafetensors(saveSafetensors(model.stateDict()));
    const other = biased(balance);
    other.loadStateDict(state);
    const biases = other.namedBuffers().map(([name, bias]) => [name, [...bias.toTypedArray()]] as const);
    expect(biases.map(([name]) => name)).toEqual([0, 1].map((i) => `blocks.${i}.feedForward.router.selectionBias`));
    expect(biases.some(([, values]) => values.some((value) => value !== 0))).toBe(true);
    expect(other.stateDict()).toEqual(model.stateDict());
  },
);
