/** The frame of decoder-only models: embedding, layers, last norm, head. */

import type { Architecture, Cache } from "../architecture.js";
import type { Fields } from "../config/fields.js";
import { group, linear, type Part, repeat, weight } from "../part.js";
import { Size, TWO } from "../size.js";
import { groupedCache, type GroupedSizes } from "./attention.js";
import type { Experts } from "./feedForward.js";
import { classifier, head as headOf, type Heads } from "./heads.js";

/** transformers' defaults of a family, for fields that a config leaves out; null where it must have them. */
export interface DecoderDefaults {
  vocab: number | null;
  hidden: number | null;
  inner: number;
  layers: number | null;
  heads: number | null;
  /** Key-value heads; null: as many as heads. */
  kvHeads: number | null;
  /** Size of one head; default hidden size / heads. */
  headDim?: number;
  /** False: the class looks at no `head_dim`. */
  ownHeadDim?: boolean;
  /** False: the class looks at no `num_key_value_heads`, and has as many as heads. */
  ownKvHeads?: boolean;
  /** transformers' class insists that heads divide the hidden size. Default false: the head size is rounded down. */
  headsDivide?: boolean;
}

export interface DecoderSizes extends GroupedSizes {
  V: Size;
  F: Size;
  L: Size;
}

/** The fields that nearly all decoders have, by the names that most of them use. */
export function decoderSizes(c: Fields, defaults: DecoderDefaults): DecoderSizes {
  const V = c.size("V", "vocab_size", defaults.vocab);
  const D = c.size("D", "hidden_size", defaults.hidden);
  return { V, D, F: c.size("F", "intermediate_size", defaults.inner), ...headSizes(c, D, defaults) };
}

/** The same of a model whose feed-forward layers have other fields. */
export function attentionSizes(c: Fields, defaults: Omit<DecoderDefaults, "inner">): Omit<DecoderSizes, "F"> {
  const V = c.size("V", "vocab_size", defaults.vocab);
  const D = c.size("D", "hidden_size", defaults.hidden);
  return { V, D, ...headSizes(c, D, defaults) };
}

function headSizes(
  c: Fields,
  D: Size,
  defaults: Omit<DecoderDefaults, "inner">,
): Pick<DecoderSizes, "L" | "H" | "Hkv" | "K"> {
  const L = c.depth("L", "num_hidden_layers", defaults.layers);
  const H = c.size("H", "num_attention_heads", defaults.heads);
  if (defaults.headsDivide) headsDivide(c, D, H);
  const Hkv = defaults.ownKvHeads === false ? H : kvHeads(c, H, defaults.kvHeads);
  const K = defaults.ownHeadDim === false ? perHead(c, D, H) : headSize(c, D, H, defaults.headDim ?? null);
  return { L, H, Hkv, K };
}

/** Refuses heads that would not be whole. */
export function headsDivide(
  c: Fields,
  D: Size,
  H: Size,
  field: string | readonly string[] = ["num_attention_heads", "n_head", "n_heads"],
): void {
  if (D.value % H.value !== 0n) c.fail(field, `must divide the hidden size ${D.value}, got ${H.value}`);
}

/** Key-value heads: their own field, or as many as heads. */
export function kvHeads(c: Fields, H: Size, otherwise: number | null): Size {
  const field = "num_key_value_heads";
  if (otherwise !== null && !c.isNull(field) && !c.has(field)) return c.size("H_kv", field, otherwise);
  const Hkv = c.sizeOr("H_kv", field, () => H);
  if (c.has("num_attention_heads") && H.value % Hkv.value !== 0n)
    c.fail(field, `must divide num_attention_heads ${H.value}, got ${Hkv.value}`);
  return Hkv;
}

/** K: its own field, or hidden size / heads, rounded down as in transformers. */
export function headSize(c: Fields, D: Size, H: Size, otherwise: number | null = null): Size {
  if (otherwise !== null && !c.isNull("head_dim")) return c.size("K", "head_dim", otherwise);
  return c.sizeOr("K", "head_dim", () => perHead(c, D, H));
}

export function perHead(c: Fields, D: Size, H: Size): Size {
  if (H.value > D.value)
    c.fail(["num_attention_heads", "n_head", "n_heads"], `must be at most the hidden size ${D.value}, got ${H.value}`);
  return c.derive("K", "hidden size / heads", Number(D.value / H.value));
}

/** E and k, checked against one another. `null`: the family has no default. */
export function expertCounts(
  c: Fields,
  [total, otherwise]: readonly [string | readonly string[], number | null],
  [topK, otherwiseK]: readonly [string | readonly string[], number | null],
): Experts {
  const E = c.size("E", total, otherwise);
  const k = c.size("k", topK, otherwiseK);
  if (k.value > E.value) c.fail(topK, `must be at most the number of experts ${E.value}, got ${k.value}`);
  return { E, k };
}

/** How many layers are dense and how many have experts, with letters for both. A list would say which. */
export function layerKinds(c: Fields, L: Size, how: string, sparse: number): { dense: Size; sparse: Size } {
  const all = Number(L.value);
  if (sparse === all) return { dense: Size.of(0), sparse: L };
  if (sparse === 0) return { dense: L, sparse: Size.of(0) };
  return {
    dense: c.derive("L_d", `layers without experts, from ${how}`, all - sparse),
    sparse: c.derive("L_e", `layers with experts, from ${how}`, sparse),
  };
}

/** The first layers are dense, all others have experts. */
export function denseFirst(c: Fields, L: Size, field: string, otherwise: number): { dense: Size; sparse: Size } {
  const dense = Math.min(c.number(field, otherwise), Number(L.value));
  const rule = c.has("moe_layer_freq") ? c.values.moe_layer_freq : 1;
  const follows = Array.isArray(rule) ? rule.every((one, i) => (one !== 0) === i >= dense) : rule === 1;
  if (!follows)
    c.notes.push(`moe_layer_freq not read, as in transformers' class: all layers after ${field} have experts`);
  return layerKinds(c, L, field, Number(L.value) - dense);
}

/** These parts, repeated; nothing for 0 times. */
export const layers = (name: string, times: Size, ...parts: readonly (Part | readonly Part[])[]): Part[] =>
  times.value === 0n ? [] : [repeat(group(name, ...parts), times)];

export interface DecoderParts {
  V: Size;
  D: Size;
  tied: boolean;
  layers: readonly Part[];
  norm: readonly Part[];
  caches: readonly Cache[];
  depth: Size;
  embedding?: string;
  headBias?: boolean;
  more?: readonly Part[];
  moe?: { layers: Size; experts: Experts; shared: number } | undefined;
  /** Heads that only this family has. @param words the parts of the head for language */
  heads?: (words: () => Part[]) => Heads;
}

/** embedding [V, D], the layers, a last norm, a head [V, D] that may be the embedding again. */
export function decoder(c: Fields, model: DecoderParts): Architecture {
  const { V, D, embedding = "embed_tokens", headBias = false, more = [] } = model;
  // Tied, the head has no weight of its own: at most the bias is left.
  const words = (): Part[] => linear("lm_head", "head", V, D, headBias).slice(model.tied ? 1 : 0);
  const { task, parts: head } = headOf(c, { ...decoderHeads(c, D, words), ...model.heads?.(words) }, "CausalLM");
  const tied = model.tied && /CausalLM|Head|ConditionalGeneration/.test(task);
  const moe = model.moe && model.moe.layers.value > 0n ? model.moe : undefined;
  return {
    parts: [weight(`${embedding}.weight`, "embedding", V, D), ...more, ...model.layers, ...model.norm, ...head],
    tied,
    layers: Number(model.depth.value),
    moeLayers: Number(moe?.layers.value ?? 0n),
    experts: {
      total: Number(moe?.experts.E.value ?? 0n),
      topK: Number(moe?.experts.k.value ?? 0n),
      shared: moe?.shared ?? 0,
    },
    caches: model.caches,
    width: D,
  };
}

/** The heads that every decoder has in transformers: one score for each class, of a text or of each token, or where an answer lies. */
const decoderHeads = (c: Fields, D: Size, words: () => Part[]): Heads => ({
  Model: () => [],
  TextModel: () => [],
  CausalLM: words,
  LMHeadModel: words,
  ConditionalGeneration: words,
  SequenceClassification: () => classifier(c, D, { name: "score", bias: false }),
  TokenClassification: () => classifier(c, D, { name: "score" }),
  QuestionAnswering: () => linear("qa_outputs", "other", TWO, D, true),
});

/** Caches where some layers look at all tokens and others at the last `window`. @param sliding how many of the latter */
export function slidingCaches(sizes: GroupedSizes & { L: Size }, sliding: number, window: number | null): Cache[] {
  const all = Number(sizes.L.value);
  if (sliding === 0 || window === null) return [groupedCache(sizes, sizes.L)];
  if (sliding === all) return [groupedCache(sizes, sizes.L, window)];
  return [groupedCache(sizes, Size.of(all - sliding)), groupedCache(sizes, Size.of(sliding), window)];
}

/** How many layers of a kind `layer_types` names; where it is left out, how many `otherwise` finds. */
export function countTypes(c: Fields, L: Size, kind: string, otherwise: (layer: number) => boolean): number {
  const all = Number(L.value);
  const given = c.words("layer_types");
  if (given && given.length !== all) c.fail("layer_types", `must name each of the ${all} layers, got ${given.length}`);
  if (given) return given.filter((type) => type === kind).length;
  return Array.from({ length: all }, (_, i) => i).filter(otherwise).length;
}

/** The window of sliding attention, or null where there is none. */
export const slidingWindow = (c: Fields, otherwise: number | null): number | null =>
  c.isNull("sliding_window") ? null : c.has("sliding_window") ? c.number("sliding_window", 0) || null : otherwise;
