/** Fields that speak of sizes, and that a family did not ask for. */

import { named, show } from "../../text/show.js";
import type { Config, Fields } from "./fields.js";

/** Words of sizes that multiply a count. */
const SIZE =
  /expert|moe|layer|head|rank|dim|width|kernel|share|latent|embd|inner|ffn|mlp|state|conv|depth|block|lora|laurel|index|compress|altup|memory|ngram|engram|hash|loop|recur|cycle|_size|^[nd]_|^num_/i;
/** Words of parts that are there or not. */
const PART = /bias|norm|gat|cross|shar|residual|multi_query|parallel|double|sink|indexer|alibi/i;
/** No size of a parameter: positions and windows, numbers of tokens, how the model is trained, written out or run. */
const HARMLESS =
  /token|max_|position|rope|rotary|window|eps$|epsilon|norm_min|every_n|init|drop|scal|range|vocab|label|pretraining_tp|theta|cache|chunk|topk|top_k|n_group|group_size|num_expert_group|aux|loss|coef|temperature|top_p|beam|length|torch|dtype|version|context|summary|^_|layer_types|layers_block_type|attention_types|(?<!cross_)attention_layers|renorm|norm_topk|norm_top|multiplier|softcap|logit|no_rope|fp32|bf16|backend|impl|flash|type$|act|architectures|auto_map|transformers|return|output_|prune|base$|beta|alpha|ids$|keep_|lower_bound|safe_gate|partial|interleave|quant|dim_model_base|num_hidden_layers|n_ctx|seq/i;
/** Of other models beside the language model, which a note of their own names. */
const BESIDE = /_config$|_cfg$|image|vision|audio|video|visual|mm_|patch/i;
/** What multiplies the count of any model. */
const STRONG =
  /expert|moe|shared_(kv|intermediate|layer)|kv_shared|latent|cla_share|lora_rank|loop|recur|engram|ngram/i;
/** Of the strong ones, how experts are chosen and trained. */
const CHOICE =
  /router|routing|score|noise|jitter|capacity|method|func|mode|ep_size|parallel|limit|swiglu|hidden_act|bias/i;

/** Modules that predict tokens further ahead. */
export const AHEAD = [
  "num_nextn_predict_layers",
  "mtp_num_layers",
  "num_mtp_layers",
  "mtp_num_hidden_layers",
  "num_mtp_modules",
  "num_mtp_layer",
  "n_predict_tokens",
  "n_mtp_layers",
] as const;

/** Which layers have something: with 1, each. */
const EVERY = /_(freq|step|interval|period)$/;

const isSize = (value: unknown): boolean => {
  if (typeof value === "number") return value > 0;
  if (Array.isArray(value)) return value.length > 0 && value.every((item) => typeof item === "number");
  return typeof value === "object" && value !== null && Object.keys(value).length > 0;
};

/** @param known the type has a family of its own: only what multiplies any count is named */
export function unread(fields: Fields, known: boolean): string[] {
  const { values, within, read } = fields;
  const left = Object.keys(values).filter(
    (key) => !read.has(within + key) && !(AHEAD as readonly string[]).includes(key),
  );
  return left
    .filter((key) => !(EVERY.test(key) && values[key] === 1))
    .filter((key) => (known ? multiplies(key, values) : bears(key, values)))
    .map((key) => said(key, values[key]));
}

function bears(key: string, values: Config): boolean {
  if (HARMLESS.test(key) || BESIDE.test(key)) return false;
  const value = values[key];
  return typeof value === "boolean" ? PART.test(key) : SIZE.test(key) && isSize(value);
}

function multiplies(key: string, values: Config): boolean {
  if (HARMLESS.test(key) || BESIDE.test(key) || CHOICE.test(key)) return false;
  return STRONG.test(key) && isSize(values[key]);
}

const said = (key: string, value: unknown): string => `${named(key)} ${show(value)}`;
