/** Flip rate of the router: the share of a fixed set of tokens whose favorite expert a training step changed. */

import type { Batch, Corpus } from "../data/corpus.js";
import type { LanguageModel } from "../models/transformer.js";
import { changed, favorites } from "../moe/metrics/tokens.js";
import { evaluating } from "../nn/module.js";
import { recyclingIntermediates } from "../nn/recycling.js";
import { noGrad } from "../tensor/autograd.js";

const TOKENS = 128;

/** Every step trains on other tokens, so other experts in it say nothing about the router. The probe is about 128 tokens from the start of
 *  the validation split (of the training split, where there is none), asked at evaluation: without noise. */
export class RouterProbe {
  readonly #inputs: Batch["inputs"];
  #before: Int32Array[];

  constructor(
    private readonly model: LanguageModel,
    corpus: Corpus,
  ) {
    const { blockSize } = model.config;
    const split = corpus.validation.length > 0 ? "validation" : "train";
    const count = Math.max(1, Math.floor(TOKENS / blockSize));
    this.#inputs = [...corpus.blocks(split, count, blockSize, count)][0].inputs;
    this.#before = this.#ask();
  }

  /** [L] share of the probe's tokens whose favorite expert is another than at the last call, or when the probe was made. */
  flips(): number[] {
    const now = this.#ask();
    const rates = now.map((experts, layer) => changed(this.#before[layer], experts));
    this.#before = now;
    return rates;
  }

  #ask(): Int32Array[] {
    const { model } = this;
    const ask = (): Int32Array[] => model.forward(this.#inputs).routings.map(favorites);
    return evaluating(model, () => noGrad(() => recyclingIntermediates(model, ask)));
  }
}
