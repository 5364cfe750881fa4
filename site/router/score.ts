/** What every choice of experts costs each of some tokens, in the last layer of a trained mixture. What that layer's experts give to a
 *  token changes the guess at the next one there and nothing else: no later layer carries it to other tokens. So the loss of a token
 *  depends on its own choice alone, and the best of all joint choices is the best choice of each token, found by trying all of them. */

import { crossEntropy, fromArray, linear, noGrad, slice, type Tensor } from "twinformer";
import { dependsOnBatch, MoE, type Routing, withoutExperts } from "twinformer/moe";
import type { Transformer } from "twinformer/models";
import { choiceOf, choicesOf } from "./choices.js";

/** N tokens, E experts, C choices of K of them (`choicesOf`). */
export interface Measured {
  /** [N] where each stands in the text. */
  readonly places: number[];
  /** [N][C] nats that the next token costs. */
  readonly losses: number[][];
  /** [N] nats of the learned router's choice: the model's own loss. */
  readonly own: number[];
  /** [N] the learned router's choice. */
  readonly learned: number[];
  /** [N][E] its probability for each expert. */
  readonly scores: number[][];
}

/** Measures the last `count` tokens that have a next one. The model must be in evaluation mode; it is left as it was.
 *  @param ids at most blockSize + 1 of them: the last is only guessed
 *  Throws where the last layer is no mixture in which each token chooses K experts by itself. */
export function measure(model: Transformer, ids: ArrayLike<number>, count: number): Measured {
  const { nExpert, topK } = model.config;
  const block = model.blocks[model.blocks.length - 1];
  if (!(block.feedForward instanceof MoE)) throw new RangeError("measure needs a model whose last layer has experts");
  const why = dependsOnBatch(model.config);
  if (why) throw new RangeError(`measure: a token's loss does not depend on its own choice alone, because ${why}`);
  const read = Array.from(ids).slice(0, -1);
  const first = read.length - count;
  if (first < 0) throw new RangeError(`measure: ${count} tokens need ${count + 1} ids, got ${ids.length}`);
  const choices = choicesOf(nExpert, topK);
  const played = read.slice(first);

  return noGrad(() => {
    let x: Tensor = model.embed(fromArray(read, [1, read.length], "int32"));
    for (const earlier of model.blocks.slice(0, -1)) x = earlier.forward(x as Rows, { ids: read });
    // What the layer adds to, and what it reads.
    const mixed = slice(block.attend(x as Rows), 1, first, read.length) as Tensor as Rows;
    const normed = block.norm2.forward(mixed);
    const targets = fromArray(Array.from(ids).slice(first + 1), [1, count], "int32");

    /** The rest of the model while these experts are off. What is left of the layer weighs its experts as always: by the router's own
     *  logits over those that a token has. */
    const losses = (off: readonly number[]): { nats: number[]; routing: Routing } => {
      const routings: Routing[] = [];
      const pass = { routings, ids: played, past: first };
      const lists = model.blocks.filter(isMixture).map((one) => (one === block ? off : []));
      const given = withoutExperts(model, lists, () => block.feedForward.forward(normed, pass));
      const logits = linear(model.norm.forward(block.onto(mixed, given)), model.tokens.weight) as Tensor;
      const nats = crossEntropy(logits, targets, { reduction: "none" }) as Tensor;
      return { nats: Array.from(nats.toTypedArray()), routing: routings[0] };
    };

    const own = losses([]);
    const all = choices.map((choice) => losses(othersThan(choice, nExpert)).nats);
    const chosen = Array.from({ length: count }, (_, n) =>
      Array.from(own.routing.experts.subarray(n * topK, (n + 1) * topK)),
    );
    const probs = Array.from(own.routing.probs.toTypedArray());
    return {
      places: played.map((_, n) => first + n),
      losses: played.map((_, n) => all.map((nats) => nats[n])),
      own: own.nats,
      learned: chosen.map((experts) => choiceOf(choices, experts)),
      scores: played.map((_, n) => probs.slice(n * nExpert, (n + 1) * nExpert)),
    };
  });
}

/** [B, T, D] */
type Rows = Parameters<Transformer["blocks"][number]["forward"]>[0];

const isMixture = ({ feedForward }: Transformer["blocks"][number]): boolean => feedForward instanceof MoE;

const othersThan = (choice: readonly number[], nExpert: number): number[] =>
  Array.from({ length: nExpert }, (_, e) => e).filter((e) => !choice.includes(e));
