/** Every function of `twinformer/train`, `twinformer/data` and the metrics of `twinformer/moe` that takes numbers, with each of its
 *  numbers in turn left to the caller of this table. */

import { rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as data from "../../../lib/data/index.js";
import { Generator, ones, parameter, tensor, type Tensor } from "../../../lib/index.js";
import { transformer } from "../../../lib/models/index.js";
import { deadExperts, shuffledNMI } from "../../../lib/moe/index.js";
import * as train from "../../../lib/train/index.js";

const text = "The quick brown fox jumps over the lazy dog. ".repeat(8);
const corpus = new data.Corpus(text, { validationShare: 0.3 });
const shape = { vocabSize: corpus.tokenizer.vocabSize, blockSize: 4, nLayer: 1, nHead: 1, dModel: 4 };
const dense = transformer(shape);
const moe = transformer({ ...shape, nExpert: 2 });
const domains = ["ab", "cd"].map((name) => ({ name, text: name.repeat(40) }));
const long = ["ab", "cd"].map((name) => ({ name, text: `${name}\n`.repeat(8000) }));
const mixed = data.mixture(domains, { chunk: 8, chunks: 20, validationShare: 0.3 });
const reader = transformer({ ...shape, vocabSize: 4, nExpert: 2 });
const three = transformer({ ...shape, vocabSize: 4, nExpert: 3 });
const file = path.join(tmpdir(), `twinformer-options-${process.pid}.txt`);
writeFileSync(file, text);
process.on("exit", () => rmSync(file, { force: true }));

const withGradient = (): Tensor[] => {
  const w = parameter(tensor([[1, 2]]));
  w.grad = ones([1, 2]);
  return [w];
};
const labels = [0, 1, 1, 0, 1, 0];

/** Takes the first row, or all of a few. */
async function first(rows: AsyncIterator<unknown>): Promise<void> {
  await rows.next();
}

type Options = Record<string, unknown>;
/** What is called, the option that is set, and what the sentence calls the function where it is not the name in the table. */
type Case = readonly [option: string, call: (value: never) => unknown, says?: string];

/** One case for each option of a bag. */
const each = (options: readonly string[], call: (bag: never) => unknown, says?: string): Case[] =>
  options.map((option): Case => {
    const set = (value: unknown): unknown => call({ [option]: value } as never);
    return says === undefined ? [option, set] : [option, set, says];
  });

const plan = { steps: 1, batchSize: 1, evalBlocks: 1 };
const schedule = { lr: 1, minLr: 0, warmup: 2, steps: 10, every: 2, gamma: 0.5, cooldown: 3 };
const schedules = (
  name: "warmupConstant" | "warmupLinear" | "warmupCosine" | "stepDecay" | "inverseSquareRoot" | "warmupStableDecay",
  options: readonly string[],
): Case[] => [
  ["step", (step: number) => train[name](step, schedule)],
  ...each(options, (bag: Options) => train[name](5, { ...schedule, ...bag })),
];
const adam = (name: "Adam" | "AdamW"): Case[] => [
  ...each(["weightDecay", "eps"], (bag: Options) => new train[name](withGradient(), bag)),
  ["betas[0]", (beta: number) => new train[name](withGradient(), { betas: [beta, 0.9] })],
  ["betas[1]", (beta: number) => new train[name](withGradient(), { betas: [0.9, beta] })],
  ["lr", (lr: number) => new train[name](withGradient()).step(lr), `${name}.step`],
];

export const cases: Readonly<Record<string, readonly Case[]>> = {
  // data
  Corpus: [
    ...each(["validationShare"], (bag: Options) => new data.Corpus(text, bag)),
    ["batchSize", (n: number) => corpus.batch("train", n, 4, new Generator(1)), "Corpus.batch"],
    ["blockSize", (n: number) => corpus.batch("train", 2, n, new Generator(1)), "Corpus.batch"],
    ["batchSize", (n: number) => [...corpus.blocks("train", n, 4)], "Corpus.blocks"],
    ["blockSize", (n: number) => [...corpus.blocks("train", 2, n)], "Corpus.blocks"],
    ["blocks", (n: number) => [...corpus.blocks("train", 2, 4, n)], "Corpus.blocks"],
    ["blockSize", (n: number) => corpus.require("train", n)],
  ],
  fromText: each(["validationShare"], (bag: Options) => data.fromText(file, bag), "Corpus"),
  mobyDick: each(["validationShare"], (bag: Options) => data.mobyDick(bag), "Corpus"),
  mixture: each(["chunk", "chunks", "seed", "validationShare"], (bag: Options) =>
    data.mixture(domains, { chunk: 8, chunks: 4, ...bag }),
  ),
  copyTask: each(["words", "length", "letters", "seed"], (bag: Options) => data.copyTask({ words: 40, ...bag })),
  fourDomains: each(["seed"], (bag: Options) => data.fourDomains(bag)),
  // train
  lossDifferencesBySecond: [["points", (n: number) => train.lossDifferencesBySecond([], "MoE", "dense", n)]],
  SGD: [
    ...each(["weightDecay", "momentum"], (bag: Options) => new train.SGD(withGradient(), bag)),
    ["lr", (lr: number) => new train.SGD(withGradient()).step(lr), "SGD.step"],
  ],
  Adam: adam("Adam"),
  AdamW: adam("AdamW"),
  clipGradNorm: [["maxNorm", (n: number) => train.clipGradNorm(withGradient(), n)]],
  warmupConstant: schedules("warmupConstant", ["lr", "warmup"]),
  warmupLinear: schedules("warmupLinear", ["lr", "minLr", "warmup", "steps"]),
  warmupCosine: schedules("warmupCosine", ["lr", "minLr", "warmup", "steps"]),
  stepDecay: schedules("stepDecay", ["lr", "warmup", "every", "gamma"]),
  inverseSquareRoot: schedules("inverseSquareRoot", ["lr", "warmup"]),
  warmupStableDecay: schedules("warmupStableDecay", ["lr", "minLr", "warmup", "steps", "cooldown"]),
  evaluate: each(["batchSize", "blocks"], (bag: Options) => train.evaluate(dense, corpus, bag)),
  train: [
    ...each(
      [
        ...[
          "steps",
          "batchSize",
          "lr",
          "minLr",
          "warmup",
          "weightDecay",
          "clip",
          "seed",
          "evalEvery",
          "evalBlocks",
          "saveEvery",
        ],
      ],
      (bag: Options) => first(train.train(dense, corpus, { ...plan, ...bag })),
    ),
    ["betas[0]", (beta: number) => first(train.train(dense, corpus, { ...plan, betas: [beta, 0.9] }))],
    ["betas[1]", (beta: number) => first(train.train(dense, corpus, { ...plan, betas: [0.9, beta] }))],
  ],
  bitsPerByte: each(["batchSize"], (bag: Options) => train.bitsPerByte(dense, corpus.tokenizer, text, bag)),
  trainBpe: each(["vocabSize"], (bag: Options) => data.trainBpe(text, { vocabSize: 260, ...bag })),
  bpeSteps: each(["vocabSize"], (bag: Options) => data.bpeSteps(text, { vocabSize: 260, ...bag }), "trainBpe"),
  heldOut: each(["every", "blockLength"], (bag: Options) => data.heldOut(text, bag)),
  domainCorpus: each(["blockSize"], (bag: Options) =>
    data.domainCorpus(long, new data.CharTokenizer("abcd\n"), { blockSize: 4, ...bag }),
  ),
  generate: each(["tokens", "temperature", "topK", "seed"], (bag: Options) =>
    train.generate(dense, corpus.tokenizer, "The", { tokens: 3, ...bag }),
  ),
  collapse: each(["seed", "lead", "steps", "batchSize", "lr", "evalEvery", "evalBlocks"], (bag: Options) =>
    first(
      train.collapse(corpus, {
        ...plan,
        start: "biased",
        model: { blockSize: 4, dModel: 4 },
        ...bag,
      }),
    ),
  ),
  capacityLab: [
    ...each(["blocks", "batchSize"], (bag: Options) =>
      train.capacityLab(moe, corpus, { factors: [1], overflows: ["drop"], blocks: 2, ...bag }),
    ),
    ["factors", (factor: number) => train.capacityLab(moe, corpus, { factors: [factor], blocks: 2 })],
  ],
  dropsByChance: [
    ...each(["nToken", "nExpert", "topK", "draws", "seed"], (bag: Options) =>
      train.dropsByChance({ factors: [1], draws: 2, ...bag }),
    ),
    ["factors", (factor: number) => train.dropsByChance({ factors: [factor], draws: 2 })],
  ],
  specialization: each(["blocks", "seed", "times"], (bag: Options) =>
    train.specialization(reader, mixed, { blocks: 4, times: 3, ...bag }),
  ),
  adaptersForUsers: each(["rank", "steps", "batchSize", "lr", "seed", "evalBlocks"], (bag: Options) =>
    train.adaptersForUsers(transformer(shape), [corpus], { ...plan, ...bag }),
  ),
  expertCosts: each(["blocks"], (bag: Options) => train.expertCosts(three, mixed, bag)),
  routingTrace: each(["blocks"], (bag: Options) => train.routingTrace(moe, corpus, bag)),
  contenders: [["seed", (seed: number) => train.contenders({ ...shape, nExpert: 2 }, seed)]],
  compareTwins: [
    ...each(["steps", "batchSize", "lr", "evalEvery", "evalBlocks"], (bag: Options) =>
      first(train.compareTwins({ ...shape, nExpert: 2 }, corpus, { ...plan, ...bag })),
    ),
    [
      "seeds",
      (seed: number) => first(train.compareTwins({ ...shape, nExpert: 2 }, corpus, { ...plan, seeds: [seed] })),
    ],
  ],
  duelsBySecond: [
    [
      "points",
      (points: number) => {
        const rows = (["MoE", "dense"] as const).flatMap((contender) =>
          [1, 2].map((step) => ({ contender, seed: 1, step, seconds: step, valLoss: 1 })),
        );
        return train.duelsBySecond(rows, "MoE", "dense", points);
      },
    ],
  ],
  // moe/metrics
  shuffledNMI: each(["times", "together"], (bag: Options) => shuffledNMI(labels, labels, new Generator(1), bag)),
  deadExperts: [["share", (share: number) => deadExperts([1, 0], share)]],
};

/** What takes no number that could be wrong: rows, a text, a list of measured values. */
export const withoutNumbers = [
  ...["CharTokenizer", "mobyDickText", "TrainingError", "losses", "collapseSummary", "duels", "confidenceInterval"],
  ...["BpeTokenizer", "tokenizerFiles", "tokenizerFromJson", "domainCorpora", "RunState", "RunFolder"],
  ...["shuffledTrace", "lossDifferences"],
];

export const values: readonly unknown[] = [0, -1, 1.5, NaN, Infinity, "3", null];
export const exported: string[] = Object.entries({ ...data, ...train }).flatMap(([name, value]) =>
  typeof value === "function" ? [name] : [],
);
