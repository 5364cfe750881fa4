/** Counts a model from its config: total, active and by component, exactly. */

import type { BothSides, Cache } from "./architecture.js";
import type { Config, Letter } from "./config/fields.js";
import { type Beside, beside } from "./beside.js";
import { choose } from "./nearest.js";
import { sentence } from "../text/show.js";
import { countsOf } from "./counts.js";
import { group, type Kind, type Part } from "./part.js";

/** All counts are exact, so they are of type bigint. */
export interface Account {
  /** In the config. */
  readonly modelType: string;
  /** The model_type whose family was counted: another one where the config's is unknown. */
  readonly countedAs: string;
  readonly total: bigint;
  /** Of these, how many work on one token: all but the experts that the router did not choose. Embeddings are counted whole. */
  readonly active: bigint;
  /** Active without the input embedding (where the head shares it, it stays: the head needs it). */
  readonly activeWithoutInputEmbedding: bigint;
  /** Active without input embedding and head. */
  readonly activeWithoutEmbeddings: bigint;
  readonly totalWithoutEmbeddings: bigint;
  /** Total by what it is for; adds up to `total`. */
  readonly byKind: Readonly<Record<Kind, bigint>>;
  /** The same of what works on one token; adds up to `active`. */
  readonly activeByKind: Readonly<Record<Kind, bigint>>;
  /** Parameters of one routed expert in one layer; 0n in a dense model. */
  readonly oneExpert: bigint;
  readonly experts: { readonly total: number; readonly topK: number; readonly shared: number };
  readonly layers: number;
  readonly moeLayers: number;
  /** The head is the input embedding again. */
  readonly tied: boolean;
  /** Saved with the weights but not trained, and in no count here. */
  readonly buffers: { readonly total: bigint; readonly names: readonly string[] };
  readonly tree: Part;
  readonly letters: readonly Letter[];
  readonly caches: readonly Cache[];
  /** Attention that keeps nothing, in encoders. */
  readonly bothSides: readonly BothSides[];
  readonly sourceTokens?: number;
  /** D. */
  readonly width: bigint;
  /** What a checkpoint may hold besides, in no count here, where its parts are known: modules that predict further tokens. */
  readonly beside: readonly Beside[];
  /** What was assumed or left out, a sentence each. */
  readonly notes: readonly string[];
  /** What was counted, as it was given, and what sentences about it call it. */
  readonly config: Config;
  readonly file: string;
}

/** Counts the model that a Hugging Face config describes, or one of our own twins: { model_type: "twinformer", ...model.config }.
 *  Fields that are left out have transformers' defaults.
 *  @param file what sentences about the config call it */
export function account(config: Config, { file = "config" }: { file?: string } = {}): Account {
  const { family, as, fields, known } = choose(config, file);
  const architecture = family(fields);
  const { parts, bothSides = [], ...facts } = architecture;
  const others = beside(fields, architecture, as, known);
  const tree = group("model", ...parts);
  return {
    ...facts,
    bothSides,
    modelType: typeof config.model_type === "string" ? config.model_type : as,
    countedAs: as,
    ...countsOf(tree, facts.tied),
    tree,
    letters: fields.letters,
    width: facts.width.value,
    beside: others,
    notes: assumed(fields.letters, fields.notes, file).map(sentence),
    config,
    file,
  };
}

function assumed(letters: readonly Letter[], notes: readonly string[], file: string): string[] {
  const absent = letters.filter((letter) => letter.assumed);
  if (absent.length === 0) return [...notes];
  const defaults = absent.map(({ field, value }) => `${field} ${value}`).join(", ");
  return [...notes, `${file} leaves out what transformers then takes as ${defaults}`];
}
