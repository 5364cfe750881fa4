/** Writing text: the model's own guesses are fed back to it, one token at a time. */

import { dependsOnBatch } from "../config/router/defaults.js";
import { checkFlag, checkIntegers, checkNumbers } from "../config/options.js";
import { checkText, checkTokenizer, type Tokenizer } from "../data/tokenizer.js";
import { checkModel, type Transformer } from "../models/transformer.js";
import { evaluating } from "../nn/module.js";
import { recyclingIntermediates } from "../nn/recycling.js";
import { noGrad } from "../tensor/autograd.js";
import { fromArray } from "../tensor/create.js";
import { topIndices } from "../tensor/topIndices.js";
import { Generator } from "../tensor/random.js";
import { read } from "../tensor/tensor.js";

export interface GenerateOptions {
  /** Tokens to add. Default 200. */
  tokens?: number;
  /** Below 1 sharpens the choice, above 1 flattens it; 0 always takes the likeliest token. Default 0.8. */
  temperature?: number;
  /** Choose among this many likeliest tokens only. Default: all. */
  topK?: number;
  seed?: number;
  /** Keep keys and values of the tokens so far (`KVCache`), so that each new token costs the work of one; false reads the whole
   *  context again for each, with the same result up to rounding. Default true, but false where a router needs the whole text at
   *  once (expert choice, Soft MoE, a capacity at evaluation: `dependsOnBatch`); true is then an error. */
  cache?: boolean;
}

/** Continues a prompt: at each step the model scores every token to come next, and one is drawn with probability
 *  softmax(scores / temperature). Only the last `blockSize` tokens are read. Runs in evaluation mode, without gradients.
 *  Throws for an empty prompt, what the tokenizer does not know, and options that make no sense.
 *  Past `blockSize` tokens every step moves all positions by one, which makes cached keys wrong: from there on the context
 *  is read afresh.
 *  @example
 *  const { dense } = twins({ vocabSize: 3, blockSize: 4, nLayer: 1, nHead: 1, dModel: 4 });
 *  generate(dense, new CharTokenizer("abc"), "ab", { tokens: 5 }).length; // => 7 */
export function generate(
  model: Transformer,
  tokenizer: Tokenizer,
  prompt: string,
  options: GenerateOptions = {},
): string {
  const { tokens = 200, temperature = 0.8, topK = tokenizer?.vocabSize, seed = 0 } = options;
  checkModel("generate", model);
  checkTokenizer("generate", tokenizer);
  checkText("generate", prompt);
  if (prompt.length === 0) throw new RangeError("generate needs a prompt of at least one character");
  checkIntegers("generate", { tokens }, { from: 0 });
  checkIntegers("generate", { topK }, { from: 1 });
  checkIntegers("generate", { seed });
  checkFlag("generate", "cache", options.cache ?? true);
  checkNumbers("generate", { temperature }, { from: 0, orInfinity: true });
  if (tokenizer.vocabSize !== model.config.vocabSize) {
    throw new RangeError(
      `generate: the model has a vocabulary of ${model.config.vocabSize}, the tokenizer one of ${tokenizer.vocabSize}`,
    );
  }
  const ids = Array.from(tokenizer.encode(prompt));
  const rng = new Generator(seed).fork("generate");
  const { blockSize, vocabSize } = model.config;
  const why = model.config.nExpert > 0 ? dependsOnBatch(model.config) : null;
  if (why && options.cache === true)
    throw new RangeError(
      `generate: this model cannot use a cache, because ${why}: leave cache out, or use cache: false`,
    );
  let caches = (options.cache ?? why === null) ? model.newCaches() : [];
  const next = (): number => {
    if (ids.length > blockSize) caches = [];
    const context = ids.slice(caches[0]?.length ?? -blockSize);
    const draw = (): number => {
      const { logits } = model.forward(fromArray(context, [1, context.length], "int32"), { caches });
      const last = read(logits).subarray((context.length - 1) * vocabSize);
      return choose(last, temperature, Math.min(topK, vocabSize), rng);
    };
    return recyclingIntermediates(model, draw, () => caches.flatMap((cache) => cache.tensors()));
  };
  evaluating(model, () =>
    noGrad(() => {
      for (let i = 0; i < tokens; i++) ids.push(next());
    }),
  );
  return tokenizer.decode(ids);
}

/** Draws one of the topK likeliest with probability softmax(logits / temperature). */
function choose(logits: ArrayLike<number>, temperature: number, topK: number, rng: Generator): number {
  const top = new Int32Array(topK);
  topIndices(logits, 0, logits.length, topK, top, 0);
  if (Number.isNaN(logits[top[0]]))
    throw new RangeError("generate: the model's scores are NaN; its weights are broken");
  if (temperature === 0) return top[0];
  const weights = Array.from(top, (id) => Math.exp((logits[id] - logits[top[0]]) / temperature));
  let left = rng.uniform() * weights.reduce((a, b) => a + b, 0);
  return top.at(weights.findIndex((weight) => (left -= weight) < 0))!; // where rounding leaves none, -1: the last
}
