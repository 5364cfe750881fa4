/** The model that a config.json describes, before its numbers are there. */

import { Generator } from "../../tensor/random.js";
import { read } from "../../tensor/tensor.js";
import { sizeOf } from "../../tensor/check.js";
import { sentence } from "../../text/show.js";
import { type Config, familyOf } from "./config.js";
import type { Decoder } from "./decoder.js";
import type { Assembly } from "./families/family.js";
import { Fields } from "./fields.js";
import { type Listing, type Plan, planOf } from "./sources.js";
import { refuseOthers } from "./others.js";

export interface Assembled extends Pick<Assembly, "model" | "auxiliary" | "sources"> {
  /** Which tensor of a checkpoint goes where: see `planOf`. */
  planFor: (tensors: Listing) => Plan;
}

/** First weights of 0, without a draw: the checkpoint overwrites all of them, and drawing takes longer than reading. */
class NoDraws extends Generator {
  #left: number;

  /** @param most numbers that may be drawn */
  constructor(most: number) {
    super(0);
    this.#left = most;
  }
  override fork(): Generator {
    return this;
  }
  override spawn(): Generator {
    return this;
  }
  override normal(): number {
    if (this.#left-- <= 0)
      throw new RangeError("the model that it describes is larger than the checkpoint: is it that of another one?");
    return 0;
  }
}

/** Numbers that a model may have more than its checkpoint: so many that the sentence on a wrong shape comes first, where it can. */
const SLACK = 2 ** 22;

/** @param tensors what the checkpoint holds: a config that asks for much more makes no model */
export function assemblyOf(config: Config, tensors: Listing): Assembled {
  const family = familyOf(config);
  if (tensors.size === 0) throw new RangeError("loadPretrained: the checkpoint has no tensors");
  let numbers = 0;
  for (const { shape } of tensors.values()) numbers += sizeOf(shape);
  const fields = new Fields(config, "config.json", { numbers, tensors: tensors.size });
  const assembly = inOneSentence(() => {
    const made = family(fields, new NoDraws(numbers + SLACK));
    refuseOthers(fields);
    return made;
  });
  return {
    model: assembly.model,
    auxiliary: assembly.auxiliary,
    sources: assembly.sources,
    planFor: (listing) => planFor(assembly, listing, (sizes) => fields.why(sizes)),
  };
}

export const HEAD = "lm_head.weight";

/** A tied head that the file holds all the same must be the embedding: transformers 5 would take it for a head of its own. */
export function checkCopy(
  { tokens }: Decoder,
  { shape, data }: { shape: readonly number[]; data: ArrayLike<number> },
): void {
  const own = read(tokens.weight);
  if (String(shape) === String(tokens.weight.shape) && own.every((x, i) => Object.is(x, Math.fround(data[i])))) return;
  throw new RangeError(
    `loadPretrained: config.json: tie_word_embeddings is true, and ${HEAD} is another tensor than the embedding; set it to false to use both`,
  );
}

/** What the parts of the model refuse, they refuse in their own words. */
function inOneSentence<T>(body: () => T): T {
  try {
    return body();
  } catch (cause) {
    const { message } = cause as Error;
    if (message.startsWith("loadPretrained: ")) throw cause;
    throw new RangeError(sentence(`loadPretrained: config.json: ${message}`), { cause });
  }
}

/** A tied head may be in the file all the same. */
function planFor(
  { model, sources, ignored, prefix = "" }: Assembly,
  tensors: Listing,
  why: (sizes: readonly number[]) => string,
): Plan {
  const isBare = prefix !== "" && ![...tensors.keys()].some((name) => name.startsWith(prefix));
  const own = isBare ? withoutPrefix(sources, prefix) : sources;
  const isIgnored = (name: string): boolean => (model.head === null && name === HEAD) || (ignored?.test(name) ?? false);
  return planOf(model, own, tensors, isIgnored, why);
}

/** The names of files that were saved without the part around the layers. */
const withoutPrefix = (sources: Assembly["sources"], prefix: string): Assembly["sources"] =>
  Object.fromEntries(
    Object.entries(sources).map(([path, source]) => {
      const of = (name: string): string => (name.startsWith(prefix) ? name.slice(prefix.length) : name);
      return [path, typeof source === "string" ? of(source) : { ...source, name: of(source.name) }];
    }),
  );
