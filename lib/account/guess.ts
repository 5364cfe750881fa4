/** A decoder of an unknown type, by what its fields say; what they leave open is assumed, and said. */

import type { Cache, Family } from "./architecture.js";
import type { Config, Fields } from "./config/fields.js";
import { deepseekV3 } from "./families/latent/deepseekV3.js";
import { deepseekV32 } from "./families/latent/sparse/deepseekV32.js";
import { group, type Part, rmsNorm } from "./part.js";
import { groupedAttention } from "./pieces/attention.js";
import { attentionSizes, decoder, type DecoderSizes, layerKinds, layers, slidingCaches } from "./pieces/decoder.js";
import { mlp, swiglu } from "./pieces/feedForward.js";
import { type SmallExperts, smallExperts, unbalanced } from "./pieces/smallExperts.js";
import type { Size } from "./size.js";

const NO_DEFAULTS = { vocab: null, hidden: null, layers: null, heads: null, kvHeads: null };

const EXPERTS = [
  "num_experts",
  "num_local_experts",
  "n_routed_experts",
  "moe_num_experts",
  "n_experts",
  "num_moe_experts",
];
const TOP_K = [
  "num_experts_per_tok",
  "num_experts_per_token",
  "moe_topk",
  "moe_top_k",
  "moe_k",
  "moe_router_topk",
  "experts_per_token",
  "n_experts_per_tok",
  "top_k_experts",
];
const INNER = ["moe_intermediate_size", "expert_intermediate_size", "moe_ffn_hidden_size"];
const SHARED = ["n_shared_experts", "num_shared_experts", "moe_num_shared_experts", "num_shared_expert"];
const SHARED_INNER = [
  "shared_expert_intermediate_size",
  "moe_shared_expert_intermediate_size",
  "shared_intermediate_size",
];
const DENSE_FIRST = ["first_k_dense_replace", "num_dense_layers", "n_dense_layers", "moe_layer_start_index"];

const some = (config: Config, names: readonly string[]): boolean =>
  names.some((name) => typeof config[name] === "number" && config[name] > 0);

export const hasExperts = (config: Config): boolean => some(config, EXPERTS);
export const hasSmallExperts = (config: Config): boolean => hasExperts(config) && some(config, INNER);
export const hasSharedWidth = (config: Config): boolean => hasExperts(config) && some(config, SHARED_INNER);

/** Functions of a feed-forward layer without a gate, where nothing else says so; other GELUs have one beside RMS norms alone. */
const PLAIN = /^(relu|relu2|squared_relu|xielu|gelu|gelu_new|gelu_fast|quick_gelu|gelu_python)$/;
const ACT = ["hidden_act", "hidden_activation", "activation_function", "activation"];
const BIAS = ["attention_bias", "qkv_bias", "use_qkv_bias", "use_bias", "add_qkv_bias", "attn_bias", "bias"];
const QK_NORM = ["use_qk_norm", "qk_norm", "qk_layernorm", "use_qk_layernorm"];
const GATED = ["is_gated_act", "gated_mlp", "use_gated_mlp", "use_glu"];

/** Experts that work on a token where the config does not say it: the total does not depend on it. */
const MOST_ACTIVE = 8;
const isNumber = (value: unknown): value is number => typeof value === "number" && value >= 1;

/** Dense, or with experts where the config has them. */
export const guessed: Family = (config) => {
  const c = config.renamed({ dim_head: "head_dim" });
  const act = c.word(ACT, "silu");
  const gated = c.flag(GATED, !(PLAIN.test(act) || (act.startsWith("gelu") && !c.has("rms_norm_eps"))));
  const sizes = attentionSizes(c, NO_DEFAULTS);
  const { V, D, L } = sizes;
  const inner = (): Size => c.size("F", "intermediate_size", null);
  const bias = c.flag(["mlp_bias", "use_mlp_bias", "use_bias", "bias"], false);
  const feedForward = (F: Size): Part =>
    group("mlp", gated ? swiglu(D, F, bias) : mlp(["up_proj", "down_proj"], D, F, bias));
  const kinds = hasExperts(c.values) ? expertKinds(c, L) : null;
  const experts = kinds ? mixtureOf(c, D, inner, kinds) : null;
  const model = decoder(c, {
    V,
    D,
    layers: [
      ...layers(
        "layers",
        L,
        rmsNorm("input_layernorm", D),
        groupedAttention(sizes, { bias: c.flag(BIAS, false), qkNorm: c.flag(QK_NORM, false) ? "head" : null }),
        rmsNorm("post_attention_layernorm", D),
        kinds ? [] : feedForward(inner()),
      ),
      ...(kinds && kinds.dense.value > 0n ? layers("dense layers", kinds.dense, feedForward(inner())) : []),
      ...(experts?.layers ?? []),
    ],
    norm: rmsNorm("norm", D),
    tied: c.flag("tie_word_embeddings", true),
    headBias: c.flag("lm_head_bias", false),
    depth: L,
    caches: windows(c, sizes),
    moe: experts?.moe,
  });
  c.notes.push(`assumed are ${assumptions(c, gated, model.tied)}`);
  return model;
};

function mixtureOf(
  c: Fields,
  D: Size,
  inner: () => Size,
  kinds: SmallExperts["kinds"],
): ReturnType<typeof smallExperts> {
  const width = SHARED_INNER.find((name) => some(c.values, [name]));
  const count = SHARED.find((name) => some(c.values, [name]));
  const known = EXPERTS.map((name) => c.values[name]).filter(isNumber);
  const one = width === undefined ? null : c.size("F_s", width, null);
  const found = smallExperts(
    c,
    { D, F: null },
    {
      kinds,
      total: [EXPERTS, null],
      topK: [TOP_K, Math.min(MOST_ACTIVE, ...known)],
      inner: some(c.values, INNER) ? c.size("F_e", INNER, null) : inner(),
      shared: one === null && count !== undefined ? [count, null] : null,
      balance: unbalanced,
      ...(one ? { besides: [group("shared_experts", swiglu(D, one, false, "shared expert"))] } : {}),
    },
  );
  return one ? { ...found, moe: { ...found.moe, shared: 1 } } : found;
}

/** Which layers are dense: a list of all layers says it, or how many the first are and which others have no experts. */
function expertKinds(c: Fields, L: Size): SmallExperts["kinds"] {
  const all = Number(L.value);
  const kinds = c.words("mlp_layer_types");
  if (kinds && kinds.length !== all)
    c.fail("mlp_layer_types", `must name each of the ${all} layers, got ${kinds.length}`);
  if (kinds) return layerKinds(c, L, "mlp_layer_types", kinds.filter((kind) => kind !== "dense").length);
  const first = c.number(DENSE_FIRST, 0);
  const [step, only] = [c.number("decoder_sparse_step", 1, { least: 1 }), new Set(c.wholes("mlp_only_layers") ?? [])];
  const listed = Array.isArray(c.values.moe_layer_freq) ? c.wholes("moe_layer_freq") : undefined;
  const every = listed ? 1 : c.number("moe_layer_freq", 1, { least: 1 });
  const sparse = Array.from({ length: all }, (_, i) => i).filter(
    (i) => i >= first && (i + 1) % step === 0 && i % every === 0 && !only.has(i) && listed?.[i] !== 0,
  );
  return layerKinds(c, L, "the fields that say which layers have experts", sparse.length);
}

/** All layers look at a window if there is one and no list says which do. */
function windows(c: Fields, sizes: Omit<DecoderSizes, "F">): Cache[] {
  const all = Number(sizes.L.value);
  const given = c.words("layer_types");
  if (given && given.length !== all) c.fail("layer_types", `must name each of the ${all} layers, got ${given.length}`);
  const on = c.flag("use_sliding_window", true);
  const window = c.number(["sliding_window", "attention_chunk_size"], 0);
  const sliding = given?.filter((type) => ["sliding_attention", "chunked_attention"].includes(type)).length ?? all;
  return slidingCaches(sizes, sliding, on ? window || null : null);
}

/** Latent attention and experts, as in DeepSeek-V3, but that the head is tied where nothing is said. */
const latentLike =
  (family: Family): Family =>
  (c) => {
    const kinds = c.words("mlp_layer_types");
    c.has(["head_dim", "num_key_value_heads", "qk_head_dim"]); // follow from the others under latent attention
    const model = family(
      c.with({
        ...(c.has("tie_word_embeddings") ? {} : { tie_word_embeddings: true }),
        ...(kinds ? { first_k_dense_replace: kinds.filter((kind) => kind === "dense").length } : {}),
      }),
    );
    c.notes.push(`assumed are ${headOf(c, model.tied)} and no norms of queries and keys but of their compressed rows`);
    return model;
  };

export const guessedLatent = latentLike(deepseekV3);
export const guessedIndexed = latentLike(deepseekV32);

function assumptions(c: Fields, gated: boolean, tied: boolean): string {
  const said = (names: readonly string[]): boolean => names.some((name) => c.values[name] === true);
  return [
    gated ? "feed-forward layers with a gate (three matrices)" : "feed-forward layers without a gate (two matrices)",
    headOf(c, tied),
    said(BIAS) ? "biases of queries, keys, values and output" : "no biases in attention",
    said(QK_NORM) ? "a norm of each head's queries and keys" : "no norms of queries and keys",
    "two RMS norms a layer",
  ].join(", ");
}

const headOf = (c: Fields, tied: boolean): string =>
  c.has("tie_word_embeddings")
    ? tied
      ? "a head that is the embedding again"
      : "a head of its own"
    : "a head that is the embedding again, since tie_word_embeddings is left out and transformers' base default is true";
