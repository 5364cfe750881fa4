/** The headline findings of the labs, each as a sentence and whether the rows bear it out. The margins lie well inside the spread that
 *  the recorded seeds show. How often a router collapses on its own is reported, and not asserted. */

import {
  type CapacityLabRow,
  type ChanceRow,
  type CollapseSummary,
  type CompareRow,
  duels,
  type SpecializationRow,
} from "../../lib/train/index.js";

export interface Finding {
  says: string;
  holds: boolean;
}

const finding = (says: string, holds: boolean): Finding => ({ says, holds });
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

export function collapseFindings(rows: readonly CollapseSummary[]): Finding[] {
  const of = (remedy: string): CollapseSummary[] => rows.filter((r) => r.start === "biased" && r.remedy === remedy);
  const all = (remedy: string, holds: (r: CollapseSummary) => boolean): boolean =>
    of(remedy).length > 0 && of(remedy).every(holds);
  return [
    finding(
      "without a remedy a biased start stays collapsed",
      all("none", (r) => r.effective < 1.5),
    ),
    finding(
      "a mask alone does not help",
      all("mask", (r) => r.effective < 1.5),
    ),
    finding(
      "noise keeps more than two experts in use",
      all("noise", (r) => r.effective > 2.5),
    ),
    finding(
      "the balance loss leads every run out of the collapse, and most of them back to an even load",
      all("switch", (r) => r.effective > 5) && of("switch").filter((r) => r.recovered !== null).length > 1,
    ),
    finding(
      "the z-loss balances nothing",
      all("z", (r) => r.collapsed),
    ),
    finding(
      "a selection bias leads out of the collapse",
      all("bias", (r) => !r.collapsed),
    ),
    finding(
      "next best gives all experts work from the first step",
      all("nextBest", (r) => r.recovered === 1),
    ),
    finding(
      "a capacity with drop leaves experts dead",
      all("drop", (r) => r.collapsed && r.dead > 0),
    ),
  ];
}

/** A row of the capacity lab. */
export type CapacityLine = ({ kind: "trained" } & CapacityLabRow) | ({ kind: "chance"; topK: number } & ChanceRow);

export function capacityFindings(rows: readonly CapacityLine[]): Finding[] {
  const chance = rows.filter((r) => r.kind === "chance");
  const trained = rows.filter((r) => r.kind === "trained");
  const at = (overflow: string, factor: number | null) =>
    trained.find((r) => r.overflow === overflow && r.factor === factor);
  const [tight, roomy, free] = [at("drop", 1), at("drop", 4), at("dropless", null)];
  return [
    finding(
      "random routing drops what the binomial distribution says",
      chance.length > 0 && chance.every((r) => Math.abs(r.measured - r.exact) <= 4 * r.standardError + 1e-3),
    ),
    finding(
      "9.3 % are dropped by chance at 128 tokens, 8 experts, factor 1",
      chance.some((r) => r.topK === 1 && r.factor === 1 && Math.abs(r.exact - 0.0928) < 5e-5),
    ),
    finding(
      "next best drops nothing from factor 1 on",
      trained.every((r) => r.overflow !== "nextBest" || r.factor! < 1 || r.dropped === 0),
    ),
    finding("the trained router drops more than chance does", (tight?.dropped ?? 0) > 0.0928 + 0.02),
    finding("with places for all, the loss is that without a limit", Math.abs(roomy!.loss - free!.loss) < 1e-3),
  ];
}

export function specializationFindings(rows: readonly (SpecializationRow & { when: string })[]): Finding[] {
  const after = rows.filter((row) => row.when === "after");
  const last = Math.max(...after.map((row) => row.layer));
  return [
    finding(
      "after training the experts' domains are far from chance",
      after.every((r) => r.domain > 3 * r.domainByChance.high),
    ),
    finding(
      "in the last layer they tell more of the domain than the characters alone explain",
      after.every((r) => r.layer !== last || r.domain > r.domainByCharacter.high),
    ),
    finding(
      "they tell more of the character than of the domain",
      after.every((r) => r.character > r.domain),
    ),
    finding(
      "before training, the domain is no more than the characters explain",
      mean(rows.filter((r) => r.when === "before").map((r) => r.domain - r.domainByCharacter.high)) < 0.01,
    ),
  ];
}

type Measured = Pick<CompareRow, "contender" | "seed" | "step" | "seconds" | "valLoss">;

export function twinsFindings(rows: readonly Measured[]): Finding[] {
  const active = duels(rows, "MoE", "dense");
  const total = duels(rows, "MoE", "dense, equal total");
  return [
    finding("at equal active parameters and steps the MoE ends with the lower loss", active.at(-1)!.low > 0),
    finding("at first the dense model of equal total parameters learns faster", total[0].high < 0),
    finding("in the end the MoE has the lower loss than that one, too", total.at(-1)!.low > 0),
  ];
}

/** What a model without one of its parts, or another model, learned of a text of words and their copies. */
export interface AblationLine {
  readonly model: string;
  readonly seed: number;
  readonly parameters: number;
  /** Nats per letter. */
  readonly valLoss: number;
}

/** Who sees nothing but the last letter guesses at least 8 of 10 letters evenly. */
const BLIND = 0.8 * Math.log(8);

export function ablationFindings(rows: readonly AblationLine[]): Finding[] {
  const of = (model: string): number[] => rows.filter((row) => row.model === model).map(({ valLoss }) => valLoss);
  const worse = (model: string): boolean => of(model).every((loss, i) => loss > of("whole")[i]);
  return [
    finding(
      "who looks back ends below the best that is possible without",
      of("whole").length > 0 && of("whole").every((loss) => loss < BLIND),
    ),
    finding(
      "without attention nobody does",
      of("no attention").every((loss) => loss > BLIND),
    ),
    ...["no attention", "no positions", "no norms", "no residual", "no norms, no residual"].map((model) =>
      finding(`${model} is worse than the whole, with every seed`, worse(model)),
    ),
  ];
}
