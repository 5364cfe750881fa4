/** Do experts divide the work by subject, or by character? Measured on text whose subject is known, against what chance gives. */

import { checkIntegers } from "../../config/options.js";
import { checkHasExperts } from "../../moe/check.js";
import type { Mixture } from "../../data/mixture.js";
import type { Transformer } from "../../models/transformer.js";
import { type Baseline, nmi, shuffledNMI } from "../../moe/metrics/mutualInformation.js";
import { favorites } from "../../moe/metrics/tokens.js";
import { evaluating } from "../../nn/module.js";
import { noGrad } from "../../tensor/autograd.js";
import { Generator } from "../../tensor/random.js";
import { read } from "../../tensor/tensor.js";

export interface SpecializationOptions {
  /** Blocks of the validation split. Default 128. */
  blocks?: number;
  /** Of the shuffles. Default 1. */
  seed?: number;
  /** Shuffles per baseline. Default 40. */
  times?: number;
}

/** One layer. Each NMI is between a token's favorite expert and something else, 0 to 1. */
export interface SpecializationRow {
  /** 0 is the first. */
  layer: number;
  domain: number;
  /** Domains dealt out to the sequences anew: no specialization looks like this. */
  domainByChance: Baseline;
  /** Domains dealt out among equal characters: an expert that knows characters alone looks like this. */
  domainByCharacter: Baseline;
  character: number;
  characterByChance: Baseline;
}

export interface Specialization {
  rows: SpecializationRow[];
  /** [layer][expert][domain] share of each domain among the expert's tokens; all 0 for an expert without any. */
  shares: number[][][];
  /** [layer][expert] its most frequent characters, with their share of the expert's tokens. */
  topCharacters: { character: string; share: number }[][][];
}

/** Asks a trained model, in evaluation mode, for the favorite expert of each token of the validation split. */
export function specialization(
  model: Transformer,
  { corpus, labels, names }: Mixture,
  { blocks = 128, seed = 1, times = 40 }: SpecializationOptions = {},
): Specialization {
  checkIntegers("specialization", { blocks }, { from: 1, orInfinity: true });
  checkIntegers("specialization", { times }, { from: 1 });
  checkIntegers("specialization", { seed });
  const { blockSize, nLayer, nExpert, select } = model.config;
  checkHasExperts("specialization", model.config);
  if (select === "soft")
    throw new RangeError('specialization asks for the favorite expert of each token, and select "soft" has none');
  const experts: number[][] = Array.from({ length: nLayer }, () => []);
  const characters: number[] = [];
  const ask = (): void => {
    for (const { inputs } of corpus.blocks("validation", 32, blockSize, blocks)) {
      characters.push(...read(inputs));
      model.forward(inputs).routings.forEach((routing, layer) => experts[layer].push(...favorites(routing)));
    }
  };
  evaluating(model, () => noGrad(ask));
  const domains = Array.from(labels.validation.subarray(0, characters.length));
  const rng = new Generator(seed).fork("specialization");
  const rows = experts.map((favorite, layer) => ({
    layer,
    domain: nmi(favorite, domains),
    domainByChance: shuffledNMI(favorite, domains, rng, { times, together: blockSize }),
    domainByCharacter: shuffledNMI(favorite, domains, rng, { times, within: characters }),
    character: nmi(favorite, characters),
    characterByChance: shuffledNMI(favorite, characters, rng, { times }),
  }));
  const perExpert = <T>(of: (mine: number[]) => T): T[][] =>
    experts.map((favorite) =>
      Array.from({ length: nExpert }, (_, e) => of([...favorite.keys()].filter((i) => favorite[i] === e))),
    );
  return {
    rows,
    shares: perExpert((mine) => names.map((_, d) => share(mine.filter((i) => domains[i] === d).length, mine.length))),
    topCharacters: perExpert((mine) => frequent(mine.map((i) => corpus.tokenizer.vocabulary[characters[i]]))),
  };
}

const share = (part: number, whole: number): number => (whole > 0 ? part / whole : 0);

function frequent(characters: readonly string[], count = 6): { character: string; share: number }[] {
  const counts = new Map<string, number>();
  for (const c of characters) counts.set(c, (counts.get(c) ?? 0) + 1);
  return [...counts]
    .sort(([a, m], [b, n]) => n - m || a.codePointAt(0)! - b.codePointAt(0)!)
    .slice(0, count)
    .map(([character, n]) => ({ character, share: n / characters.length }));
}
