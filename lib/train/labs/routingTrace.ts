/** Which experts a trained model sends the tokens of a text to, one after another: what caches of experts and the cost of a batch
 *  depend on. */

import { checkIntegers, checkWord } from "../../config/options.js";
import { checkHasExperts } from "../../moe/check.js";
import { dependsOnBatch } from "../../config/router/defaults.js";
import { checkTrace, type RoutingTrace } from "../../config/trace.js";
import { checkIsCorpus, type Corpus, type Split } from "../../data/corpus.js";
import { checkModel, type Transformer } from "../../models/transformer.js";
import { MoE } from "../../moe/moe.js";
import type { Routing } from "../../moe/routing.js";
import { evaluating } from "../../nn/module.js";
import { recyclingIntermediates } from "../../nn/recycling.js";
import { noGrad } from "../../tensor/autograd.js";
import { dim, fromArray } from "../../tensor/create.js";
import { reshape } from "../../tensor/ops/shape.js";
import { checkGenerator, type Generator } from "../../tensor/random.js";
import type { Tensor } from "../../tensor/tensor.js";

export interface RoutingTraceOptions {
  /** Texts of `blockSize` tokens, at equal distances in the split; fewer where it has no more. Default 64. */
  blocks?: number;
  /** Default "validation". */
  split?: Split;
}

/** The experts of each token, in evaluation mode: what decoding these texts token by token would choose. `foreseen` are those that
 *  the next layer's router names when it is asked too early, with what this layer's experts are about to read: known before they
 *  have worked, and nearly right, because each layer adds little to the residual. Null experts, which have no weights, are left out.
 *  Source of the guess: Eliseev and Mazur 2023, speculative loading, https://arxiv.org/abs/2312.17238
 *  Throws for a dense model, and where the choice depends on other tokens (`dependsOnBatch`).
 *  @example
 *  const corpus = new Corpus("to be or not to be ".repeat(99));
 *  const shape = { vocabSize: corpus.tokenizer.vocabSize, blockSize: 8, nLayer: 2, nHead: 1, dModel: 8 };
 *  const { chosen } = routingTrace(transformer({ ...shape, nExpert: 4, topK: 2 }), corpus, { blocks: 3 });
 *  [chosen.length, chosen[0].length, chosen[0][0].length, chosen[0][0][0].length]; // => [3, 8, 2, 2] */
export function routingTrace(
  model: Transformer,
  corpus: Corpus,
  { blocks = 64, split = "validation" }: RoutingTraceOptions = {},
): RoutingTrace & { readonly foreseen: RoutingTrace["chosen"] } {
  checkModel("routingTrace", model);
  checkIsCorpus("routingTrace", corpus);
  checkIntegers("routingTrace", { blocks }, { from: 1, orInfinity: true });
  checkWord("routingTrace", "split", split, ["train", "validation"]);
  const { nExpert, blockSize } = model.config;
  checkHasExperts("routingTrace", model.config);
  const why = dependsOnBatch(model.config);
  if (why) throw new RangeError(`routingTrace: the experts of a token are not its own choice, because ${why}`);
  const ids = corpus.require(split, blockSize - 1);
  const count = Math.min(blocks, Math.floor(ids.length / blockSize));
  const distance = Math.floor(ids.length / count);
  const texts = Array.from({ length: count }, (_, b) => ids.subarray(b * distance, b * distance + blockSize));
  const chosen: number[][][][] = [];
  const foreseen: number[][][][] = [];
  for (let first = 0; first < count; first += BATCH) {
    const batch = texts.slice(first, first + BATCH);
    const layers = evaluating(model, () => noGrad(() => recyclingIntermediates(model, () => routed(model, batch))));
    chosen.push(...byText(layers.chosen, blockSize));
    foreseen.push(...byText(layers.foreseen, blockSize));
  }
  return { nExpert, chosen, foreseen };
}

const BATCH = 16;

/** [L][B · T] experts of texts of equal length: the model's own forward pass, with each router asked a second time. */
function routed(model: Transformer, texts: readonly Int32Array[]): Record<"chosen" | "foreseen", number[][][]> {
  const routings: Routing[] = [];
  const ids = texts.flatMap((text) => Array.from(text));
  const foreseen: number[][][] = [ids.map(() => [])];
  const [b, t] = [dim("B", texts.length), dim("T", texts[0].length)];
  let x = model.embed(fromArray(ids, [b, t], "int32"));
  for (const [l, block] of model.blocks.entries()) {
    const mixed = block.attend(x);
    const next = model.blocks[l + 1];
    if (next?.feedForward instanceof MoE) {
      const rows: Tensor = next.norm2.forward(mixed);
      const context = { ids, sequenceLength: texts[0].length };
      foreseen.push(expertsOf(next.feedForward.router.forward(reshape(rows, [ids.length, -1]), context)));
    }
    x = block.onto(mixed, block.feedForward.forward(block.norm2.forward(mixed), { routings, ids }));
  }
  return { chosen: routings.map(expertsOf), foreseen };
}

/** [T] experts with weights that each token is sent to, in the order of its choices. */
function expertsOf({ nToken, nExpert, nNullExpert, tokens, experts, positions }: Routing): number[][] {
  const of = Array.from({ length: nToken }, (): number[] => []);
  tokens.forEach((n, i) => {
    if (positions[i] >= 0 && experts[i] < nExpert - nNullExpert) of[n].push(experts[i]);
  });
  return of;
}

/** [L][B · T] -> [B][T][L]. */
const byText = (layers: readonly number[][][], length: number): number[][][][] =>
  Array.from({ length: layers[0].length / length }, (_, b) =>
    Array.from({ length }, (_, t) => layers.map((of) => of[b * length + t])),
  );

/** The same tokens in a random order, across all texts: what experts are preferred stays, what follows what is lost. What a cache gains
 *  on the trace itself, and not on this, it gains by tokens that follow each other being alike.
 *  @example
 *  const trace = { nExpert: 2, chosen: [[[[0]], [[0]], [[1]], [[1]]]] };
 *  shuffledTrace(trace, new Generator(1)).chosen.flat(3).sort(); // => [0, 0, 1, 1] */
export function shuffledTrace(trace: RoutingTrace, rng: Generator): RoutingTrace {
  checkTrace("shuffledTrace", trace);
  checkGenerator("shuffledTrace", rng);
  const tokens = trace.chosen.flat();
  for (let i = tokens.length - 1; i > 0; i--) {
    const j = rng.below(i + 1);
    [tokens[i], tokens[j]] = [tokens[j], tokens[i]];
  }
  let at = 0;
  return { nExpert: trace.nExpert, chosen: trace.chosen.map((text) => text.map(() => tokens[at++])) };
}
