/** What the families after Llama share: RMS norms, rotary positions, a gated feed-forward layer, and their names. */

import { FeedForward } from "../../../nn/feedForward.js";
import { Embedding } from "../../../nn/embedding.js";
import { Linear } from "../../../nn/linear.js";
import { MultiHeadAttention, type MultiHeadAttentionOptions } from "../../../nn/attention.js";
import { RMSNorm } from "../../../nn/norms.js";
import type { Generator } from "../../../tensor/random.js";
import type { FeedForwardPart } from "../../transformer.js";
import { type AttentionPart, Decoder, DecoderBlock } from "../decoder.js";
import type { Fields } from "../fields.js";
import type { Sources } from "../sources.js";
import type { Assembly } from "./family.js";
import { rotaryOf } from "./rotary.js";

/** Llama's defaults where a family names no others. */
export interface Standards {
  vocabSize: number;
  dModel: number;
  dHidden: number;
  nLayer: number;
  nHead: number;
  eps?: number;
}

export interface Shape {
  vocabSize: number;
  dModel: number;
  nLayer: number;
  eps: number;
}

export const shapeOf = (fields: Fields, standards: Standards): Shape => ({
  vocabSize: vocabularyOf(fields, standards.vocabSize),
  dModel: fields.integer("hidden_size", standards.dModel),
  nLayer: fields.integer("num_hidden_layers", standards.nLayer, 0),
  eps: fields.number("rms_norm_eps", standards.eps ?? 1e-6),
});

/** V. A padding id that is none is what torch refuses too. */
function vocabularyOf(fields: Fields, standard: number): number {
  const vocabSize = fields.integer("vocab_size", standard);
  fields.refuse(
    "pad_token_id",
    (id) => Number.isInteger(id) && (id as number) >= -vocabSize && (id as number) < vocabSize,
  );
  return vocabSize;
}

/** A decoder of such blocks. @param make the two parts of block i */
export function decoderOf(
  fields: Fields,
  rng: Generator,
  { vocabSize, dModel, nLayer, eps }: Shape,
  make: (i: number, rng: Generator) => { attention: AttentionPart; feedForward: FeedForwardPart },
): Decoder {
  const tied = fields.flag("tie_word_embeddings", false);
  const norm = (): RMSNorm => new RMSNorm(dModel, { eps });
  return new Decoder({
    tokens: new Embedding(vocabSize, dModel, { rng: rng.fork("tokens") }),
    positions: null,
    blocks: Array.from({ length: nLayer }, (_, i) => {
      const { attention, feedForward } = make(i, rng.fork(`blocks.${i}`));
      return new DecoderBlock(norm(), attention, norm(), feedForward);
    }),
    norm: norm(),
    head: tied ? null : new Linear(dModel, vocabSize, { rng: rng.fork("head"), bias: false }),
  });
}

/** Grouped heads with rotary positions. */
export function attentionOf(
  fields: Fields,
  standards: { nHead: number; nKvHead?: number; headSize?: number; theta?: number; scaling?: Record<string, unknown> },
  more: Partial<MultiHeadAttentionOptions>,
): (dModel: number, rng: Generator, window: number | null) => MultiHeadAttention {
  const nHead = fields.integer("num_attention_heads", standards.nHead);
  const nKvHead = fields.orNull("num_key_value_heads", standards.nKvHead ?? null) ?? nHead;
  const dModel = fields.integer("hidden_size");
  const headSize = fields.orNull("head_dim", standards.headSize ?? null) ?? Math.floor(dModel / nHead);
  if (headSize * nHead !== dModel && !fields.has("head_dim") && standards.headSize === undefined)
    fields.divides("hidden_size", dModel, "num_attention_heads", nHead);
  fields.divides("num_attention_heads", nHead, "num_key_value_heads", nKvHead);
  fields.divides("head_dim", headSize, "pairs of", 2);
  const { rotary } = rotaryOf(fields, headSize, standards);
  return (width, rng, window) =>
    new MultiHeadAttention(width, nHead, {
      rng,
      nKvHead,
      headSize,
      isCausal: true,
      rotary,
      bias: false,
      window,
      ...more,
    });
}

/** down(activation(gate(x)) · up(x)). */
export const gatedOf = (
  fields: Fields,
  dHidden: number,
  bias = false,
): ((d: number, rng: Generator) => FeedForward) => {
  const activation = fields.activation("hidden_act", "silu");
  return (d, rng) => new FeedForward(d, dHidden, { rng, gated: true, activation, bias });
};

/** How many experts there are, and how many of them work on a token.
 *  @param names of the first, of which the config may have several: they must agree */
export function expertsOf(
  fields: Fields,
  names: readonly [string, ...string[]],
  standard: number,
  standardK: number,
): { nExpert: number; topK: number } {
  const name = names.find((one) => fields.has(one)) ?? names[0];
  const nExpert = fields.integer(name, standard);
  for (const other of names) fields.refuse(other, (count) => count === nExpert);
  const topK = fields.integer("num_experts_per_tok", standardK);
  fields.atMost("num_experts_per_tok", topK, name, nExpert);
  return { nExpert, topK };
}

/** For each block, its window or null: by `layer_types` where the config has it, else by `otherwise`. */
export function windowsOf(
  fields: Fields,
  nLayer: number,
  window: number | null,
  otherwise: (i: number) => boolean,
): (number | null)[] {
  const words = ["full_attention", "sliding_attention"];
  const types = fields.list("layer_types", {
    ok: (x) => words.includes(x as string),
    must: `one of ${words.join(", ")}`,
  });
  if (types.length > 0 && types.length !== nLayer)
    fields.fail(`layer_types has ${types.length} entries for ${nLayer} layers`);
  const isSliding = (i: number): boolean => (types.length > 0 ? types[i] === "sliding_attention" : otherwise(i));
  const windows = Array.from({ length: nLayer }, (_, i) => (isSliding(i) ? window : null));
  if (windows.includes(0)) fields.fail("sliding_window must be an integer from 1, got 0");
  if (window === null && types.includes("sliding_attention"))
    fields.fail("layer_types has sliding_attention, and there is no sliding_window in use");
  return windows;
}

const layer = "model.layers.*";

/** Names of Llama's checkpoints, which most families kept. */
export const outerNames: Sources = {
  "tokens.weight": "model.embed_tokens.weight",
  "norm.weight": "model.norm.weight",
  "head.weight": "lm_head.weight",
  "blocks.*.norm1.weight": `${layer}.input_layernorm.weight`,
  "blocks.*.norm2.weight": `${layer}.post_attention_layernorm.weight`,
};

const each = (from: string, to: string, names: Readonly<Record<string, string>>): Sources =>
  Object.fromEntries(
    Object.entries(names).flatMap(([own, theirs]) =>
      ["weight", "bias"].map((what) => [`blocks.*.${from}${own}.${what}`, `${layer}.${to}${theirs}.${what}`]),
    ),
  );

export const attentionNames: Sources = each("attention.", "self_attn.", {
  query: "q_proj",
  key: "k_proj",
  value: "v_proj",
  out: "o_proj",
  queryNorm: "q_norm",
  keyNorm: "k_norm",
});

const gatedNames = { gate: "gate_proj", up: "up_proj", down: "down_proj" };

/** Of a dense layer, at `mlp` or below. */
export const denseNames: Sources = each("feedForward.", "mlp.", gatedNames);
export const sharedNames = (theirs: string): Sources => each("feedForward.shared.", `mlp.${theirs}.`, gatedNames);

/** Of a mixture with a module for each expert. @param at the mixture  @param names of gate, up and down in an expert */
export const mixtureNames = (
  at = "mlp",
  { gate, up, down }: Readonly<Record<"gate" | "up" | "down", string>> = gatedNames,
): Sources => ({
  "blocks.*.feedForward.router.weight": `${layer}.${at}.gate.weight`,
  "blocks.*.feedForward.experts.gate": `${layer}.${at}.experts.{e}.${gate}.weight`,
  "blocks.*.feedForward.experts.up": `${layer}.${at}.experts.{e}.${up}.weight`,
  "blocks.*.feedForward.experts.down": `${layer}.${at}.experts.{e}.${down}.weight`,
});

/** Buffers that old checkpoints hold, which are computed here. */
export const ignored = /\.rotary_emb\.inv_freq$/;

/** @param names of what differs from Llama's */
export const assembled = (
  model: Decoder,
  names: Sources,
  { auxiliary = null, ...rest }: Partial<Omit<Assembly, "model" | "sources">> = {},
): Assembly => ({ model, sources: { ...outerNames, ...attentionNames, ...names }, ignored, auxiliary, ...rest });
