import { digits, grouped } from "../../text/numbers.js";

/** What a heat map says about all numbers of an array, shown or not. */
export interface Summary {
  /** Of the finite numbers; null where there are none. */
  readonly min: number | null;
  readonly mean: number | null;
  readonly max: number | null;
  readonly nan: number;
  readonly infinite: number;
}

export function summary(values: ArrayLike<number>): Summary {
  let [min, max, sum, finite, nan] = [Infinity, -Infinity, 0, 0, 0];
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (Number.isFinite(value)) {
      finite++;
      sum += value;
      if (value < min) min = value;
      if (value > max) max = value;
    } else if (Number.isNaN(value)) nan++;
  }
  const infinite = values.length - finite - nan;
  if (finite === 0) return { min: null, mean: null, max: null, nan, infinite };
  return { min, mean: sum / finite, max, nan, infinite };
}

/** "min −0.31 · mean 0.002 · max 0.4 · 2 NaN (red ×) · 1 infinite (red)" */
export function summaryLine({ min, mean, max, nan, infinite }: Summary): string {
  const parts = min === null ? [] : [`min ${digits(min)}`, `mean ${digits(mean!)}`, `max ${digits(max!)}`];
  if (nan > 0) parts.push(`${grouped(nan)} NaN (red ×)`);
  if (infinite > 0) parts.push(`${grouped(infinite)} infinite (red)`);
  return parts.join(" · ");
}
