/** What a family's definition gives: the tree, and the few facts that no tree holds. */

import type { Fields } from "./config/fields.js";
import type { Part } from "./part.js";
import type { Size } from "./size.js";

/** What one group of layers keeps for each token that it has seen, so that it need not be computed again. */
export interface Cache {
  /** How heads share keys and values: each its own (MHA), in groups (GQA), all one (MQA), or a compressed row for all (MLA).
   *  "state" is a memory of fixed size, as in Mamba and linear attention. */
  readonly form: "MHA" | "GQA" | "MQA" | "MLA" | "state";
  readonly layers: Size;
  /** Numbers kept for one token in one layer; for a state, for the whole sequence. */
  readonly numbers: Size;
  /** Tokens looked back at, where not all. */
  readonly window: number | null;
  /** How many tokens share one entry, where a layer compresses what it has seen. Default 1. */
  readonly every?: number;
  /** Multiply-adds of a new token with one such entry, by all heads of one layer: scores and values. For a state, with all of it:
   *  to write it and to read it; what decays is left out. */
  readonly products: Size;
  /** The same where each head's keys and values are made from the compressed row and kept (MLA as in training). */
  readonly expanded?: Size;
  /** Layers that look at it, where these are more than keep it. */
  readonly readers?: Size;
  /** How many entries a token looks at, at most: those that an indexer picks. */
  readonly most?: number;
  /** Whose tokens are kept, where not those of the text itself: those that an encoder has read. */
  readonly of?: "source";
}

/** Attention to both sides, as encoders have it: nothing is kept. */
export interface BothSides {
  readonly layers: Size;
  /** Multiply-adds of a token with one other, by all heads of one layer. */
  readonly products: Size;
  /** Tokens looked at, where not all. */
  readonly window: number | null;
  /** An encoder beside a decoder: it looks at the text that the decoder answers. */
  readonly of?: "source";
}

export interface Architecture {
  readonly parts: readonly Part[];
  /** The output head is the input embedding again, and counted once. */
  readonly tied: boolean;
  readonly layers: number;
  /** Layers with a mixture of experts. */
  readonly moeLayers: number;
  readonly experts: { readonly total: number; readonly topK: number; readonly shared: number };
  readonly caches: readonly Cache[];
  /** Default none. */
  readonly bothSides?: readonly BothSides[];
  /** Tokens that the encoder reads, where that is always the same number. */
  readonly sourceTokens?: number;
  /** Numbers that pass between layers for one token: D. */
  readonly width: Size;
}

/** A family reads its fields and says what the model is made of. */
export type Family = (c: Fields) => Architecture;
