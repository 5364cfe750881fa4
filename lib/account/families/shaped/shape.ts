/** Decoders that differ from Llama in a few facts: one builder, and a row of facts for each type. */

import type { Family } from "../../architecture.js";
import type { Config, Fields } from "../../config/fields.js";
import { groupedAttention } from "../../pieces/attention.js";
import { decoder, layers } from "../../pieces/decoder.js";
import { mlp, swiglu } from "../../pieces/feedForward.js";
import { group, layerNorm, type Part, rmsNorm, weight } from "../../part.js";
import type { Size } from "../../size.js";
import { windows, type Windows } from "./caches.js";
import { type Flag, flag } from "./flag.js";
import { type MixtureFacts, mixtureLayers } from "./mixtures.js";
import { type ShapeDefaults, type ShapeSizes, shapeSizes } from "./sizes.js";

/** What a type has. Whatever is left out is as in Llama. */
export interface Shape {
  sizes: ShapeDefaults;
  /** Other fields that have a value where they are left out. */
  defaults?: Config;
  /** transformers' default of tie_word_embeddings. */
  tied?: boolean;
  /** Offsets of queries, keys and values; of the output projection, default the same. */
  bias?: Flag;
  outputBias?: Flag;
  /** A norm of each head's queries and keys, or of all heads' at once. */
  qkNorm?: "head" | "all" | null | readonly ["head" | "all", Flag];
  /** "layer" has offsets, "plain" is a LayerNorm without, null has no parameters. Default "rms". */
  norm?: "rms" | "layer" | "plain" | null;
  /** The norms of one layer; default one before attention and one before the feed-forward layer. */
  norms?: readonly string[];
  /** Without it, y = down(f(up x)). Default true. */
  gated?: boolean;
  mlpBias?: Flag;
  headBias?: Flag;
  /** No norm after the last layer. */
  lastNorm?: boolean;
  /** Learned positions: how many; `more` of them than the field says. */
  positions?: { field: string | readonly string[]; otherwise: number; more?: number };
  /** A norm of the embedding. */
  embeddingNorm?: Flag;
  moe?: MixtureFacts;
  /** What one layer has besides. */
  attention?: (sizes: ShapeSizes, c: Fields) => Part[];
  layer?: (sizes: ShapeSizes, c: Fields) => Part[];
  /** What the model has besides. */
  model?: (sizes: ShapeSizes, c: Fields) => Part[];
  windows?: Windows;
}

/** The norm of a type, as parts. */
function normOf(kind: Shape["norm"]): (name: string, width: Size) => Part[] {
  if (kind === null) return () => [];
  if (kind === "layer") return (name, width) => layerNorm(name, width);
  return kind === "plain" ? (name, width) => layerNorm(name, width, false) : (name, width) => rmsNorm(name, width);
}

/** A family from the facts of a type. */
export const shaped =
  (facts: Shape): Family =>
  (config) => {
    const c = facts.defaults ? config.withDefaults(facts.defaults) : config;
    const sizes = shapeSizes(c, facts.sizes);
    const { V, D, F, L } = sizes;
    const { norms = ["input_layernorm", "post_attention_layernorm"], gated = true, positions } = facts;
    const norm = normOf(facts.norm);
    const bias = flag(c, facts.bias ?? false);
    const mlpBias = flag(c, facts.mlpBias ?? false);
    const moe = facts.moe ? mixtureLayers(c, sizes, facts.moe) : null;
    const feedForward = (): Part =>
      group("mlp", gated ? swiglu(D, F(), mlpBias) : mlp(["up_proj", "down_proj"], D, F(), mlpBias));
    return decoder(c, {
      V,
      D,
      more: [
        ...(positions ? [learned(c, D, positions)] : []),
        ...(flag(c, facts.embeddingNorm ?? false) ? norm("embed_norm", D) : []),
        ...(facts.model?.(sizes, c) ?? []),
      ],
      layers: [
        ...layers(
          "layers",
          L,
          ...norms.map((name) => norm(name, D)),
          groupedAttention(sizes, {
            bias,
            outputBias: facts.outputBias === undefined ? bias : flag(c, facts.outputBias),
            qkNorm: queryNorm(c, facts.qkNorm),
            more: facts.attention?.(sizes, c) ?? [],
          }),
          facts.layer?.(sizes, c) ?? [],
          moe ? [] : feedForward(),
        ),
        ...(moe
          ? [...layers("dense layers", moe.dense, ...(moe.dense.value > 0n ? [feedForward()] : [])), ...moe.sparse]
          : []),
      ],
      norm: facts.lastNorm === false ? [] : norm("norm", D),
      tied: c.flag("tie_word_embeddings", facts.tied ?? false),
      headBias: flag(c, facts.headBias ?? false),
      depth: L,
      caches: windows(c, sizes, facts.windows),
      ...(moe ? { moe: moe.moe } : {}),
    });
  };

function learned(c: Fields, D: Size, { field, otherwise, more = 0 }: NonNullable<Shape["positions"]>): Part {
  const T = c.size("T", field, otherwise);
  const all =
    more === 0 ? T : c.derive("T_all", `learned positions, ${more} more than the context`, Number(T.value) + more);
  return weight("embed_positions.weight", "position", all, D);
}

function queryNorm(c: Fields, fact: Shape["qkNorm"]): "head" | "all" | null {
  if (fact === undefined || fact === null || typeof fact === "string") return fact ?? null;
  return flag(c, fact[1]) ? fact[0] : null;
}
