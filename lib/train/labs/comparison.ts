/** Dense against MoE, at equal active and at equal total parameters: who learns more, by step and by second? */

import { checkIntegers, checkWord } from "../../config/options.js";
import type { Corpus } from "../../data/corpus.js";
import type { ConfigInput } from "../../config/model.js";
import { countParameters } from "../../models/parameters.js";
import type { Transformer } from "../../models/transformer.js";
import { transformer } from "../../models/twins.js";
import { checkPlan, train, type TrainRow } from "../loop.js";
import { type ConfidenceInterval, confidenceInterval } from "./confidenceInterval.js";

/** "dense" has as many active parameters as the MoE, up to the router; "dense, equal total" as many in all. */
export type Contender = "dense" | "MoE" | "dense, equal total";

export interface CompareOptions {
  /** Of weights and batches; all contenders of one seed see the same batches. Default [1, 2, 3]. */
  seeds?: readonly number[];
  steps: number;
  batchSize: number;
  /** Default: all three. */
  contenders?: readonly Contender[];
  lr?: number;
  /** Steps between evaluations. Default a tenth of the steps. */
  evalEvery?: number;
  evalBlocks?: number;
}

export interface CompareRow extends TrainRow {
  contender: Contender;
  seed: number;
  total: number;
  active: number;
}

const names: readonly Contender[] = ["dense", "MoE", "dense, equal total"];

/** The three models of one seed. All but the feed-forward layers begin with the same weights. */
export function contenders(input: ConfigInput, seed: number): Record<Contender, Transformer> {
  checkIntegers("contenders", { seed });
  const moe = transformer({ nExpert: 8, ...input }, { seed });
  const { dExpert, nExpert, dHidden } = moe.config;
  const plain = { ...input, nExpert: 0, topK: 1, dHidden };
  return {
    dense: transformer(plain, { seed }),
    MoE: moe,
    "dense, equal total": transformer({ ...plain, dHidden: dExpert * nExpert }, { seed }),
  };
}

/** Trains every contender with every seed, one after the other, and yields a row a step. */
export async function* compareTwins(
  config: ConfigInput,
  corpus: Corpus,
  { seeds = [1, 2, 3], contenders: chosen = names, steps, evalEvery = Math.ceil(steps / 10), ...plan }: CompareOptions,
): AsyncGenerator<CompareRow, void, undefined> {
  checkIntegers("compareTwins", { steps }, { from: 1 }); // the default of evalEvery is made from it
  checkPlan("compareTwins", { ...plan, steps, evalEvery });
  for (const seed of seeds) checkIntegers("compareTwins", { seeds: seed });
  for (const name of chosen) checkWord("compareTwins", "contenders", name, names);
  for (const seed of seeds) {
    const models = contenders(config, seed);
    for (const contender of chosen) {
      const { total, active } = countParameters(models[contender]);
      for await (const row of train(models[contender], corpus, { ...plan, steps, evalEvery, seed, name: contender }))
        yield { ...row, contender, seed, total, active };
    }
  }
}

/** The mean lead of one contender over another, with its 95 % interval over seeds: above 0 where `who` has the lower loss. */
export interface Duel extends ConfidenceInterval {
  /** Step or second at which both were measured. */
  at: number;
  /** The interval leaves out 0: the lead is no accident of the seeds. */
  decided: boolean;
}

type Measured = Pick<CompareRow, "contender" | "seed" | "step" | "seconds" | "valLoss">;

/** The loss of one contender minus that of another, of one seed: below 0 where the first one has the lower loss. */
export interface LossDifference {
  seed: number;
  /** Step or second at which both were measured. */
  at: number;
  /** Nats. */
  difference: number;
}

/** The loss of `who` minus that of `other` at every step at which both were evaluated. */
export function lossDifferences(rows: readonly Measured[], who: Contender, other: Contender): LossDifference[] {
  const losses = new Map(rows.map((r) => [`${r.contender} ${r.seed} ${r.step}`, r.valLoss]));
  const seeds = [...new Set(rows.map((row) => row.seed))];
  const steps = [...new Set(rows.map((row) => row.step))].sort((a, b) => a - b);
  return steps.flatMap((at) =>
    seeds.flatMap((seed) => {
      const [mine, theirs] = [who, other].map((name) => losses.get(`${name} ${seed} ${at}`) ?? undefined);
      return mine === undefined || theirs === undefined ? [] : [{ seed, at, difference: mine - theirs }];
    }),
  );
}

/** The same after equally many seconds of training, with losses between two evaluations on the straight line between them. */
export function lossDifferencesBySecond(
  rows: readonly Measured[],
  who: Contender,
  other: Contender,
  points = 10,
): LossDifference[] {
  checkIntegers("lossDifferencesBySecond", { points }, { from: 2 });
  const seeds = [...new Set(rows.map((row) => row.seed))];
  const curve = (contender: Contender, seed: number): [number, number][] =>
    rows
      .filter((r) => r.contender === contender && r.seed === seed && r.valLoss !== null)
      .map((r) => [r.seconds, r.valLoss!]);
  const curves = new Map(seeds.map((seed) => [seed, [curve(who, seed), curve(other, seed)] as const]));
  const all = [...curves.values()].flat();
  const [first, last] = [Math.max(...all.map((c) => c[0][0])), Math.min(...all.map((c) => c[c.length - 1][0]))];
  if (!(last > first)) return []; // the slower one had not been evaluated when the faster one was done
  return Array.from({ length: points }, (_, i) => first + ((last - first) * i) / (points - 1)).flatMap((at) =>
    seeds.flatMap((seed) => {
      const [mine, theirs] = curves.get(seed)!.map((own) => between(own, at));
      return mine === undefined || theirs === undefined ? [] : [{ seed, at, difference: mine - theirs }];
    }),
  );
}

/** `who` against `other` at every step at which both were evaluated. */
export function duels(rows: readonly Measured[], who: Contender, other: Contender): Duel[] {
  return duelsOf(lossDifferences(rows, who, other));
}

/** The same after equally many seconds of training. */
export function duelsBySecond(rows: readonly Measured[], who: Contender, other: Contender, points = 10): Duel[] {
  checkIntegers("duelsBySecond", { points }, { from: 2 });
  return duelsOf(lossDifferencesBySecond(rows, who, other, points));
}

function duelsOf(differences: readonly LossDifference[]): Duel[] {
  const places = [...new Set(differences.map(({ at }) => at))];
  return places.map((place) => {
    const leads = differences.filter(({ at }) => at === place).map(({ difference }) => 0 - difference); // 0 and not -0
    const found = confidenceInterval(leads);
    return { at: place, ...found, decided: found.low > 0 || found.high < 0 };
  });
}

function between(curve: readonly [number, number][], x: number): number | undefined {
  const next = curve.findIndex(([s]) => s >= x - 1e-9);
  if (next < 0) return undefined;
  if (next === 0) return curve[0][1];
  const [[x0, y0], [x1, y1]] = [curve[next - 1], curve[next]];
  return y0 + ((y1 - y0) * (x - x0)) / (x1 - x0);
}
