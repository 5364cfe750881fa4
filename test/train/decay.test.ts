import { describe, expect, it } from "vitest";
import { Corpus } from "../../lib/data/index.js";
import {
  Generator,
  LayerNorm,
  Linear,
  LSTM,
  Module,
  parameter,
  RMSNorm,
  roleOf,
  type Tensor,
  zeros,
} from "../../lib/index.js";
import { transformer } from "../../lib/models/index.js";
import { Adam, AdamW, SGD, train } from "../../lib/train/index.js";

const corpus = new Corpus("The quick brown fox jumps over the lazy dog. ".repeat(20));
const shape = { vocabSize: corpus.tokenizer.vocabSize, blockSize: 8, nLayer: 2, nHead: 2, dModel: 8, bias: true };

/** Every option that adds a parameter. */
const models: Record<string, Parameters<typeof transformer>[0]> = {
  dense: shape,
  "topK with shared experts": { ...shape, nExpert: 4, nSharedExpert: 2, routerBias: true },
  "learned noise": { ...shape, nExpert: 4, noise: "learned", routerBias: true },
  "one expert per token, with a selection bias": { ...shape, nExpert: 4, topK: 1, balance: { bias: 0.1 } },
  cosine: { ...shape, nExpert: 4, score: "cosine", routerBias: true },
  hash: { ...shape, nExpert: 4, select: "hash" },
  soft: { ...shape, nExpert: 4, select: "soft", nSlot: 2 },
};

const isKept = (name: string): boolean => /bias$/i.test(name) || /(^|\.)norm\d?\./.test(name);

const optimizers = {
  SGD: (all: Tensor[]) => new SGD(all, { weightDecay: 0.5, momentum: 0.9 }),
  Adam: (all: Tensor[]) => new Adam(all, { weightDecay: 0.5 }),
  AdamW: (all: Tensor[]) => new AdamW(all, { weightDecay: 0.5 }),
};

describe.each(Object.entries(models))("weight decay of a model: %s", (_, config) => {
  it.each(Object.entries(optimizers))("%s pulls every weight to 0, and no bias and no norm", (_, make) => {
    const model = transformer(config, { seed: 1 });
    for (const p of model.parameters()) {
      p.set(2);
      p.grad = zeros(p.shape);
    }
    make(model.parameters()).step(0.1);
    const named = model.namedParameters();
    for (const [name, p] of named) {
      const moved = p.toTypedArray().every((value) => value < 2);
      const stayed = p.toTypedArray().every((value) => value === 2);
      expect([name, moved, stayed]).toEqual([name, !isKept(name), isKept(name)]);
    }
    expect(named.some(([name]) => isKept(name))).toBe(true);
  });

  it("in `train`, biases and norms after one step are the same with and without decay", async () => {
    const after = async (weightDecay: number): Promise<[string, Tensor][]> => {
      const model = transformer(config, { seed: 1 });
      for (const p of model.parameters()) if (p.toTypedArray().every((value) => value === 0)) p.set(0.1);
      for await (const row of train(model, corpus, { steps: 1, batchSize: 2, warmup: 0, weightDecay }))
        expect(row.lr).toBeGreaterThan(0);
      return model.namedParameters();
    };
    const [without, decayed] = [await after(0), await after(100)];
    without.forEach(([name, p], i) => {
      const equal = p.toTypedArray().every((value, at) => value === decayed[i][1].toTypedArray()[at]);
      expect([name, equal]).toEqual([name, isKept(name)]);
    });
  });
});

describe("the role of a parameter", () => {
  const rng = new Generator(1);

  it("is what its layer declares, else by its number of axes", () => {
    const roles = (module: Module): string[] => module.namedParameters().map(([name, p]) => `${name} ${roleOf(p)}`);
    expect(roles(new Linear(2, 3, { rng }))).toEqual(["weight weight", "bias bias"]);
    expect(roles(new LayerNorm(2))).toEqual(["weight norm", "bias bias"]);
    expect(roles(new RMSNorm(2))).toEqual(["weight norm"]);
    expect(roles(new LSTM(2, 3, { rng })).map((line) => line.split(" ")[1])).toEqual([
      "weight",
      "weight",
      "bias",
      "bias",
    ]);
    expect([[2], [2, 2], [2, 2, 2]].map((size) => roleOf(zeros(size)))).toEqual(["bias", "weight", "weight"]);
  });

  it("holds for a module of the reader's, where it is declared: stacked biases do not decay", () => {
    class Stacked extends Module {
      readonly offsets = parameter(zeros([3, 2]), "bias");
      readonly scale = parameter(zeros([2]), "weight");
    }
    const model = new Stacked();
    for (const p of model.parameters()) {
      p.set(1);
      p.grad = zeros(p.shape);
    }
    new AdamW(model.parameters(), { weightDecay: 0.5 }).step(1);
    expect([model.offsets, model.scale].map((p) => p.toTypedArray()[0])).toEqual([1, 0.5]);
    new AdamW(model.parameters(), { weightDecay: 0.5, decays: () => true }).step(1);
    expect(model.offsets.toTypedArray()[0]).toBe(0.5);
  });
});
