/** The family for a config: its own, or the nearest one with a sentence on what was assumed, or a refusal. */

import type { Family } from "./architecture.js";
import { named as shortened, show } from "../text/show.js";
import { ConfigError } from "./config/errors.js";
import { type Config, Fields } from "./config/fields.js";
import { families } from "./families/index.js";

export interface Chosen {
  family: Family;
  /** The model_type whose family counts. */
  as: string;
  fields: Fields;
}

const has = (config: Config, ...fields: string[]): boolean =>
  fields.every((field) => typeof config[field] === "number");

/** What an unknown decoder most likely is, from the most telling fields to the least. */
const MARKS: readonly { as: string; why: string; fits: (config: Config) => boolean }[] = [
  {
    as: "deepseek_v3",
    why: "it has kv_lora_rank and n_routed_experts: latent attention and experts",
    fits: (c) => has(c, "kv_lora_rank", "n_routed_experts"),
  },
  {
    as: "qwen2_moe",
    why: "it has num_experts and shared_expert_intermediate_size: small experts and a shared one",
    fits: (c) => has(c, "num_experts", "shared_expert_intermediate_size"),
  },
  {
    as: "qwen3_moe",
    why: "it has num_experts and moe_intermediate_size: small experts",
    fits: (c) => has(c, "num_experts", "moe_intermediate_size"),
  },
  {
    as: "glm4_moe",
    why: "it has n_routed_experts and moe_intermediate_size: small experts and shared ones",
    fits: (c) => has(c, "n_routed_experts", "moe_intermediate_size"),
  },
  {
    as: "mixtral",
    why: "it has num_local_experts: a mixture of experts in each layer",
    fits: (c) => has(c, "num_local_experts"),
  },
  {
    as: "gpt2",
    why: "it has n_embd and n_layer",
    fits: (c) => has(c, "n_embd", "n_layer", "vocab_size"),
  },
  {
    as: "llama",
    why: "it has the fields of a decoder and none of experts",
    fits: (c) => !Object.keys(c).some((field) => /expert|lora_rank|mamba|ssm|conv/.test(field)),
  },
];
/** Without these, a guess would be made of defaults alone. */
const SIZES = ["vocab_size", "hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size"];

/** @param within the object that the fields lie in, such as "text_config."; empty at the top */
export function choose(config: Config, file: string, within = ""): Chosen {
  if (typeof config !== "object" || config === null || Array.isArray(config))
    throw new ConfigError(`${file} must be an object with the fields of a config.json, got ${show(config)}`);
  const type = ownType(config);
  if (typeof type === "string" && Object.hasOwn(families, type))
    return { family: families[type], as: type, fields: new Fields(config, file, within) };
  const inner = textConfig(config, file, within) ?? flatText(config, file, within);
  if (inner) return inner;
  if (type !== undefined && typeof type !== "string")
    throw new ConfigError(`${file}: model_type must be a text such as "llama", got ${show(type)}`);
  const named = type === undefined ? "has no model_type" : `has the unknown model_type ${show(type)}`;
  const mark = MARKS.find(({ fits }) => fits(config));
  if (!mark || (mark.as !== "gpt2" && !has(config, ...SIZES))) {
    const known = Object.keys(families).join(", ");
    throw new ConfigError(`${file} ${named}, and its fields fit no known family; the known types are ${known}`);
  }
  const fields = new Fields(config, file, within);
  fields.notes.push(`${file} ${named}: counted as "${mark.as}", since ${mark.why}; parts of its own are not counted`);
  return { family: families[mark.as], as: mark.as, fields };
}

/** The model_type, but for a file of the hub that says "minimax" and means the class MiniMaxM2. */
function ownType({ model_type: type, architectures }: Config): unknown {
  const m2 = Array.isArray(architectures) && architectures.includes("MiniMaxM2ForCausalLM");
  return type === "minimax" && m2 ? "minimax_m2" : type;
}

/** A model of images and text holds the language model's fields in an object of their own. */
function textConfig(config: Config, file: string, within: string): Chosen | null {
  const inner = config.text_config;
  if (typeof inner !== "object" || inner === null || Array.isArray(inner)) return null;
  const text = inner as Config;
  if (within.length > DEEPEST * NAME.length)
    throw new ConfigError(`${file} has a text_config inside a text_config, more than ${DEEPEST} deep`);
  // Llama 4 and others name the inner type by the outer one in older files.
  const type = typeof text.model_type === "string" ? text.model_type : `${shortened(String(config.model_type))}_text`;
  const chosen = choose({ ...text, model_type: type }, file, within + NAME);
  if (within === "")
    chosen.fields.notes.push(
      "only the language model (text_config) is counted: what turns images or sound into tokens is not",
    );
  return chosen;
}

/** Older files of such a model, those of Qwen2-VL for instance, hold the language model's fields at the top. */
function flatText(config: Config, file: string, within: string): Chosen | null {
  const as = `${String(config.model_type)}_text`;
  if (!Object.hasOwn(families, as) || !has(config, ...SIZES)) return null;
  const fields = new Fields(config, file, within);
  fields.notes.push("only the language model is counted: what turns images or sound into tokens is not");
  return { family: families[as], as, fields };
}

const NAME = "text_config.";
/** Text configs inside one another; files of the hub have one. */
const DEEPEST = 4;
