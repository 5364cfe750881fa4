/** The frame of BERT and of what grew from it: embeddings, layers that see both sides with a norm after each part, a head. */

import type { Architecture } from "../architecture.js";
import type { Fields } from "../config/fields.js";
import { group, layerNorm, linear, type Part, passedBy, table, weight } from "../part.js";
import type { Size } from "../size.js";
import { acrossSides, groupedCache, looksAt, sourceCache } from "./attention.js";
import { headsDivide, perHead } from "./decoder.js";
import { mlp } from "./feedForward.js";
import { head, type Heads } from "./heads.js";

export interface EncoderSizes {
  V: Size;
  /** Positions. */
  T: Size;
  D: Size;
  F: Size;
  L: Size;
  H: Size;
}

/** The fields that nearly all encoders have, by BERT's names, and BERT's sizes where a config leaves them out. */
export function encoderSizes(c: Fields, otherwise: Partial<Record<keyof EncoderSizes, number>> = {}): EncoderSizes {
  const sizes = {
    V: c.size("V", "vocab_size", otherwise.V ?? 30522),
    T: c.size("T", "max_position_embeddings", otherwise.T ?? 512),
    D: c.size("D", "hidden_size", otherwise.D ?? 768),
    F: c.size("F", "intermediate_size", otherwise.F ?? 3072),
    L: c.depth("L", "num_hidden_layers", otherwise.L ?? 12),
    H: c.size("H", "num_attention_heads", otherwise.H ?? 12),
  };
  headsDivide(c, sizes.D, sizes.H);
  return sizes;
}

/** A row for each word, position and, where there are any, kind of text; then a norm. @param E length of a row */
export const embeddings = ({ V, T }: EncoderSizes, E: Size, types: Size | null, ...more: readonly Part[][]): Part =>
  group(
    "embeddings",
    weight("word_embeddings.weight", "embedding", V, E),
    weight("position_embeddings.weight", "position", T, E),
    types ? [table("token_type_embeddings.weight", "other", types, E)] : [],
    layerNorm("LayerNorm", E),
    ...more,
  );

/** A norm that lies inside the attention module and counts with it. */
export const attentionNorm = (name: string, D: Size): Part[] =>
  layerNorm(name, D).map((part): Part => ({ ...part, kind: "attention" }));

/** Queries, keys, values and the output, each [D, D] with an offset. @param norm name of the norm inside, if there is one */
export const fullAttention = (name: string, D: Size, parts: readonly string[], norm?: string): Part =>
  group(
    name,
    ...parts.map((part) => linear(part, "attention", D, D, true)),
    norm === undefined ? [] : attentionNorm(norm, D),
  );

const BERT = ["self.query", "self.key", "self.value", "output.dense"];

/** One layer of BERT. @param cross it looks at another model's output, too */
export const bertLayer = ({ D, F }: EncoderSizes, cross = false): readonly (Part | readonly Part[])[] => [
  fullAttention("attention", D, BERT, "output.LayerNorm"),
  cross ? [acrossSides(fullAttention("crossattention", D, BERT, "output.LayerNorm"))] : [],
  mlp(["intermediate.dense", "output.dense"], D, F, true),
  layerNorm("output.LayerNorm", D),
];

/** A layer over the first token, for what is said about the whole text. */
export const pooler = (D: Size, name = "pooler.dense"): Part[] =>
  passedBy("once", ...linear(name, "other", D, D, true));

/** True where the config makes a decoder of it that looks at an encoder's output. */
export const looksAcross = (c: Fields): boolean => c.flag("is_decoder", false) && c.flag("add_cross_attention", false);

export interface EncoderParts {
  sizes: Pick<EncoderSizes, "D" | "H" | "L">;
  /** All but the head. */
  body: readonly (Part | readonly Part[])[];
  heads: Heads;
  /** The class that is counted where the config names none. */
  otherwise?: string;
  tied: boolean;
}

/** The body, and the head of the config's class. A class that writes texts and is set as a decoder keeps keys and values. */
export function encoder(c: Fields, { sizes, body, heads: all, otherwise, tied }: EncoderParts): Architecture {
  const { task, parts } = head(c, all, otherwise);
  const { D, H, L } = sizes;
  const writes = /CausalLM|LMHead/.test(task) && c.flag("is_decoder", false);
  const heads = { D, H, Hkv: H, K: perHead(c, D, H) };
  const cross = looksAcross(c) ? [sourceCache(heads, L)] : [];
  return {
    parts: [...body.flat(), ...parts],
    tied: tied && parts.some(({ kind, parts }) => kind === "head" || parts?.some(({ kind }) => kind === "head")),
    layers: Number(L.value),
    moeLayers: 0,
    experts: { total: 0, topK: 0, shared: 0 },
    caches: writes ? [groupedCache(heads, L), ...cross] : [],
    bothSides: writes ? [] : [{ layers: L, products: looksAt(heads), window: null }],
    width: D,
  };
}
