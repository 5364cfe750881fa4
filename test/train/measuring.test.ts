import { describe, expect, it } from "vitest";
import { Corpus, type Mixture, mixture } from "../../lib/data/index.js";
import { Dropout, Generator, type Tensor } from "../../lib/index.js";
import { type Transformer, transformer } from "../../lib/models/index.js";
import { capacityLab, evaluate, generate, specialization } from "../../lib/train/index.js";
import { RouterProbe } from "../../lib/train/probe.js";

const texts: Mixture = mixture(
  ["The quick brown fox. ", "1 + 2 = 3; 4 * 5 = 20; "].map((text) => ({ name: text, text: text.repeat(20) })),
  { chunk: 32, chunks: 20, validationShare: 0.3 },
);
const corpus: Corpus = texts.corpus;
const shape = { vocabSize: corpus.tokenizer.vocabSize, blockSize: 16, nLayer: 2, nHead: 2, dModel: 16, nExpert: 4 };

/** What measures a model, as numbers or text. */
const measures: Record<string, (model: Transformer) => unknown> = {
  evaluate: (model) => evaluate(model, corpus, { blocks: 4 }),
  generate: (model) => generate(model, corpus.tokenizer, "The", { tokens: 12 }),
  specialization: (model) => specialization(model, texts, { blocks: 8, times: 3 }),
  capacityLab: (model) => capacityLab(model, corpus, { factors: [1], overflows: ["drop", "dropless"], blocks: 4 }),
  "the flip rate's probe": (model) => new RouterProbe(model, corpus).flips(),
};

/** All that is different while a model trains. */
const noisy: Record<string, Partial<Parameters<typeof transformer>[0]>> = {
  "normal noise": { noise: "normal", noiseScale: 3 },
  "learned noise": { noise: "learned", noiseScale: 3 },
  "gumbel noise": { noise: "gumbel", noiseScale: 3 },
  jitter: { noise: "jitter", noiseScale: 0.9 },
  "dropout of experts": { expertDropout: 0.4 },
  "a capacity in training alone": { capacityFactor: 0.5, evalCapacityFactor: null },
};

const modesOf = (model: Transformer): boolean[] => model.modules().map(({ training }) => training);

describe.each(Object.entries(noisy))("a model with %s", (_, config) => {
  it.each(Object.entries(measures))("is measured in evaluation mode by %s, whatever mode it is in", (_, measure) => {
    const model = transformer({ ...shape, ...config }, { seed: 1 });
    const wanted = measure(model.eval());
    model.train();
    expect(measure(model)).toEqual(wanted);
    expect(measure(model)).toEqual(wanted);
    model.blocks[0].eval(); // modes that differ come back as they were
    const before = modesOf(model);
    expect(new Set(before).size).toBe(2);
    expect(measure(model)).toEqual(wanted);
    expect(modesOf(model)).toEqual(before);
  });
});

it("a layer of the reader's that drops numbers is switched off, too", () => {
  const model = transformer(shape, { seed: 1 });
  const { attention } = model.blocks[0];
  const drop = new Dropout(0.5, { rng: new Generator(1) });
  const original = attention.forward.bind(attention);
  Object.assign(attention, {
    drop,
    forward: (...given: Parameters<typeof original>): Tensor => drop.forward(original(...given) as Tensor),
  });
  const { capacityLab: _, ...here } = measures; // it measures a copy, which has no such layer
  for (const measure of Object.values(here)) expect(measure(model)).toEqual(measure(model));
  expect(drop.training).toBe(true);
});

it.each(Object.entries(measures))("%s gives the mode back when the model throws", (name, measure) => {
  const model = transformer(shape, { seed: 1 });
  const before = modesOf(model);
  const probe = new RouterProbe(model, corpus);
  const copied = name === "capacityLab"; // its copies throw for a model whose routers are broken
  if (copied) Object.assign(model, { config: { ...model.config, topK: 99 } });
  else {
    model.blocks[1].forward = () => {
      throw new Error("broken");
    };
  }
  expect(() => (name.includes("probe") ? probe.flips() : measure(model))).toThrow();
  expect(modesOf(model)).toEqual(before);
});
