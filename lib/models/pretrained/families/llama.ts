/** Llama and its dense kin: what differs is which projections have offsets, norms of queries and keys, windows, and defaults.
 *  Sources: Touvron et al. 2023, §2.2, https://arxiv.org/abs/2302.13971; names and defaults: transformers, models/llama, mistral,
 *  qwen2, qwen3 */

import type { MultiHeadAttentionOptions } from "../../../nn/attention.js";
import type { Generator } from "../../../tensor/random.js";
import type { Fields } from "../fields.js";
import type { Assembly, Family } from "./family.js";
import { assembled, attentionOf, decoderOf, denseNames, gatedOf, shapeOf, type Standards, windowsOf } from "./parts.js";

interface Kind extends Standards {
  nKvHead?: number;
  headSize?: number;
  attention?: (fields: Fields, eps: number) => Partial<MultiHeadAttentionOptions>;
  feedForwardBias?: (fields: Fields) => boolean;
  windows?: (fields: Fields, nLayer: number) => (number | null)[];
}

function dense(fields: Fields, rng: Generator, kind: Kind): Assembly {
  const shape = shapeOf(fields, kind);
  const attention = attentionOf(fields, kind, kind.attention?.(fields, shape.eps) ?? {});
  const bias = kind.feedForwardBias?.(fields) ?? false;
  const feedForward = gatedOf(fields, fields.integer("intermediate_size", kind.dHidden), bias);
  const windows = kind.windows?.(fields, shape.nLayer) ?? [];
  const model = decoderOf(fields, rng, shape, (i, own) => ({
    attention: attention(shape.dModel, own.fork("attention"), windows[i] ?? null),
    feedForward: feedForward(shape.dModel, own.fork("feedForward")),
  }));
  return assembled(model, denseNames);
}

const small = { dModel: 4096, dHidden: 11008, nLayer: 32, nHead: 32 };

export const llama: Family = (fields, rng) =>
  dense(fields, rng, {
    ...small,
    vocabSize: 32000,
    attention: (f) => ({ bias: f.flag("attention_bias", false) }),
    feedForwardBias: (f) => f.flag("mlp_bias", false),
  });

export const mistral: Family = (fields, rng) =>
  dense(fields, rng, {
    ...small,
    vocabSize: 32000,
    dHidden: 14336,
    nKvHead: 8,
    windows: (f, nLayer) => windowsOf(f, nLayer, f.orNull("sliding_window", 4096), () => true),
  });

/** Qwen's windows: only where `use_sliding_window` says so, from block `max_window_layers` on. */
export function qwenWindows(fields: Fields, nLayer: number): (number | null)[] {
  const window = fields.flag("use_sliding_window", false) ? fields.orNull("sliding_window", 4096) : null;
  const first = fields.integer("max_window_layers", 28, 0);
  return windowsOf(fields, nLayer, window, (i) => i >= first);
}

const qwen = { ...small, vocabSize: 151936, dHidden: 22016, windows: qwenWindows };

export const qwen2: Family = (fields, rng) =>
  dense(fields, rng, { ...qwen, attention: () => ({ bias: true, outBias: false }) });

export const qwen3: Family = (fields, rng) =>
  dense(fields, rng, {
    ...qwen,
    headSize: 128,
    attention: (f, eps) => ({ bias: f.flag("attention_bias", false), norm: { per: "head", eps } }),
  });
