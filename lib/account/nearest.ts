/** The family for a config: its own, or the nearest one with a sentence on what was assumed, or a refusal. */

import type { Family } from "./architecture.js";
import { show } from "../text/show.js";
import { ConfigError } from "./config/errors.js";
import { type Config, Fields } from "./config/fields.js";
import { flatType, innerConfig, languageOnly } from "./config/outer.js";
import { innerTypes } from "./config/ties.js";
import { drafts, unlike } from "./config/refusal.js";
import { families } from "./families/index.js";
import { guessed, guessedIndexed, guessedLatent, hasExperts, hasSharedWidth, hasSmallExperts } from "./guess.js";

export interface Chosen {
  family: Family;
  /** The model_type whose family counts. */
  as: string;
  fields: Fields;
  /** The type has a family of its own. */
  known: boolean;
}

const has = (config: Config, ...fields: string[]): boolean =>
  fields.every((field) => typeof config[field] === "number");

interface Mark {
  as: string;
  why: string;
  fits: (config: Config) => boolean;
  family: Family;
}

/** What an unknown decoder most likely is, from the most telling fields to the least. */
const MARKS: readonly Mark[] = [
  {
    as: "deepseek_v32",
    why: "it has kv_lora_rank, n_routed_experts and index_head_dim: latent attention with an indexer, and experts",
    fits: (c) => has(c, "kv_lora_rank", "n_routed_experts", "index_head_dim", "q_lora_rank"),
    family: guessedIndexed,
  },
  {
    as: "deepseek_v3",
    why: "it has kv_lora_rank and n_routed_experts: latent attention and experts",
    fits: (c) => has(c, "kv_lora_rank", "n_routed_experts"),
    family: guessedLatent,
  },
  {
    as: "qwen2_moe",
    why: "it has the width of a shared expert: small experts and a shared one",
    fits: (c) => hasSharedWidth(c) && !has(c, "kv_lora_rank"),
    family: guessed,
  },
  {
    as: "glm4_moe",
    why: "it has n_routed_experts and the width of one: small experts and shared ones",
    fits: (c) => hasSmallExperts(c) && has(c, "n_routed_experts"),
    family: guessed,
  },
  {
    as: "qwen3_moe",
    why: "it has the number of experts and the width of one: small experts",
    fits: (c) => hasSmallExperts(c) && !has(c, "kv_lora_rank"),
    family: guessed,
  },
  {
    as: "mixtral",
    why: "it has the number of experts: a mixture of experts in each layer",
    fits: (c) => hasExperts(c) && !has(c, "kv_lora_rank"),
    family: guessed,
  },
  {
    as: "gpt2",
    why: "it has n_embd and n_layer",
    fits: (c) => has(c, "n_embd", "n_layer", "vocab_size") && !speaksOf(c),
    family: families.gpt2,
  },
  {
    as: "llama",
    why: "it has the fields of a decoder and none of experts",
    fits: (c) => !speaksOf(c),
    family: guessed,
  },
];
/** Without these, a guess would be made of defaults alone. */
const SIZES = ["vocab_size", "hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size"];
const INNER = "intermediate_size"; // only dense layers have it
const GPT2_SIZES = ["vocab_size", "n_embd", "n_layer"];

/** The first field that speaks of experts or of latent attention: no dense decoder has one. */
const speaksOf = (config: Config): string | undefined =>
  Object.keys(config).find((key) => {
    const value = config[key];
    const there = value !== null && value !== undefined && value !== false && value !== 0;
    return there && /expert|moe|n_exp\b|lora_rank/i.test(key) && !/coef|loss|std|scal|jitter/.test(key);
  });

const ADVICE = "; to count it as a known type with the same parts, name that as its model_type";

/** @param within the objects that the fields lie in, such as "text_config."; empty at the top */
export function choose(config: Config, file: string, within = ""): Chosen {
  if (typeof config !== "object" || config === null || Array.isArray(config))
    throw new ConfigError(`${file} must be an object with the fields of a config.json, got ${show(config)}`);
  const type = ownType(config);
  const own = typeof type === "string" && Object.hasOwn(families, type) ? type : null;
  const isOuter = own !== null && Object.hasOwn(innerTypes, own); // some wrote the language model's fields without an object
  const inner = (own === null || isOuter) && !drafts(config) ? innerConfig(config, file, within) : null;
  if (inner) {
    const chosen = choose(inner.config, file, `${within}${inner.name}.`);
    chosen.fields.notes.push(...inner.notes);
    return chosen;
  }
  const flat = flatType(own === null && has(config, ...SIZES) ? type : undefined);
  const as = flat !== undefined && Object.hasOwn(families, flat) ? flat : own;
  if (as !== null) {
    const fields = new Fields(config, file, within);
    if (as !== own) fields.notes.push(languageOnly(config, null));
    return { family: families[as], as, fields, known: true };
  }
  if (type !== undefined && typeof type !== "string")
    throw new ConfigError(`${file}: model_type must be a text such as "llama", got ${show(type)}`);
  return nearest(config, file, within, type);
}

/** Fields of experts that a flag turns off. */
const OFF = /^((use|is|has|enable)_moe|moe)$/;
const OF_EXPERTS = /expert|moe/;

function nearest(given: Config, file: string, within: string, type: string | undefined): Chosen {
  const off = Object.keys(given).find((key) => OFF.test(key) && given[key] === false);
  const used = Object.entries(given).filter(([key]) => off === undefined || !OF_EXPERTS.test(key));
  const config = Object.fromEntries(used);
  const at = within === "" ? file : `${file}: ${within.slice(0, -1)}`;
  const named = `${at} ${type === undefined ? "has no model_type" : `has the unknown model_type ${show(type)}`}`;
  const why = unlike(config);
  if (why !== null) throw new ConfigError(`${named}, and ${why}${ADVICE}`);
  const gpt = has(config, ...GPT2_SIZES);
  const mark = gpt && speaksOf(config) ? undefined : MARKS.find(({ fits }) => fits(config));
  if (!mark) {
    const how = "speaks of experts or latent attention by fields that are not known here";
    throw new ConfigError(`${named}, and ${show(speaksOf(config))} ${how}${ADVICE}`);
  }
  const missing = SIZES.filter((field) => !has(config, field) && !(field === INNER && hasSmallExperts(config)));
  if (!gpt && missing.length > 0)
    throw new ConfigError(
      `${named}, and no number under ${missing.join(", ")}, so that no known type is near${ADVICE}`,
    );
  const fields = new Fields(config, file, within);
  fields.notes.push(`${named}: counted as "${mark.as}", since ${mark.why}`);
  if (off !== undefined && used.length < Object.keys(given).length - 1)
    fields.notes.push(`${off} is false, so that the fields of experts count nothing`);
  return { family: mark.family, as: mark.as, fields, known: false };
}

/** The model_type, but for a file of the hub that says "minimax" and means the class MiniMaxM2. */
function ownType({ model_type: type, architectures }: Config): unknown {
  const m2 = Array.isArray(architectures) && architectures.includes("MiniMaxM2ForCausalLM");
  return type === "minimax" && m2 ? "minimax_m2" : type;
}
