/** What stands on top of a model: the last part of its class's name says what for. */

import type { Fields } from "../config/fields.js";
import { named } from "../../text/show.js";
import { layerNorm, linear, type Part, weight } from "../part.js";
import { ONE, type Size } from "../size.js";

/** The parts of each head that a family has, by the end of the class's name: "MaskedLM" for BertForMaskedLM. "Model" is the model
 *  without a head. */
export type Heads = Readonly<Record<string, () => readonly Part[]>>;

/** "MaskedLM" for BertForMaskedLM, "LMHeadModel" for GPT2LMHeadModel, "Model" for BertModel; undefined where no class is named. */
export function task(c: Fields): string | undefined {
  const [name] = c.words("architectures") ?? [];
  if (name === undefined) return undefined;
  return (
    /(?<=For)[A-Z]\w*$/.exec(name)?.[0] ??
    /(?:LMHead|DoubleHeads|Encoder|Text|Vision|MT)?Model(?:WithProjection)?$/.exec(name)?.[0] ??
    name
  );
}

/** The head of the config's class. A class that the family does not know is counted as `otherwise`, and a note says so. */
export function head(c: Fields, heads: Heads, otherwise = "Model"): { task: string; parts: readonly Part[] } {
  const wanted = task(c) ?? otherwise;
  if (Object.hasOwn(heads, wanted)) return { task: wanted, parts: heads[wanted]() };
  const [name = ""] = c.words("architectures") ?? [];
  const counted = otherwise === "Model" ? "without a head" : `with the head of a class "…For${otherwise}"`;
  c.notes.push(`counted ${counted}, whatever ${named(name)} has instead`);
  return { task: otherwise, parts: heads[otherwise]() };
}

interface ClassifierOptions {
  name?: string;
  bias?: boolean;
  /** How many classes there are where the config names none. Default 2. */
  classes?: number | undefined;
}

/** Number of classes of a classifier: as many as `id2label` names, or else `num_labels`. */
export function labels(c: Fields, otherwise = 2): Size {
  if (!c.has("id2label")) return c.size("N_l", "num_labels", otherwise);
  return c.derive("N_l", "classes in id2label", Object.keys(c.section("id2label").values).length);
}

/** A score for each class: [C, D]. */
export const classifier = (c: Fields, D: Size, options: ClassifierOptions = {}): Part[] =>
  linear(options.name ?? "classifier", "other", labels(c, options.classes), D, options.bias ?? true);

/** One score, for each of several answers: [1, D]. */
export const choice = (D: Size): Part[] => linear("classifier", "other", ONE, D, true);

/** A layer of its own before the scores: dense [D, D], out_proj [C, D]. */
export const deepClassifier = (
  c: Fields,
  D: Size,
  { name = "classifier", classes }: ClassifierOptions = {},
): Part[] => [
  ...linear(`${name}.dense`, "other", D, D, true),
  ...classifier(c, D, { name: `${name}.out_proj`, classes }),
];

export interface WordHead {
  V: Size;
  /** Width of the model, and of the embedding (default the same). */
  D: Size;
  E?: Size;
  tied: boolean;
  /** Names of the layer, its norm, the table and the offset. */
  names: readonly [layer: string, norm: string, table: string, bias: string];
  /** Untied, the table and the head have an offset each. */
  untiedBias?: boolean;
}

/** BERT's head: a layer and a norm, then a score for each word by the embedding again, or by a table of its own. */
export const wordHead = ({ V, D, E = D, tied, names, untiedBias = true }: WordHead): Part[] => [
  ...linear(names[0], "other", E, D, true),
  ...layerNorm(names[1], E),
  weight(names[3], "head", V),
  ...(tied ? [] : [weight(`${names[2]}.weight`, "head", V, E)]),
  ...(tied || !untiedBias ? [] : [weight(`${names[2]}.bias`, "head", V)]),
];
