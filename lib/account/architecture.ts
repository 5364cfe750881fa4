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
  /** Numbers that pass between layers for one token: D. */
  readonly width: Size;
}

/** A family reads its fields and says what the model is made of. */
export type Family = (c: Fields) => Architecture;
