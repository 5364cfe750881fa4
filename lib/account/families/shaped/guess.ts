/** A decoder of an unknown type, by what its fields say; what they leave open is assumed, and said. */

import type { Architecture, Family } from "../../architecture.js";
import type { Config, Fields } from "../../config/fields.js";
import { deepseekV3 } from "../latent/deepseekV3.js";
import { shaped, type Shape } from "./shape.js";
import type { MixtureFacts } from "./mixtures.js";

const SIZES: Shape["sizes"] = { vocab: null, hidden: null, inner: null, layers: null, heads: null };
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
export const guessed = (c: Fields): Architecture => {
  const act = c.word(ACT, "silu");
  const gated = c.flag(GATED, !(PLAIN.test(act) || (act.startsWith("gelu") && !c.has("rms_norm_eps"))));
  const facts: Shape = {
    sizes: SIZES,
    tied: true,
    bias: [BIAS, false],
    mlpBias: [["mlp_bias", "use_mlp_bias", "use_bias", "bias"], false],
    headBias: ["lm_head_bias", false],
    qkNorm: ["head", [QK_NORM, false]],
    gated,
    ...(hasExperts(c.values) ? { moe: mixtureOf(c) } : {}),
  };
  const model = shaped(facts)(c);
  c.notes.push(`assumed are ${assumptions(c, gated, model.tied)}`);
  return model;
};

function mixtureOf(c: Fields): MixtureFacts {
  const width = SHARED_INNER.find((name) => some(c.values, [name]));
  const count = SHARED.find((name) => some(c.values, [name]));
  return {
    experts: [EXPERTS, null],
    topK: [TOP_K, Math.min(MOST_ACTIVE, ...EXPERTS.map((name) => c.values[name]).filter(isNumber))],
    ...(some(c.values, INNER) ? { inner: [INNER, null] } : {}),
    ...(width ? { shared: { inner: [width, null] } } : count ? { shared: { count: [count, null] } } : {}),
    dense: [DENSE_FIRST, 0],
    steps: true,
  };
}

/** Latent attention and experts, as in DeepSeek-V3, but that the head is tied where nothing is said. */
export const guessedLatent: Family = (c) => {
  const kinds = c.words("mlp_layer_types");
  c.has(["head_dim", "num_key_value_heads", "qk_head_dim"]); // follow from the others under latent attention
  const model = deepseekV3(
    c.with({
      ...(c.has("tie_word_embeddings") ? {} : { tie_word_embeddings: true }),
      ...(kinds ? { first_k_dense_replace: kinds.filter((kind) => kind === "dense").length } : {}),
    }),
  );
  c.notes.push(`assumed are ${headOf(c, model.tied)} and no norms of queries and keys but of their compressed rows`);
  return model;
};

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
