/** Decoders whose layers are all alike, with the fields that most of them use: what a layer is made of is all that differs. */

import type { Cache, Family } from "../architecture.js";
import type { Fields } from "../config/fields.js";
import { group, type Part, rmsNorm } from "../part.js";
import { groupedAttention, groupedCache, type GroupedOptions } from "./attention.js";
import {
  countTypes,
  decoder,
  type DecoderDefaults,
  decoderSizes,
  type DecoderSizes,
  layers,
  slidingCaches,
  slidingWindow,
} from "./decoder.js";
import { swiglu } from "./feedForward.js";

export interface UniformDefaults extends DecoderDefaults {
  /** transformers' default of `tie_word_embeddings`. */
  tied: boolean;
}

export interface UniformParts {
  /** Of one layer. */
  layer: readonly (Part | readonly Part[])[];
  /** After the last layer. Default an RMS norm. */
  norm?: readonly Part[];
  /** Default keys and values of all tokens in each layer. */
  caches?: readonly Cache[] | undefined;
  headBias?: boolean;
}

/** A family from its defaults and the parts of one layer. */
export const uniform =
  (defaults: UniformDefaults, parts: (c: Fields, sizes: DecoderSizes) => UniformParts): Family =>
  (c) => {
    const sizes = decoderSizes(c, defaults);
    const { V, D, L } = sizes;
    const { layer, norm = rmsNorm("norm", D), caches = [groupedCache(sizes, L)], headBias = false } = parts(c, sizes);
    return decoder(c, {
      V,
      D,
      layers: layers("layers", L, ...layer),
      norm,
      tied: c.flag("tie_word_embeddings", defaults.tied),
      depth: L,
      caches,
      headBias,
    });
  };

export interface LlamaOptions extends GroupedOptions {
  mlpBias?: boolean;
  /** Further norms of each layer. */
  norms?: readonly Part[];
  caches?: readonly Cache[];
}

/** A norm, attention, a norm, SwiGLU, as in Llama. @param options biases and norms of queries and keys, from the config */
export const llamaLike = (
  defaults: UniformDefaults,
  options: (c: Fields, sizes: DecoderSizes) => LlamaOptions = () => ({}),
): Family =>
  uniform(defaults, (c, sizes) => {
    const { D, F } = sizes;
    const { mlpBias = false, norms = [], caches, ...attention } = options(c, sizes);
    return {
      layer: [
        rmsNorm("input_layernorm", D),
        groupedAttention(sizes, attention),
        rmsNorm("post_attention_layernorm", D),
        group("mlp", swiglu(D, F, mlpBias)),
        norms,
      ],
      caches,
    };
  });

/** Caches where every n-th layer looks at all tokens and the others at a window; `layer_types` decides where it is there.
 *  @param every how far one full layer lies from the next: a number, or the field that says it and its default
 *  @param window default of `sliding_window`; null: none */
export function everyNth(
  c: Fields,
  sizes: DecoderSizes,
  every: number | readonly [field: string, otherwise: number],
  window: number | null,
): Cache[] {
  const n = (): number => (typeof every === "number" ? every : c.number(every[0], every[1], { least: 1 }));
  const sliding = countTypes(c, sizes.L, "sliding_attention", (i) => (i + 1) % n() !== 0);
  return slidingCaches(sizes, sliding, slidingWindow(c, window));
}

/** Qwen's rule: with `use_sliding_window`, the layers from `max_window_layers` on look at a window. */
export function lateWindows(c: Fields, sizes: DecoderSizes, first: number, otherwise: number | null): Cache[] {
  const window = c.flag("use_sliding_window", false) ? slidingWindow(c, otherwise) : null;
  const from = c.number("max_window_layers", first);
  const late = (i: number): boolean => window !== null && i >= from;
  return slidingCaches(sizes, countTypes(c, sizes.L, "sliding_attention", late), window);
}
