/** A model of images or sound: where its language model's fields lie, and which outer settings govern them. */

import { named, show } from "../../text/show.js";
import { ConfigError } from "./errors.js";
import type { Config, Fields } from "./fields.js";
import { innerTypes, tieRules } from "./ties.js";

/** Names of the object with the language model: transformers' own first, then those of makers' own code. */
const NAMES = ["text_config", "llm_config", "language_config", "thinker_config", "text_cfg", "language_model"];
/** Objects inside one another; files of the hub have two at most. */
const DEEPEST = 4;

export interface Inner {
  readonly name: string;
  /** With what the outer object settles. */
  readonly config: Config;
  /** What to say about it. */
  readonly notes: readonly string[];
}

const isObject = (value: unknown): value is Config =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The inner type of a model whose first files have the language model's fields at the top, as those of Qwen2-VL do. */
export const flatType = (type: unknown): string | undefined =>
  typeof type === "string" && Object.hasOwn(innerTypes, type) ? innerTypes[type] : undefined;

/** @param within the names around `outer`, each with a stop after it */
export function innerConfig(outer: Config, file: string, within: string): Inner | null {
  const name = NAMES.find((key) => Object.hasOwn(outer, key) && isObject(outer[key]));
  if (name === undefined) return null;
  if (within.split(".").length > DEEPEST + 1)
    throw new ConfigError(`${file} has a ${name} inside a ${name}, more than ${DEEPEST} deep`);
  const text = outer[name] as Config;
  const type = typeof outer.model_type === "string" ? outer.model_type : "";
  const ownType = typeof text.model_type === "string" ? text.model_type : innerType(type, name);
  const { tied, notes } = tie(outer, text, type, name);
  // Of a type of transformers the outer class says whether there is a head; makers' own code names the inner class.
  const ofTransformers = Object.hasOwn(innerTypes, type);
  const architectures = (ofTransformers ? outer.architectures : undefined) ?? text.architectures;
  return {
    name,
    config: {
      ...text,
      ...(ownType === undefined ? {} : { model_type: ownType }),
      ...(architectures === undefined ? {} : { architectures }),
      ...(tied === undefined ? {} : { tie_word_embeddings: tied }),
    },
    notes: [...notes, ...(within === "" ? [languageOnly(outer, name)] : [])],
  };
}

function innerType(type: string, name: string): string | undefined {
  if (Object.hasOwn(innerTypes, type)) return innerTypes[type];
  return type !== "" && name === "text_config" ? `${named(type)}_text` : undefined; // as Llama 4's first files mean it
}

/** The setting that counts, and a note where none is sure to. */
function tie(outer: Config, text: Config, type: string, name: string): { tied: unknown; notes: string[] } {
  const [own, inner] = [outer, text].map(({ tie_word_embeddings: value }) => value ?? undefined);
  const rule = tieRules.get(type);
  if (rule) {
    const { by, otherwise } = rule;
    if (by === "none") return { tied: false, notes: [] };
    if (by === "inner") return { tied: inner, notes: [] };
    if (by === "outer") return { tied: own ?? otherwise, notes: [] };
    return { tied: (own ?? otherwise) === true || (inner ?? otherwise) === true, notes: [] };
  }
  if (own === undefined || inner === undefined || own === inner) return { tied: own ?? inner, notes: [] };
  const counts = name === "text_config" ? own : inner; // transformers 5 goes by the outer one, makers' code builds the inner
  return {
    tied: counts,
    notes: [
      `tie_word_embeddings is ${show(own)} outside and ${show(inner)} in ${name}: the head is counted with ${show(counts)}`,
    ],
  };
}

const ONLY = "only the language model";

/** What stays out of the count. @param name the object that is counted; null: the fields lie at the top */
export function languageOnly(outer: Config, name: string | null): string {
  const others = Object.keys(outer).filter((key) => key !== name && isPart(key));
  const where = name === null ? "" : ` (${name})`;
  const left = others.length > 0 ? ` (${others.slice(0, 6).map(named).join(", ")})` : "";
  return `${ONLY}${where} is counted: what turns images or sound into tokens is not${left}`;
}

/** Says so of a config with other parts beside the language model's fields, once. */
export function sayLanguageOnly({ values, notes }: Fields): void {
  const others = Object.keys(values).some((key) => isPart(key) && isObject(values[key]));
  if (others && !notes.some((note) => note.startsWith(ONLY))) notes.push(languageOnly(values, null));
}

const isPart = (key: string): boolean => /_config$|_cfg$/.test(key) && OTHER.test(key);
const OTHER =
  /vision|visual|image|audio|sound|speech|video|talker|wav|vq|qformer|projector|perceiver|dit|codec|encoder/;
