/** The frame of T5 and of what grew from it: encoder and decoder around one embedding. */

import type { Architecture } from "../architecture.js";
import type { Fields } from "../config/fields.js";
import { group, linear, type Part, rmsNorm, weight } from "../part.js";
import { Size } from "../size.js";
import { groupedCache } from "./attention.js";
import { isBare, layers } from "./decoder.js";
import type { Experts } from "./feedForward.js";

export interface StackSizes {
  D: Size;
  H: Size;
  K: Size;
  /** Buckets of distances, each with an offset for each head. */
  T: Size;
}

export interface StackParts {
  all: Size;
  /** Layers with a mixture. */
  sparse: Size | 0;
  dense?: Size;
  /** The decoder looks at the encoder's output, too. */
  cross: boolean;
  feedForward: Part;
  mixture?: Part;
}

const attention = (name: string, { D, H, K }: StackSizes): Part =>
  group(
    name,
    ...["q", "k", "v"].map((part) => linear(part, "attention", H.times(K), D)),
    linear("o", "attention", D, H.times(K)),
  );

/** One side: attention and feed-forward with a norm before each, and a last norm. */
export function stack(
  name: string,
  sizes: StackSizes,
  { all, sparse, dense = all, cross, feedForward, mixture }: StackParts,
): Part {
  const { D, H, T } = sizes;
  return group(
    name,
    weight("relative_attention_bias.weight", "attention", T, H),
    ...layers(
      "layers",
      all,
      attention("SelfAttention", sizes),
      rmsNorm("self.layer_norm", D),
      cross ? [attention("EncDecAttention", sizes), ...rmsNorm("cross.layer_norm", D)] : [],
      rmsNorm("ff.layer_norm", D),
    ),
    ...layers("dense layers", dense, feedForward),
    ...(mixture && sparse !== 0 ? layers("expert layers", sparse, mixture) : []),
    rmsNorm("final_layer_norm", D),
  );
}

/** The split of a side's layers, with a letter for each. */
export function sparseIn(
  c: Fields,
  side: string,
  all: Size,
  sparse: number,
): Pick<StackParts, "all" | "sparse" | "dense"> {
  return {
    all,
    sparse: c.derive(`L_e_${side}`, `${side}oder layers with experts`, sparse),
    dense: c.derive(`L_d_${side}`, `${side}oder layers without`, Number(all.value) - sparse),
  };
}

export interface FrameParts {
  V: Size;
  sizes: StackSizes;
  encoder: Part;
  /** Null: an encoder alone. */
  decoder: Part | null;
  Lenc: Size;
  Ldec: Size;
  tied: boolean;
  moe?: { layers: number; experts: Experts };
}

/** One table for both sides; where nothing is tied, transformers gives each side a table of its own besides. */
export const sharedEmbedding = (V: Size, D: Size, tied: boolean): Part[] =>
  (tied ? ["shared"] : ["shared", "encoder.embed_tokens", "decoder.embed_tokens"]).map((name) =>
    weight(`${name}.weight`, "embedding", V, D),
  );

/** The embedding, both sides, the head. */
export function tiedFrame(c: Fields, { V, sizes, encoder, decoder, Lenc, Ldec, tied, moe }: FrameParts): Architecture {
  const { D, H, K } = sizes;
  const headless = isBare(c);
  const has = moe && moe.layers > 0 ? moe : undefined;
  return {
    parts: [
      ...sharedEmbedding(V, D, tied),
      encoder,
      ...(decoder ? [decoder] : []),
      ...(headless || tied ? [] : linear("lm_head", "head", V, D)),
    ],
    tied: tied && !headless,
    layers: Number(Lenc.value) + (decoder ? Number(Ldec.value) : 0),
    moeLayers: has?.layers ?? 0,
    experts: { total: Number(has?.experts.E.value ?? 0n), topK: Number(has?.experts.k.value ?? 0n), shared: 0 },
    // The decoder keeps keys and values of what it wrote; those of the encoder's output are as many again.
    caches: decoder ? [groupedCache({ D, H, Hkv: H, K }, Ldec.times(2))] : [],
    width: D,
  };
}
