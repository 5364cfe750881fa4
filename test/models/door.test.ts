import { describe, expect, test } from "vitest";
import * as data from "../../lib/data/index.js";
import * as t from "../../lib/index.js";
import * as models from "../../lib/models/index.js";
import * as moe from "../../lib/moe/index.js";
import * as train from "../../lib/train/index.js";

const rng = new t.Generator(1);
const text = "abcdefgh ".repeat(40);
const corpus = new data.Corpus(text);
const shape = { vocabSize: corpus.tokenizer.vocabSize, blockSize: 8, nLayer: 1, nHead: 2, dModel: 8 };
const dense = models.transformer(shape);
const mixture = models.transformer({ ...shape, nExpert: 4 });
const logits: t.Tensor = t.randn([4, 3], rng);
const routing = moe.route(logits, { topK: 2 });
const scored = { scores: [0.1, 0.9, 0.5, 0.2], nToken: 2, nExpert: 2 };
const selection = moe.selectTopK(scored, 1);
const sequences: t.Tensor = t.ones([1, 2, 4]);

type Call = (...args: never[]) => unknown;
/** A right call of each function and layer: the arguments that must be given. */
const calls: Record<string, [Call, unknown[]]> = {
  // nn
  Linear: [(a, b) => new t.Linear(a, b, { rng }), [2, 3]],
  "Linear, its options": [(o: t.LinearOptions) => new t.Linear(2, 3, o), [{ rng, std: 0.02, bias: true }]],
  Embedding: [(a, b) => new t.Embedding(a, b, { rng }), [2, 3]],
  LayerNorm: [(a) => new t.LayerNorm(a), [2]],
  "LayerNorm, its options": [(o) => new t.LayerNorm(2, o), [{ bias: true, eps: 1e-5 }]],
  RMSNorm: [(a) => new t.RMSNorm(a), [2]],
  LearnedPositions: [(a, b) => new t.LearnedPositions(a, b, { rng }), [2, 3]],
  SinusoidalPositions: [(a) => new t.SinusoidalPositions(a), [2]],
  sinusoidal: [t.sinusoidal, [2, 4]],
  "sinusoidal, its options": [(o) => t.sinusoidal(2, 4, o), [{ start: 0, theta: 100 }]],
  "Linear.forward": [(x) => new t.Linear(4, 3, { rng }).forward(x), [sequences]],
  "Embedding.forward": [(x) => new t.Embedding(2, 3, { rng }).forward(x), [t.tensor([0, 1], { dtype: "int32" })]],
  "LayerNorm.forward": [(x) => new t.LayerNorm(4).forward(x), [sequences]],
  "LearnedPositions.forward": [(x, s) => new t.LearnedPositions(4, 4, { rng }).forward(x, s), [sequences, 0]],
  "SinusoidalPositions.forward": [(x, s) => new t.SinusoidalPositions(4).forward(x, s), [sequences, 0]],
  "RotaryPositions.forward": [(x, s) => new t.RotaryPositions().forward(x, s), [sequences, 0]],
  "MultiHeadAttention.forward": [(x) => new t.MultiHeadAttention(4, 2, { rng }).forward(x), [sequences]],
  "FeedForward.forward": [(x) => new t.FeedForward(4, 2, { rng }).forward(x), [sequences]],
  "Dropout.forward": [(x) => new t.Dropout(0.1, { rng }).forward(x), [sequences]],
  "RNN.forward": [(x) => new t.RNN(4, 2, { rng }).forward(x), [sequences]],
  "LSTM.forward": [(x) => new t.LSTM(4, 2, { rng }).forward(x), [sequences]],
  roleOf: [t.roleOf, [dense.parameters()[0]]],
  parameter: [t.parameter, [t.ones([2])]],
  treeRows: [t.treeRows, [dense]],
  saveSafetensors: [t.saveSafetensors, [dense.stateDict()]],
  loadStateDict: [(state) => dense.loadStateDict(state), [dense.stateDict()]],
  // moe
  route: [moe.route, [logits, { topK: 2 }, { training: false }]],
  "MoE.forward": [(x) => new moe.MoE(4, 4, { rng, nExpert: 4, topK: 2 }).forward(x), [sequences]],
  probabilities: [moe.probabilities, [logits, "sigmoid"]],
  scoresOf: [moe.scoresOf, [logits, "softmax"]],
  cosineLogits: [moe.cosineLogits, [t.ones([2, 3]), t.ones([4, 3]), 0.5]],
  gumbelNoise: [moe.gumbelNoise, [logits, 1, rng]],
  normalNoise: [moe.normalNoise, [logits, 1, rng]],
  learnedNoise: [moe.learnedNoise, [logits, logits, logits]],
  jitter: [moe.jitter, [logits, 0.1, rng]],
  selectTopK: [moe.selectTopK, [scored, 1]],
  selectTopP: [moe.selectTopP, [scored, 0.5, 2]],
  selectGroupLimited: [(s) => moe.selectGroupLimited(s, { topK: 1, nGroup: 2, topKGroup: 1, groupScore: "max" }), [scored]],
  "selectGroupLimited, its options": [(o) => moe.selectGroupLimited(scored, o), [{ topK: 1, nGroup: 2, topKGroup: 1, groupScore: "max" }]],
  selectExpertChoice: [moe.selectExpertChoice, [scored, 1]],
  expertsTake: [moe.expertsTake, [scored, 1]],
  selectHash: [moe.selectHash, [Int32Array.of(1, 2), 3, 1]],
  selectRandom: [moe.selectRandom, [2, 3, 1, rng]],
  selectSinkhorn: [moe.selectSinkhorn, [scored, 1]],
  sinkhorn: [moe.sinkhorn, [scored]],
  "sinkhorn, its options": [(o) => moe.sinkhorn(scored, o), [{ rounds: 4, temperature: 1 }]],
  selectBase: [moe.selectBase, [scored]],
  place: [(s) => moe.place(selection, s, { capacity: 1, overflow: "drop", queue: "order" as never, order: "choice" as never }), [scored]],
  capacityOf: [moe.capacityOf, [8, 4, 1.25, 1]],
  chanceDropShare: [moe.chanceDropShare, [8, 1, 4, 2]],
  cv2: [moe.cv2, [t.tensor([1, 2, 3])]],
  importanceLoss: [moe.importanceLoss, [routing]],
  switchBalanceLoss: [moe.switchBalanceLoss, [routing]],
  gshardBalanceLoss: [moe.gshardBalanceLoss, [routing]],
  sequenceBalanceLoss: [moe.sequenceBalanceLoss, [routing]],
  zLoss: [moe.zLoss, [routing]],
  balanceLoss: [(r) => moe.balanceLoss(r, { switch: 1 }), [[routing]]],
  updateBias: [moe.updateBias, [[0, 0, 0], [1, 2, 3], 0.1]],
  updateSelectionBiases: [moe.updateSelectionBiases, [mixture, [routing]]],
  hiddenExperts: [moe.hiddenExperts, [4, 0.5, 2, rng]],
  loadCV: [moe.loadCV, [[1, 2]]],
  maxViolation: [moe.maxViolation, [[1, 2]]],
  gini: [moe.gini, [[1, 2]]],
  loadEntropy: [moe.loadEntropy, [[1, 2]]],
  effectiveExperts: [moe.effectiveExperts, [[1, 2]]],
  deadExperts: [moe.deadExperts, [[1, 2], 0]],
  mutualInformation: [moe.mutualInformation, [[1, 2], [1, 2]]],
  nmi: [moe.nmi, [[1, 2], [1, 2]]],
  shuffledNMI: [moe.shuffledNMI, [[1, 2], [1, 2], rng]],
  loadCVByChance: [moe.loadCVByChance, [8, 2, 4]],
  routingRows: [moe.routingRows, [[routing]]],
  favorites: [moe.favorites, [routing]],
  flipRate: [moe.flipRate, [routing, routing]],
  combinations: [moe.combinations, [8, 2]],
  "fineGrained, its options": [(o) => moe.fineGrained(o, 2), [{ nExpert: 8, topK: 2, dExpert: 8 }]],
  // models, data, train
  transformer: [models.transformer, [shape]],
  twins: [models.twins, [shape]],
  upcycle: [(model) => models.upcycle(model, { nExpert: 2 }), [dense]],
  countParameters: [models.countParameters, [dense]],
  "Transformer.forward": [(ids) => dense.forward(ids), [t.zeros([1, 2], "int32")]],
  CharTokenizer: [(s) => new data.CharTokenizer(s), ["abc"]],
  Corpus: [(s) => new data.Corpus(s), [text]],
  "Corpus.batch": [(...args: unknown[]) => corpus.batch(...(args as Parameters<typeof corpus.batch>)), ["train", 1, 4, rng]],
  "Generator.fork": [(name) => rng.fork(name), ["a"]],
  "Generator.below": [(n) => rng.below(n), [3]],
  AdamW: [(parameters) => new train.AdamW(parameters), [dense.parameters()]],
  "AdamW, its options": [(o) => new train.AdamW(dense.parameters(), o), [{ weightDecay: 0.1, betas: [0.9, 0.99], eps: 1e-8, decays: () => true }]],
  clipGradNorm: [train.clipGradNorm, [dense.parameters(), 1]],
  evaluate: [(m, c) => train.evaluate(m, c, { blocks: 1 }), [dense, corpus]],
  generate: [(m, k, p) => train.generate(m, k, p, { tokens: 1 }), [dense, corpus.tokenizer, "a"]],
  confidenceInterval: [train.confidenceInterval, [[1, 2, 3]]],
}; // prettier-ignore

/** Values that no argument of these may have: numbers of the wrong kind stand for sizes, rates, lists and objects alike. */
const wrong: [string, unknown][] = [
  ["null", null],
  ["a boolean", true],
  ["a bigint", 1n],
  ["a symbol", Symbol("s")],
  ["NaN", NaN],
  ["-1", -1],
  ["an array with null", [null]],
  ["an array of strings", ["1", "2"]],
];
/** Booleans are flags; what is true or false in one place is wrong in all others. */
const mayBe = (value: unknown, right: unknown): boolean =>
  (typeof right === "boolean" && typeof value === "boolean") ||
  (typeof right === "function" && typeof value === "function");

/** What an engine says where nobody looked. */
const ENGINE =
  /Cannot (read|destructure|convert|mix)|is not a function|is not iterable|Invalid (array|typed array) length|Reduce of empty|Maximum call stack|undefined \(reading/;

describe("layers, routers, models and training refuse what the compiler cannot see, in a sentence of their own", () => {
  test.each(Object.keys(calls))("%s", (name) => {
    const [call, args] = calls[name] as [(...args: unknown[]) => unknown, unknown[]];
    expect(() => call(...args)).not.toThrow();
    const answers: string[] = [];
    const attempt = (where: string, what: string, changed: unknown[]): void => {
      try {
        answers.push(`${where}: ${what} gave ${Object.prototype.toString.call(call(...changed))}`);
      } catch (error) {
        if (ENGINE.test((error as Error).message)) answers.push(`${where}: ${what} threw ${String(error)}`);
      }
    };
    args.forEach((arg, i) => {
      const isOptions = Object.getPrototypeOf(arg) === Object.prototype && name.endsWith("options");
      for (const [what, value] of wrong) {
        if (!isOptions) attempt(`argument ${i}`, what, args.with(i, value));
        else
          for (const [key, right] of Object.entries(arg as object))
            if (!mayBe(value, right)) attempt(key, what, args.with(i, { ...(arg as object), [key]: value }));
      }
    });
    expect(answers).toEqual([]);
  });
});

test("labels, loads and scores that are not numbers never become 0 or NaN", () => {
  expect(() => moe.loadCV([1, NaN])).toThrow("loadCV needs a load of one number from 0 for each expert, got NaN at 1");
  expect(() => moe.selectTopK({ ...scored, nExpert: 3 }, 1)).toThrow(
    "selectTopK: the scores must be a list of 2 · 3 numbers, one for each token and expert, got an array of 4",
  );
  expect(() => moe.selectTopK({ ...scored, nExpert: 1e20 }, 1)).toThrow(
    "selectTopK: nExpert must be an integer from 1",
  );
  expect(() => moe.nmi([1, 2], [1])).toThrow("nmi needs two labels for each thing, got 2 and 1");
  expect(() => moe.switchBalanceLoss({} as never)).toThrow(
    "switchBalanceLoss needs a routing, as a router returns it, got an object without demand",
  );
});

test("combinations: by symmetry, 0 beyond E, and never a loop without end", () => {
  expect([moe.combinations(8, 2), moe.combinations(8, 6), moe.combinations(8, 0), moe.combinations(2, 3)]).toEqual([28, 28, 1, 0]); // prettier-ignore
  expect(moe.combinations(1e15, 5e14)).toBe(Infinity);
});
