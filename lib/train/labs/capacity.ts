/** The capacity lab: the same tokens through a trained model with more and fewer places, and each rule for those that find none. */

import { checkIntegers, checkNumbers, checkWord } from "../../config/options.js";
import { checkHasExperts } from "../../moe/check.js";
import type { Corpus } from "../../data/corpus.js";
import { transformer } from "../../models/twins.js";
import type { Transformer } from "../../models/transformer.js";
import { capacityOf, chanceDropShare } from "../../moe/capacity/capacity.js";
import { overflowShares, paddingShare } from "../../moe/metrics/tokens.js";
import { route } from "../../moe/route.js";
import type { Routing } from "../../moe/routing.js";
import type { Overflow } from "../../config/router/fields.js";
import { evaluating } from "../../nn/module.js";
import { noGrad } from "../../tensor/autograd.js";
import { zeros } from "../../tensor/create.js";
import { Generator } from "../../tensor/random.js";
import { evaluate } from "../evaluate.js";

export interface CapacityLabOptions {
  /** Places as a multiple of the fair share. Default 0.5 to 4. */
  factors?: readonly number[];
  /** Default all three. */
  overflows?: readonly Overflow[];
  /** Blocks of the validation split, evaluated `batchSize` at a time: their tokens share the places. Defaults 32 and 16. */
  blocks?: number;
  batchSize?: number;
}

/** One factor under one rule, over all layers. Shares are of all assignments, from 0 to 1. */
export interface CapacityLabRow {
  /** Null for "dropless". */
  factor: number | null;
  overflow: Overflow;
  kept: number;
  rerouted: number;
  dropped: number;
  /** [E] share of the assignments that used the token's first preference, its second, ... */
  byPreference: number[];
  /** Share of the places that stay empty. */
  padding: number;
  /** Cross entropy on the same blocks, nats per token. */
  loss: number;
}

/** A row for every factor and rule ("dropless" has no factor: one row). The weights are the model's own in all of them. */
export function capacityLab(model: Transformer, corpus: Corpus, options: CapacityLabOptions = {}): CapacityLabRow[] {
  const { factors = [0.5, 0.75, 1, 1.25, 1.5, 2, 3, 4], overflows = ["drop", "nextBest", "dropless"] } = options;
  const { blocks = 32, batchSize = 16 } = options;
  checkIntegers("capacityLab", { blocks, batchSize }, { from: 1 });
  for (const factor of factors) checkNumbers("capacityLab", { factors: factor }, { above: 0 });
  for (const rule of overflows) checkWord("capacityLab", "overflows", rule, ["drop", "nextBest", "dropless"]);
  checkHasExperts("capacityLab", model.config);
  const state = model.stateDict();
  const settings = overflows.flatMap((overflow) =>
    (overflow === "dropless" ? [null] : factors).map((factor) => ({ overflow, factor })),
  );
  return settings.map(({ overflow, factor }) => {
    const rule = { overflow, capacityFactor: factor, evalCapacityFactor: "same" } as const;
    const twin = transformer({ ...model.config, ...(factor === null ? unqueued : {}), ...rule });
    twin.loadStateDict(state);
    const measure = (): Routing[] =>
      [...corpus.blocks("validation", batchSize, model.config.blockSize, blocks)].flatMap(
        ({ inputs }) => twin.forward(inputs).routings,
      );
    const routings = evaluating(twin, () => noGrad(measure)); // a new model is in training mode
    const loss = evaluate(twin, corpus, { blocks, batchSize });
    return { factor, overflow, ...sharesOf(routings), loss };
  });
}

/** Where there is no limit, there is no queue. */
const unqueued = { queue: "position", order: "slotMajor", minCapacity: 1, capacityPer: "batch" } as const;

function sharesOf(routings: readonly Routing[]): Omit<CapacityLabRow, "factor" | "overflow" | "loss"> {
  const average = (of: (routing: Routing) => number): number =>
    routings.reduce((sum, routing) => sum + of(routing), 0) / routings.length;
  const dropped = average((routing) => overflowShares(routing).dropped);
  const rerouted = average((routing) => overflowShares(routing).rerouted);
  const byPreference = Array.from({ length: routings[0].nExpert }, (_, rank) =>
    average(({ ranks, skipped }) => {
      const asked = skipped.filter((isSkipped) => !isSkipped).length; // for a place
      return ranks.filter((r) => r === rank).length / Math.max(asked, 1);
    }),
  );
  return { kept: 1 - dropped - rerouted, rerouted, dropped, byPreference, padding: average(paddingShare) };
}

/** One capacity factor where every choice is even chance. */
export interface ChanceRow {
  factor: number;
  capacity: number;
  /** Share dropped by the binomial distribution: E[max(X − C, 0)] / E[X], X ~ Bin(N, K/E). */
  exact: number;
  /** The same, measured over `draws` random routings, and its standard error. */
  measured: number;
  standardError: number;
}

/** How much is dropped where the load is as even as chance can make it: a capacity of the fair share is too small all the same. */
export function dropsByChance({
  nToken = 128,
  nExpert = 8,
  topK = 1,
  factors = [0.5, 0.75, 1, 1.25, 1.5, 2, 3, 4] as readonly number[],
  draws = 200,
  seed = 1,
} = {}): ChanceRow[] {
  checkIntegers("dropsByChance", { nToken, nExpert, topK }, { from: 1 });
  checkIntegers("dropsByChance", { draws }, { from: 2 }); // one has no standard error
  checkIntegers("dropsByChance", { seed });
  for (const factor of factors) checkNumbers("dropsByChance", { factors: factor }, { above: 0 });
  if (topK > nExpert)
    throw new RangeError(`dropsByChance: topK ${topK} must not exceed nExpert ${nExpert}, the experts there are`);
  return factors.map((factor) => {
    const rng = new Generator(seed).fork(`${factor}`);
    const shares = Array.from({ length: draws }, () =>
      noGrad(() => {
        const config = { select: "random", topK, capacityFactor: factor } as const;
        return overflowShares(route(zeros([nToken, nExpert]), config, { training: true, rng })).dropped;
      }),
    );
    const measured = shares.reduce((a, b) => a + b, 0) / draws;
    const variance = shares.reduce((sum, s) => sum + (s - measured) ** 2, 0) / (draws - 1);
    const capacity = capacityOf(nToken * topK, nExpert, factor);
    const exact = chanceDropShare(nToken, topK, nExpert, capacity);
    return { factor, capacity, exact, measured, standardError: Math.sqrt(variance / draws) };
  });
}
