/** Dense models between those that were trained: a ladder of sizes, and straight lines between its rungs. */

import type { CrossoverCost } from "./models.js";

/** A held-out loss of one run, at one step. */
export interface CrossoverLoss {
  readonly contender: "dense" | "MoE";
  readonly width: number;
  readonly size: number;
  readonly seed: number;
  readonly step: number;
  /** Nats per character. */
  readonly valLoss: number;
}

/** A place on a ladder. */
export interface Rung {
  readonly size: number;
  readonly value: number;
}

/** A size, and whether what was asked for lies on the ladder at all: where it does not, the size is that of the nearest end. */
export interface Found {
  readonly size: number;
  readonly end: "below" | "above" | null;
}

/** The loss of a dense model of any size between the rungs: straight in the logarithm of the size. Null beyond them. */
export function lossAt(ladder: readonly Rung[], size: number): number | null {
  const same = ladder.find((rung) => Math.abs(rung.size - size) < 1e-9);
  if (same) return same.value;
  const next = ladder.findIndex((rung) => rung.size > size);
  if (next < 1) return null;
  const [a, b] = [ladder[next - 1], ladder[next]];
  return a.value + (b.value - a.value) * (Math.log(size / a.size) / Math.log(b.size / a.size));
}

/** The smallest size at which the loss has come down to `loss`. */
export function sizeWithLoss(ladder: readonly Rung[], loss: number): Found | null {
  if (ladder.length < 2) return null;
  if (loss >= ladder[0].value) return { size: ladder[0].size, end: loss > ladder[0].value ? "below" : null };
  const next = ladder.findIndex((rung) => rung.value <= loss);
  if (next < 0) return { size: ladder[ladder.length - 1].size, end: "above" };
  const [a, b] = [ladder[next - 1], ladder[next]];
  const part = (a.value - loss) / (a.value - b.value);
  return { size: a.size * (b.size / a.size) ** part, end: null };
}

/** The size that costs `cost`: straight between the rungs, as time and memory grow with the width of a layer. */
export function sizeWithCost(ladder: readonly Rung[], cost: number): Found | null {
  if (ladder.length < 2) return null;
  if (cost < ladder[0].value) return { size: ladder[0].size, end: "below" };
  const next = ladder.findIndex((rung) => rung.value >= cost);
  if (next < 0) return { size: ladder[ladder.length - 1].size, end: "above" };
  if (next === 0) return { size: ladder[0].size, end: null };
  const [a, b] = [ladder[next - 1], ladder[next]];
  return { size: a.size + ((b.size - a.size) * (cost - a.value)) / (b.value - a.value), end: null };
}

/** The dense losses of one width, seed and step, by size. */
export function lossLadder(losses: readonly CrossoverLoss[], width: number, seed: number, step: number): Rung[] {
  return losses
    .filter((row) => row.contender === "dense" && row.width === width && row.seed === seed && row.step === step)
    .map(({ size, valLoss }) => ({ size, value: valLoss }))
    .sort((a, b) => a.size - b.size);
}

/** What the dense models of one width cost, by size. */
export function costLadder(
  costs: readonly CrossoverCost[],
  width: number,
  cost: (row: CrossoverCost) => number | null,
): Rung[] {
  return costs
    .filter((row) => row.contender === "dense" && row.width === width)
    .flatMap((row) => {
      const value = cost(row);
      return value === null ? [] : [{ size: row.size, value }];
    })
    .sort((a, b) => a.size - b.size);
}
