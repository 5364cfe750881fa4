/** GPT-2: learned positions, layer norms, one matrix for queries, keys and values. Its matrices are [In, Out].
 *  Source: Radford et al. 2019, §2.3; names and defaults: transformers, models/gpt2 */

import { MultiHeadAttention } from "../../../nn/attention.js";
import { Embedding } from "../../../nn/embedding.js";
import { FeedForward } from "../../../nn/feedForward.js";
import { Linear } from "../../../nn/linear.js";
import { LayerNorm } from "../../../nn/norms.js";
import { LearnedPositions } from "../../../nn/positions.js";
import { Decoder, DecoderBlock } from "../decoder.js";
import type { Source, Sources } from "../sources.js";
import type { Family } from "./family.js";

const layer = "transformer.h.*";
const turned = (name: string): Source => ({ name, transposed: true });

/** Queries, keys and values lie side by side. */
const ofThree = Object.fromEntries(
  ["query", "key", "value"].flatMap((own, index): [string, Source][] => {
    const part = { index, of: 3 };
    return [
      [`blocks.*.attention.${own}.weight`, { ...turned(`${layer}.attn.c_attn.weight`), part }],
      [`blocks.*.attention.${own}.bias`, { name: `${layer}.attn.c_attn.bias`, part }],
    ];
  }),
);

const sources: Sources = {
  ...ofThree,
  "tokens.weight": "transformer.wte.weight",
  "positions.weight": "transformer.wpe.weight",
  "norm.weight": "transformer.ln_f.weight",
  "norm.bias": "transformer.ln_f.bias",
  "head.weight": "lm_head.weight",
  "blocks.*.norm1.weight": `${layer}.ln_1.weight`,
  "blocks.*.norm1.bias": `${layer}.ln_1.bias`,
  "blocks.*.norm2.weight": `${layer}.ln_2.weight`,
  "blocks.*.norm2.bias": `${layer}.ln_2.bias`,
  "blocks.*.attention.out.weight": turned(`${layer}.attn.c_proj.weight`),
  "blocks.*.attention.out.bias": `${layer}.attn.c_proj.bias`,
  "blocks.*.feedForward.up.weight": turned(`${layer}.mlp.c_fc.weight`),
  "blocks.*.feedForward.up.bias": `${layer}.mlp.c_fc.bias`,
  "blocks.*.feedForward.down.weight": turned(`${layer}.mlp.c_proj.weight`),
  "blocks.*.feedForward.down.bias": `${layer}.mlp.c_proj.bias`,
};

export const gpt2: Family = (fields, rng) => {
  const [vocabSize, d] = [fields.integer("vocab_size", 50257), fields.integer("n_embd", 768)];
  const nHead = fields.integer("n_head", 12);
  // Names of other families, which transformers takes for its own.
  const aliases = { hidden_size: d, num_attention_heads: nHead, num_hidden_layers: fields.integer("n_layer", 12, 0) };
  for (const [name, own] of Object.entries({
    ...aliases,
    max_position_embeddings: fields.integer("n_positions", 1024),
  }))
    fields.refuse(name, (value) => value === own);
  fields.divides("n_embd", d, "n_head", nHead);
  const dHidden = fields.integer("n_inner", 4 * d);
  const eps = fields.number("layer_norm_epsilon", 1e-5);
  const activation = fields.activation("activation_function", "gelu_new");
  fields.refuse("scale_attn_weights", (value) => value === true);
  fields.refuse("scale_attn_by_inverse_layer_idx", (value) => value === false);
  fields.refuse("add_cross_attention", (value) => value === false);
  const blocks = Array.from({ length: fields.integer("n_layer", 12, 0) }, (_, i) => {
    const own = rng.fork(`blocks.${i}`);
    return new DecoderBlock(
      new LayerNorm(d, { eps }),
      new MultiHeadAttention(d, nHead, { rng: own.fork("attention"), isCausal: true }),
      new LayerNorm(d, { eps }),
      new FeedForward(d, dHidden, { rng: own.fork("feedForward"), activation }),
    );
  });
  const tied = fields.flag("tie_word_embeddings", true);
  const model = new Decoder({
    tokens: new Embedding(vocabSize, d, { rng: rng.fork("tokens") }),
    positions: new LearnedPositions(fields.integer("n_positions", 1024), d, { rng: rng.fork("positions") }),
    blocks,
    norm: new LayerNorm(d, { eps }),
    head: tied ? null : new Linear(d, vocabSize, { rng: rng.fork("head"), bias: false }),
  });
  return { model, sources, ignored: /\.attn\.(masked_)?bias$/, prefix: "transformer.", auxiliary: null };
};
