/** What no decoder of a known shape is: each kind with the field that tells, and a sentence. */

import { named, show } from "../../text/show.js";
import type { Config } from "./fields.js";

const CAUSAL = /CausalLM|LMHead|ConditionalGeneration|LanguageModel|ForGeneration|ForBlockDiffusion|WithLM/i;

const present = (value: unknown): boolean =>
  value !== undefined && value !== null && value !== false && value !== 0 && value !== "";

const numbers = (value: unknown): boolean =>
  Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === "number");

/** The first field whose name fits and whose value is there. */
const field = (config: Config, names: RegExp): string | undefined =>
  Object.keys(config).find((key) => names.test(key) && present(config[key]));

const ENCODER =
  /^(type_vocab_size|embedding_size|position_buckets|position_biased_input|pooler_|classifier_pooling|n_langs|embedding_dim|attention_probs_dropout_prob)$/;
const STATE =
  /mamba|(^|_)ssm|rwkv|xlstm|^state_size$|^time_step|^time_mix|(^|_)(lru|kda|rg_lru|delta)_|d_conv|d_state|^conv|_conv|conv1d|^linear_(num|key|value|head|attn|conv|attention)|wkv|short_conv|^sconv|retention/;
const TWO_SIDES = /^(encoder|decoder)_(layers|ffn_dim|attention_heads)$|^num_(encoder|decoder)_layers$/;
/** Layers that differ by a list of their own, in transformers 5. */
const BY_LAYER = /^per_layer_config$|^layer_configs$|^block_configs$|_per_layer$/;
const KINDS = [
  "indexed_attention",
  "full_attention",
  "sliding_attention",
  "chunked_attention",
  "attention",
  "global",
  "local",
  "full",
];

/** Layers that run several times, or that are counted in another way. */
const CYCLES = /cycles$|_loops?$|recurrent|layers_per_stack/;

/** Parts that no near type has: hyper-connections, attention with experts, experts in a width of their own, norms with a gate. */
const STRANGE = /^hc_mult$|^kv_channels$|^gated_norm/;
/** Under GPT-2's names: positions, heads and gates that GPT-2 does not have. */
const NOT_GPT2 = /^rotary_dim$|^multi_query$|^alibi$|^group_query_attention$|^num_query_groups$|kv_heads$|^n_head_kv$/;

function notGpt2(config: Config): string | undefined {
  const { activation_function: act, position_embedding_type: positions } = config;
  if (typeof act === "string" && /glu|^swish|^silu/.test(act)) return "activation_function";
  if (typeof positions === "string" && !/learned|absolute/.test(positions)) return "position_embedding_type";
  return field(config, NOT_GPT2);
}

/** A model that guesses words for another one, whose numbers it takes in. */
export const drafts = ({ model_type: type }: Config): boolean =>
  typeof type === "string" && type.endsWith("_assistant");

/** Why a config of an unknown type cannot be counted by a near one: half a sentence; null where it may be. */
export function unlike(config: Config): string | null {
  const { architectures } = config;
  const [name] = Array.isArray(architectures) ? (architectures as unknown[]) : [];
  if (typeof name === "string" && !CAUSAL.test(name))
    return `its class ${named(name)} is no CausalLM, LMHead or ConditionalGeneration: an encoder or another head, which is counted for known types alone`;
  if (config.is_encoder_decoder === true)
    return "it has an encoder and a decoder (is_encoder_decoder), whose parts are not known here";
  if (drafts(config)) return "it drafts for another model, whose numbers it projects by parts that are not known here";
  const encoder = field(config, ENCODER);
  if (encoder) return `${encoder} ${show(config[encoder])} is a field of encoders, whose parts are not known here`;
  const state = field(config, STATE);
  if (state) return `${named(state)} speaks of layers with a state or a convolution, whose parts are not known here`;
  const sides = field(config, TWO_SIDES);
  if (sides) return `${sides} speaks of an encoder beside the decoder, whose parts are not known here`;
  const cycles = field(config, CYCLES);
  if (cycles) return `${named(cycles)} speaks of layers that run more than once, whose number is not known here`;
  const strange = field(config, STRANGE) ?? ("n_embd" in config ? notGpt2(config) : undefined);
  if (strange) return `${strange} ${show(config[strange])} speaks of parts that no near type has`;
  const byLayer = field(config, BY_LAYER);
  if (byLayer) return `${named(byLayer)} gives layers sizes of their own, which are not read here`;
  const listed = Object.keys(config).find((key) => /expert|^moe_(inter|num)/.test(key) && numbers(config[key]));
  if (listed) return `${named(listed)} is a list of sizes, of which near types have one`;
  const kinds: unknown = config.layer_types ?? config.layers_block_type ?? config.hybrid_layer_pattern;
  const odd = Array.isArray(kinds)
    ? (kinds as unknown[]).find((kind) => typeof kind === "string" && !KINDS.includes(kind))
    : undefined;
  if (odd !== undefined) return `it has layers of the kind ${show(odd)}, whose parts are not known here`;
  return null;
}
