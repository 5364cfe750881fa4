/** The frame of T5 and of what grew from it: encoder and decoder around one embedding. */

import type { Architecture } from "../architecture.js";
import type { Fields } from "../config/fields.js";
import { group, linear, type Part, rmsNorm, table, weight } from "../part.js";
import { Size } from "../size.js";
import { acrossSides, type GroupedSizes, groupedCache, looksAt, sourceCache } from "./attention.js";
import { layers } from "./decoder.js";
import type { Experts } from "./feedForward.js";
import { head, type Heads } from "./heads.js";

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
  /** Each layer has its own offsets for distances. Default false: one table for all. */
  offsetsEach?: boolean | undefined;
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
  { all, sparse, dense = all, cross, offsetsEach = false, feedForward, mixture }: StackParts,
): Part {
  const { D, H, T } = sizes;
  const offsets = [table("relative_attention_bias.weight", "attention", T, H)];
  const side = group(
    name,
    offsetsEach ? [] : offsets,
    ...layers(
      "layers",
      all,
      offsetsEach ? offsets : [],
      attention("SelfAttention", sizes),
      rmsNorm("self.layer_norm", D),
      cross ? [acrossSides(attention("EncDecAttention", sizes)), ...rmsNorm("cross.layer_norm", D)] : [],
      rmsNorm("ff.layer_norm", D),
    ),
    ...layers("dense layers", dense, feedForward),
    ...(mixture && sparse !== 0 ? layers("expert layers", sparse, mixture) : []),
    rmsNorm("final_layer_norm", D),
  );
  return cross ? side : { ...side, per: "source" };
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

/** One table for both sides; where nothing is tied, transformers gives each side a table of its own besides. */
export const sharedEmbedding = (V: Size, D: Size, tied: boolean, sides = ["encoder", "decoder"]): Part[] =>
  (tied ? ["shared"] : ["shared", ...sides.map((side) => `${side}.embed_tokens`)]).map((name) =>
    weight(`${name}.weight`, "embedding", V, D),
  );

/** The encoder looks at both sides; the decoder keeps keys and values of what it wrote and of the encoder's output. Null: there is no
 *  such side. */
export function looks(
  { H, K }: Pick<GroupedSizes, "H" | "K">,
  encoder: Size | null,
  decoder: Size | null,
): Required<Pick<Architecture, "bothSides" | "caches">> {
  const sizes = { H, Hkv: H, K };
  const across = encoder && decoder ? [sourceCache(sizes, decoder)] : [];
  return {
    bothSides: encoder ? [{ layers: encoder, products: looksAt(sizes), window: null, of: "source" }] : [],
    caches: decoder ? [groupedCache(sizes, decoder), ...across] : [],
  };
}

interface Side {
  part: Part;
  layers: Size;
  /** Layers with experts. */
  sparse?: number;
}

export interface FrameParts {
  V: Size;
  sizes: StackSizes;
  encoder: Side;
  decoder: Side;
  /** The head is the embedding again. */
  tied: boolean;
  /** Both sides have the same embedding. Default as the head. */
  shared?: boolean;
  experts?: Experts;
  /** Heads for classes, of both sides and of the encoder alone. */
  more?: Heads;
  ofEncoder?: Heads;
}

/** The embedding, both sides or the encoder alone, and the head of the config's class. */
export function tiedFrame(c: Fields, frame: FrameParts): Architecture {
  const { V, sizes, encoder, decoder, tied, shared = tied, experts, more = {}, ofEncoder = {} } = frame;
  const { D, H, K } = sizes;
  const encoders: Heads = { EncoderModel: () => [], ...ofEncoder };
  const heads: Heads = { Model: () => [], ConditionalGeneration: () => (tied ? [] : linear("lm_head", "head", V, D)) };
  const { task, parts } = head(c, { ...heads, ...more, ...encoders }, "ConditionalGeneration");
  const sides = Object.hasOwn(encoders, task) ? { encoder } : { encoder, decoder };
  const depth = (side: Side): number => Number(side.layers.value);
  const all: Side[] = Object.values(sides);
  const sparse = all.reduce((sum, side) => sum + (side.sparse ?? 0), 0);
  return {
    parts: [...sharedEmbedding(V, D, shared, Object.keys(sides)), ...all.map(({ part }) => part), ...parts],
    tied: tied && task === "ConditionalGeneration",
    layers: all.reduce((sum, side) => sum + depth(side), 0),
    moeLayers: sparse,
    experts: {
      total: sparse > 0 ? Number(experts?.E.value ?? 0n) : 0,
      topK: sparse > 0 ? Number(experts?.k.value ?? 0n) : 0,
      shared: 0,
    },
    ...looks({ H, K }, encoder.layers, all.length === 2 ? decoder.layers : null),
    width: D,
  };
}
