/** What a seed gives: the same first weights, choices and texts in every version, as long as no change of them is meant. After one
 *  that is, `npx vitest run --project unit test/models/seeded -u` writes test/golden/models anew. */

import { describe, expect, it } from "vitest";
import { Corpus, mixture } from "../../lib/data/index.js";
import {
  applyLora,
  Dropout,
  fromArray,
  Generator,
  LSTM,
  type Module,
  noGrad,
  ones,
  RNN,
  type Tensor,
} from "../../lib/index.js";
import { transformer } from "../../lib/models/index.js";
import { dropsByChance, generate, specialization, train } from "../../lib/train/index.js";

const few = (values: ArrayLike<number>, count = 3): string =>
  Array.from({ length: Math.min(count, values.length) }, (_, i) => values[i].toPrecision(4)).join(" ");
const weights = (model: Module): string[] =>
  model.namedParameters().map(([name, parameter]) => `${name} ${few(parameter.toTypedArray())}`);
const golden = (name: string): string => `../golden/models/${name}.txt`;
const lines = (all: readonly string[]): string => `${all.join("\n")}\n`;

const corpus = new Corpus("The quick brown fox jumps over the lazy dog. ".repeat(12));
const shape = { vocabSize: corpus.tokenizer.vocabSize, blockSize: 8, nLayer: 2, nHead: 2, dModel: 8 };
const routers: Record<string, object> = {
  dense: { nExpert: 0 },
  topK: { topK: 2, nSharedExpert: 1, bias: true },
  "learned noise": { topK: 2, noise: "learned", routerBias: true },
  "normal noise, half of the experts sit out": { topK: 1, noise: "normal", noiseScale: 1, expertDropout: 0.5 },
  gumbel: { topK: 1, noise: "gumbel" },
  jitter: { topK: 1, noise: "jitter", noiseScale: 0.5 },
  "cosine, first come at random": { topK: 1, score: "cosine", capacityFactor: 0.75, queue: "random" },
  gshard: { select: "gshard", topK: 2, capacityFactor: 1, secondExpert: "random", overflow: "nextBest" },
  "groups of experts": { select: "groupLimited", topK: 2, nGroup: 2, topKGroup: 1, groupScore: "top2" },
  topP: { select: "topP", topP: 0.5 },
  expertChoice: { select: "expertChoice", topK: 1, capacityFactor: 1 },
  "expertChoice within each text": { select: "expertChoice", topK: 1, capacityFactor: 1, capacityPer: "sequence" },
  "the surest first, within each text": {
    topK: 2,
    capacityFactor: 0.75,
    capacityPer: "sequence",
    queue: "probability",
    order: "tokenMajor",
  },
  hash: { select: "hash", topK: 2 },
  table: { select: "table", topK: 2, score: "sqrtSoftplus" },
  random: { select: "random", topK: 2 },
  sinkhorn: { select: "sinkhorn", topK: 1 },
  base: { select: "base", topK: 1 },
  soft: { select: "soft", nSlot: 2 },
};

describe("the same seed gives the same", () => {
  it.each(Object.keys(routers))("weights and choices of a model: %s", async (name) => {
    const model = transformer({ ...shape, nExpert: 4, ...routers[name] }, { seed: 1 });
    // Ten times as large, so that the router has an opinion.
    const first = weights(model);
    for (const parameter of model.parameters()) parameter.set(parameter.toTypedArray().map((value) => value * 10));
    const ids = fromArray(corpus.tokenizer.encode("The quickfox jum"), [2, 8], "int32");
    const asked = (): string[] => {
      const { logits, routings } = noGrad(() => model.forward(ids));
      return [
        `logits ${few((logits as Tensor).toTypedArray())}`,
        ...routings.map((r) => `experts ${[...r.experts].join(" ")}, places ${[...r.positions].join(" ")}`),
      ];
    };
    const all = [...first, "training", ...asked(), "evaluation"];
    model.eval();
    await expect(lines([...all, ...asked()])).toMatchFileSnapshot(golden(name.replaceAll(/\W+/g, "-")));
  });

  it("weights of recurrent layers and adapters, and what a dropout drops", async () => {
    const rng = (): Generator => new Generator(1);
    const adapted = transformer({ ...shape, nLayer: 1 }, { seed: 1 });
    applyLora(adapted, ["query", "up"], { rng: rng(), rank: 2 });
    const adapters = weights(adapted).filter((line) => line.includes("adapter"));
    const dropped = new Dropout(0.5, { rng: rng() }).forward(ones([40])).toTypedArray();
    await expect(
      lines([
        ...weights(new RNN(3, 2, { rng: rng() })),
        ...weights(new LSTM(3, 2, { rng: rng() })),
        ...adapters,
        `dropout ${Array.from(dropped).join("")}`,
      ]),
    ).toMatchFileSnapshot(golden("layers"));
  });

  it("batches, texts, draws and mixtures", async () => {
    const model = transformer({ ...shape, nExpert: 4 }, { seed: 1 });
    const all: string[] = [];
    for await (const { loss, valLoss } of train(model, corpus, { steps: 4, batchSize: 2, lr: 0.01 }))
      all.push(`loss ${loss.toPrecision(4)}, validation ${valLoss?.toPrecision(4) ?? "none"}`);
    for (const p of model.parameters()) p.set(p.toTypedArray().map((value) => value * 10));
    all.push(`text ${JSON.stringify(generate(model, corpus.tokenizer, "The", { tokens: 40 }))}`);
    for (const { factor, measured } of dropsByChance({ draws: 20, factors: [0.5, 1.1] }))
      all.push(`drops at ${factor}: ${measured.toPrecision(4)}`);
    const domains = ["ab", "cd"].map((name) => ({ name, text: name.repeat(60) }));
    const mixed = mixture(domains, { chunk: 8, chunks: 20, validationShare: 0.5 });
    all.push(`domains ${[...mixed.labels.train].slice(0, 100).join("")}`);
    const reader = transformer({ ...shape, vocabSize: 4, nExpert: 4 }, { seed: 1 });
    for (const { domainByChance, domainByCharacter, characterByChance } of specialization(reader, mixed, { times: 5 })
      .rows)
      for (const { mean, low, high } of [domainByChance, domainByCharacter, characterByChance])
        all.push(`by chance ${few([mean, low, high])}`);
    await expect(lines(all)).toMatchFileSnapshot(golden("training"));
  });
});
