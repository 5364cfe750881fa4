/** What a checkpoint may hold beside the model that is counted: each as a sentence, and as a number where its parts are known. */

import type { Architecture } from "./architecture.js";
import { ConfigError } from "./config/errors.js";
import type { Fields } from "./config/fields.js";
import { sayLanguageOnly } from "./config/outer.js";
import { AHEAD, unread } from "./config/unread.js";
import { sizeOfOne } from "./part.js";

/** Parameters that are in no count of the model. */
export interface Beside {
  readonly name: string;
  /** How many there are of it. */
  readonly times: number;
  /** Of all of them, without their copies of embedding and head. */
  readonly parameters: bigint;
  /** With those copies, as the checkpoint has them. */
  readonly inCheckpoint: bigint;
}

/** Types whose modules for further tokens are one more layer with experts, a matrix [D, 2·D] for the last layer's numbers beside the
 *  next embedding, and three norms. Source: DeepSeek-AI 2024 (V3), §2.2, https://arxiv.org/abs/2412.19437, and the names in the
 *  checkpoints of DeepSeek-V3 and GLM-4.5 (eh_proj, enorm, hnorm, shared_head). */
const ONE_MORE_LAYER = ["deepseek_v3", "deepseek_v32", "kimi_k2", "glm4_moe", "glm_moe_dsa", "glm4_moe_lite"];

/** Adds its sentences to the config's notes. @param as the family's type @param known the type has a family of its own */
export function beside(fields: Fields, model: Architecture, as: string, known: boolean): Beside[] {
  refuseCross(fields);
  const ahead = furtherTokens(fields, model, known ? as : "");
  sayLanguageOnly(fields);
  const left = unread(fields, known);
  if (left.length > 0) {
    const shown = left.slice(0, 12).join(", ");
    const more = left.length > 12 ? ` and ${left.length - 12} more` : "";
    fields.notes.push(`not read, and so not counted if parameters follow from it: ${shown}${more}`);
  }
  return ahead;
}

/** Layers that look at another model's output. */
function refuseCross({ values, read, file, within }: Fields): void {
  const name = "add_cross_attention";
  if (values[name] === true && !read.has(within + name))
    throw new ConfigError(
      `${file}: ${within}${name} is true, and attention to another model's output is not counted here`,
    );
}

function furtherTokens(fields: Fields, model: Architecture, type: string): Beside[] {
  const { values, read, within, notes } = fields;
  const name = AHEAD.find((key) => typeof values[key] === "number" && values[key] > 0);
  if (name === undefined || read.has(within + name)) return [];
  const times = fields.number(name, 0);
  const said = `${name} ${times}: what predicts further tokens is not in the total, as transformers' class has none of it`;
  if (!ONE_MORE_LAYER.includes(type)) {
    notes.push(`${said}; its parts are not known here`);
    return [];
  }
  const size = (part: string): bigint =>
    model.parts.filter((one) => one.name === part).reduce((sum, one) => sum + sizeOfOne(one).value, 0n);
  const D = model.width.value;
  const tables = model.parts
    .filter(({ kind }) => kind === "embedding")
    .reduce((sum, part) => sum + sizeOfOne(part).value, 0n);
  const each = size("layers") + size("expert layers") + 2n * D * D + 3n * D;
  const all = { name, times, parameters: each * BigInt(times), inCheckpoint: (each + 2n * tables) * BigInt(times) };
  notes.push(
    `${said}; a checkpoint that has it holds ${all.inCheckpoint.toLocaleString("en")} parameters more, of which ${all.parameters.toLocaleString("en")} are no copies of embedding and head`,
  );
  return [all];
}
