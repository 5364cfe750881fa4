/** Which expert each token of some domains chose, and how often two tokens meet in one. */

import { checkIntegers } from "../../config/options.js";
import { checkHasExperts } from "../../moe/check.js";
import type { Mixture } from "../../data/mixture.js";
import { checkModel, type Transformer } from "../../models/transformer.js";
import { favorites } from "../../moe/metrics/tokens.js";
import { evaluating } from "../../nn/module.js";
import { noGrad } from "../../tensor/autograd.js";
import { read } from "../../tensor/tensor.js";

/** N tokens, each with the domain that it comes from and its favorite expert of each layer. */
export interface TokenChoices {
  /** [N] */
  tokens: number[];
  /** [N] a place in the mixture's names. */
  domains: number[];
  /** [L][N] */
  experts: number[][];
}

/** Asks a model, in evaluation mode, for the favorite expert of each token of a mixture's held-out text.
 *  @param options.blocks default: all  Throws for a dense model. */
export function choicesOn(
  model: Transformer,
  { corpus, labels }: Mixture,
  { blocks = Infinity }: { blocks?: number } = {},
): TokenChoices {
  checkModel("choicesOn", model);
  checkIntegers("choicesOn", { blocks }, { from: 1, orInfinity: true });
  const { blockSize, nLayer } = model.config;
  checkHasExperts("choicesOn", model.config);
  const tokens: number[] = [];
  const experts: number[][] = Array.from({ length: nLayer }, () => []);
  const ask = (): void => {
    for (const { inputs } of corpus.blocks("validation", 16, blockSize, blocks)) {
      tokens.push(...read(inputs));
      model.forward(inputs).routings.forEach((routing, layer) => experts[layer].push(...favorites(routing)));
    }
  };
  evaluating(model, () => noGrad(ask));
  return { tokens, domains: [...labels.validation.subarray(0, tokens.length)], experts };
}

/** Of all pairs of two tokens, the share that has one favorite expert: by whether the two are the same token (the same word piece), and
 *  whether they come from one domain. */
export interface MeetingRow {
  /** 0 is the first. */
  layer: number;
  /** Same token, same domain; same token, other domains; other tokens, same domain; nothing in common. */
  both: number;
  token: number;
  domain: number;
  neither: number;
}

/** How often two tokens meet in one expert, for each layer: if experts know domains, tokens of one domain meet more often than others; if
 *  they know tokens alone, it makes no difference for equal tokens. NaN where there is no such pair.
 *  @example
 *  sameExpert({ tokens: [5, 5, 7, 7], domains: [0, 1, 0, 1], experts: [[2, 2, 3, 3]] });
 *  // => [{ layer: 0, both: NaN, token: 1, domain: 0, neither: 0 }] */
export function sameExpert({ tokens, domains, experts }: TokenChoices): MeetingRow[] {
  return experts.map((chosen, layer) => {
    if (chosen.length !== tokens.length || domains.length !== tokens.length)
      throw new RangeError(
        `sameExpert needs a domain and an expert for each of ${tokens.length} tokens, got ${domains.length} and ${chosen.length}`,
      );
    const pairs = (keyOf: (n: number) => string): Pairs =>
      pairsWithin(
        tokens.map((_, n) => keyOf(n)),
        chosen,
      );
    const both = pairs((n) => `${tokens[n]},${domains[n]}`);
    const token = minus(
      pairs((n) => `${tokens[n]}`),
      both,
    );
    const domain = minus(
      pairs((n) => `${domains[n]}`),
      both,
    );
    const neither = minus(
      minus(
        minus(
          pairs(() => ""),
          both,
        ),
        token,
      ),
      domain,
    );
    return { layer, both: share(both), token: share(token), domain: share(domain), neither: share(neither) };
  });
}

interface Pairs {
  all: number;
  /** With one expert. */
  met: number;
}

/** Pairs of things with an equal key. */
function pairsWithin(keys: readonly string[], chosen: readonly number[]): Pairs {
  const [sizes, met] = [new Map<string, number>(), new Map<string, number>()];
  keys.forEach((key, n) => {
    sizes.set(key, (sizes.get(key) ?? 0) + 1);
    const own = `${key};${chosen[n]}`;
    met.set(own, (met.get(own) ?? 0) + 1);
  });
  const sum = (counts: Map<string, number>): number =>
    [...counts.values()].reduce((total, count) => total + (count * (count - 1)) / 2, 0);
  return { all: sum(sizes), met: sum(met) };
}

const minus = (a: Pairs, b: Pairs): Pairs => ({ all: a.all - b.all, met: a.met - b.met });
const share = ({ all, met }: Pairs): number => (all > 0 ? met / all : NaN);
