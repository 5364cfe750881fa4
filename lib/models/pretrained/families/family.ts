/** What a family is: how to read its config, which parts it is made of, and where their numbers lie. */

import type { Generator } from "../../../tensor/random.js";
import type { Decoder } from "../decoder.js";
import type { Fields } from "../fields.js";
import type { Sources } from "../sources.js";

export interface Assembly {
  model: Decoder;
  sources: Sources;
  /** Tensors that a checkpoint of the family may hold besides, which nothing here reads. */
  ignored?: RegExp;
  /** What stands before all names but that of the head, where some checkpoints leave it out. */
  prefix?: string;
  /** Factor of the auxiliary loss in training; null where the family has none. */
  auxiliary: number | null;
}

/** @param rng for the first weights, which a checkpoint overwrites */
export type Family = (fields: Fields, rng: Generator) => Assembly;
