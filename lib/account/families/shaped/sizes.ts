/** The sizes of a decoder, by all the names that decoders give them. */

import type { Fields } from "../../config/fields.js";
import { type DecoderSizes, headsDivide, perHead } from "../../pieces/decoder.js";
import type { Size } from "../../size.js";

/** transformers' defaults of a type; null: the config must have the field. */
export interface ShapeDefaults {
  vocab: number | null;
  hidden: number | null;
  /** Width of the feed-forward layer; "4D": four times the hidden size where the field is left out; "multiple": the field
   *  says how many times. */
  inner: number | "4D" | "multiple" | null;
  layers: number | null;
  heads: number | null;
  /** Key-value heads where the field is left out; default as many as heads. */
  kvHeads?: number;
  /** Size of one head where the field is left out; default hidden size / heads. "fixed": that, whatever the field says. */
  headDim?: number | "fixed";
  /** transformers' class insists that heads divide the hidden size. */
  headsDivide?: boolean;
}

export interface ShapeSizes extends Omit<DecoderSizes, "F"> {
  /** Only asked for where the model has such layers. */
  F: () => Size;
}

export const NAMES = {
  vocab: "vocab_size",
  hidden: ["hidden_size", "n_embd", "d_model"],
  inner: ["intermediate_size", "n_inner", "ffn_dim", "dff", "dim_ff"],
  layers: ["num_hidden_layers", "n_layer", "num_layers", "n_layers"],
  heads: ["num_attention_heads", "n_head", "num_heads", "attention_heads", "n_heads"],
  kvHeads: "num_key_value_heads",
  headDim: ["head_dim", "dim_head"],
} as const;

export function shapeSizes(c: Fields, defaults: ShapeDefaults): ShapeSizes {
  const V = c.size("V", NAMES.vocab, defaults.vocab);
  const D = c.size("D", NAMES.hidden, defaults.hidden);
  const L = c.depth("L", NAMES.layers, defaults.layers);
  const H = c.size("H", NAMES.heads, defaults.heads);
  if (defaults.headsDivide) headsDivide(c, D, H);
  return { V, D, L, H, Hkv: kvHeads(c, H, defaults), K: headDim(c, D, H, defaults), F: () => inner(c, D, defaults) };
}

function kvHeads(c: Fields, H: Size, { kvHeads: otherwise }: ShapeDefaults): Size {
  if (otherwise !== undefined && !c.isNull(NAMES.kvHeads) && !c.has(NAMES.kvHeads))
    return c.size("H_kv", NAMES.kvHeads, otherwise);
  const Hkv = c.sizeOr("H_kv", NAMES.kvHeads, () => H);
  if (c.has(NAMES.heads) && H.value % Hkv.value !== 0n)
    c.fail(NAMES.kvHeads, `must divide num_attention_heads ${H.value}, got ${Hkv.value}`);
  return Hkv;
}

function headDim(c: Fields, D: Size, H: Size, { headDim: otherwise }: ShapeDefaults): Size {
  if (otherwise === "fixed") return perHead(c, D, H);
  if (otherwise !== undefined && !c.isNull(NAMES.headDim)) return c.size("K", NAMES.headDim, otherwise);
  return c.sizeOr("K", NAMES.headDim, () => perHead(c, D, H));
}

function inner(c: Fields, D: Size, { inner: otherwise }: ShapeDefaults): Size {
  if (otherwise === "multiple") return D.times(c.size("m", "intermediate_multiple_size", 4));
  return otherwise === "4D" ? c.sizeOr("F", NAMES.inner, () => D.times(4)) : c.size("F", NAMES.inner, otherwise);
}
