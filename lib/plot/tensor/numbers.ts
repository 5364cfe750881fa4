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

/** A number in few characters, with a real minus sign. @param significant figures kept */
export function digits(value: number, significant = 4): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const text = Number.isInteger(value) && Math.abs(value) < 1e9 ? grouped(value) : rounded(value, significant);
  return text.replaceAll("-", "−");
}

const rounded = (value: number, significant: number): string => String(Number(value.toPrecision(significant)));

/** 12345 -> "12,345" */
export const grouped = (value: number): string => value.toLocaleString("en");
