/** A mixture of experts against the dense model that a contract puts beside it. */

import { checkIntegers } from "../../config/options.js";
import { confidenceInterval } from "../../train/index.js";
import {
  type CrossoverLoss,
  type Found,
  costLadder,
  lossAt,
  lossLadder,
  sizeWithCost,
  sizeWithLoss,
} from "./ladder.js";
import { checkRows } from "./models.js";
import type { CrossoverCost } from "./models.js";

/** What both sides have the same amount of. */
export const CONTRACTS = ["active parameters", "total parameters", "step time", "training memory"] as const;
export type Contract = (typeof CONTRACTS)[number];

/** One mixture at one step under one contract. */
export interface CrossoverCell {
  readonly contract: Contract;
  readonly dModel: number;
  readonly experts: number;
  readonly step: number;
  /** Of the dense model that the contract puts beside it, see `CrossoverModel`; null where nothing was measured. */
  readonly denseSize: number | null;
  /** The dense model of this contract would lie beyond the ladder: its nearest end stands in for it. */
  readonly beyond: Found["end"];
  /** Loss of the MoE minus loss of the dense model, nats: the mean over seeds; null where a run is missing. */
  readonly difference: number | null;
  /** 95 % interval over seeds, paired by seed. */
  readonly low: number | null;
  readonly high: number | null;
  /** Seeds that both sides have. */
  readonly seeds: number;
}

/** The dense size of a contract. */
export function denseSizeOf(
  costs: readonly CrossoverCost[],
  contract: Contract,
  width: number,
  experts: number,
): Found | null {
  if (contract === "active parameters") return { size: 1, end: null };
  if (contract === "total parameters") return { size: experts / 2, end: null };
  const cost = (row: CrossoverCost): number | null => (contract === "step time" ? row.milliseconds : row.trainBytes);
  const own = costs.find((row) => row.contender === "MoE" && row.width === width && row.size === experts);
  const wanted = own && cost(own);
  return wanted ? sizeWithCost(costLadder(costs, width, cost), wanted) : null;
}

const unique = (values: readonly number[]): number[] => [...new Set(values)].sort((a, b) => a - b);

/** Every contract, width, number of experts and step that could be compared, those that nobody has trained included.
 *  @param steps at which losses are read  @param costs of all models, also of those that are still to be trained */
export function crossoverCells(
  losses: readonly CrossoverLoss[],
  costs: readonly CrossoverCost[],
  steps: readonly number[],
): CrossoverCell[] {
  checkRows("crossoverCells", "the losses", losses);
  for (const step of steps) checkIntegers("crossoverCells", { steps: step }, { from: 1 });
  const moes = costs.filter(({ contender }) => contender === "MoE");
  return CONTRACTS.flatMap((contract) =>
    steps.flatMap((step) =>
      moes.map(({ width, size: experts }) => {
        const beside = denseSizeOf(costs, contract, width, experts);
        const pairs = beside ? differences(losses, width, experts, step, beside.size) : [];
        const { mean, low, high } = intervalOf(pairs);
        const size = { denseSize: beside?.size ?? null, beyond: beside?.end ?? null };
        return { contract, dModel: width, experts, step, ...size, difference: mean, low, high, seeds: pairs.length };
      }),
    ),
  );
}

/** MoE minus dense, a number for each seed that has both. */
function differences(
  losses: readonly CrossoverLoss[],
  width: number,
  experts: number,
  step: number,
  size: number,
): number[] {
  return mixtures(losses, width, experts, step).flatMap(({ seed, valLoss }) => {
    const dense = lossAt(lossLadder(losses, width, seed, step), size);
    return dense === null ? [] : [valLoss - dense];
  });
}

const mixtures = (losses: readonly CrossoverLoss[], width: number, experts: number, step: number): CrossoverLoss[] =>
  losses.filter((r) => r.contender === "MoE" && r.width === width && r.size === experts && r.step === step);

type Interval = Record<"mean" | "low" | "high", number | null>;

function intervalOf(values: readonly number[]): Interval {
  return values.length > 0 ? confidenceInterval(values) : { mean: null, low: null, high: null };
}

/** The dense model with the same loss. */
export interface DenseWorth {
  readonly width: number;
  readonly experts: number;
  readonly step: number;
  /** Its size (see `CrossoverModel`): the geometric mean over seeds, and its 95 % interval; null where runs are missing. */
  readonly size: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly seeds: number;
  /** Seeds whose MoE is worse than the smallest dense model, or better than the largest: for them the end of the ladder counts. */
  readonly below: number;
  readonly above: number;
}

/** Which dense size an MoE is worth at a step, by straight lines between the dense models that were trained, for each seed by itself. */
export function denseWorth(losses: readonly CrossoverLoss[], step: number): DenseWorth[] {
  checkRows("denseWorth", "the losses", losses);
  checkIntegers("denseWorth", { step }, { from: 1 });
  const moes = losses.filter((row) => row.contender === "MoE" && row.step === step);
  return unique(moes.map((row) => row.width)).flatMap((width) =>
    unique(moes.filter((row) => row.width === width).map((row) => row.size)).map((experts) => {
      const found = mixtures(losses, width, experts, step).flatMap(
        ({ seed, valLoss }) => sizeWithLoss(lossLadder(losses, width, seed, step), valLoss) ?? [],
      );
      const { mean, low, high } = intervalOf(found.map(({ size }) => Math.log(size)));
      const [below, above] = (["below", "above"] as const).map((end) => found.filter((one) => one.end === end).length);
      const [size, from, to] = [mean, low, high].map((log) => (log === null ? null : Math.exp(log)));
      return { width, experts, step, size, low: from, high: to, seeds: found.length, below, above };
    }),
  );
}

/** An MoE against dense models that train for as long, by the clock. */
export interface ClockDuel extends Interval {
  readonly width: number;
  readonly experts: number;
  /** Steps of the MoE. */
  readonly step: number;
  /** Seconds that they take. */
  readonly seconds: number;
  /** Of the dense model, and how many steps it makes in that time. */
  readonly denseSize: number;
  readonly denseSteps: number;
  readonly seeds: number;
}

/** MoE minus dense after equally many seconds of training, for every dense size whose run is long enough. Losses between two evaluations
 *  lie on the straight line between them. The smaller dense models make more steps in that time. */
export function clockDuels(
  losses: readonly CrossoverLoss[],
  costs: readonly CrossoverCost[],
  step: number,
): ClockDuel[] {
  checkRows("clockDuels", "the losses", losses);
  checkIntegers("clockDuels", { step }, { from: 1 });
  const timed = costs.flatMap(({ milliseconds, ...row }) => (milliseconds === null ? [] : [{ ...row, milliseconds }]));
  return timed
    .filter(({ contender }) => contender === "MoE")
    .flatMap(({ width, size: experts, milliseconds }) =>
      timed
        .filter((row) => row.contender === "dense" && row.width === width)
        .flatMap((dense) => {
          const denseSteps = (step * milliseconds) / dense.milliseconds;
          const pairs = mixtures(losses, width, experts, step).flatMap(({ seed, valLoss }) => {
            const own = losses.filter((r) => r.contender === "dense" && r.width === width && r.size === dense.size);
            const at = lossAtStep(own.filter((row) => row.seed === seed), denseSteps); // prettier-ignore
            return at === null ? [] : [valLoss - at];
          });
          if (pairs.length === 0) return [];
          const seconds = (step * milliseconds) / 1000;
          const beside = { denseSize: dense.size, denseSteps, seeds: pairs.length };
          const { mean, low, high } = intervalOf(pairs);
          return [{ width, experts, step, seconds, ...beside, mean, low, high }];
        }),
    );
}

/** Null before the first evaluation and after the last. */
function lossAtStep(curve: readonly CrossoverLoss[], step: number): number | null {
  const sorted = [...curve].sort((a, b) => a.step - b.step);
  const next = sorted.findIndex((row) => row.step >= step - 1e-6);
  if (next < 0) return null;
  const [a, b] = [sorted[next - 1] as CrossoverLoss | undefined, sorted[next]];
  if (Math.abs(b.step - step) < 1e-6) return b.valLoss;
  return a ? a.valLoss + ((b.valLoss - a.valLoss) * (step - a.step)) / (b.step - a.step) : null;
}
