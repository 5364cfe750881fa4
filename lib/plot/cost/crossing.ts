/** Where two lines cross that are straight between their points on logarithmic axes. */

import { bisectLeft, sort } from "d3";
import type { Point } from "../rows/series.js";
import type { Curve } from "./parts/curves.js";

export interface Crossing extends Point {
  /** Names of the two lines: the one that is above before it, the one above after it. */
  readonly pair: readonly [string, string];
}

export interface Comparison {
  readonly names: readonly [string, string];
  readonly crossings: readonly Crossing[];
  /** Which the first line is, at the first place where they differ: above or below the second. "apart": they share no stretch. */
  readonly order: "above" | "below" | "equal" | "apart";
}

const EQUAL = 1e-9; // relative difference that is rounding

/** All x at which the order of two lines changes. Where they are equal for a stretch between, that is where it begins. */
export function compare(a: Curve, b: Curve): Comparison {
  const names = [a.name, b.name] as const;
  const from = Math.max(a.points[0].x, b.points[0].x);
  const to = Math.min(a.points[a.points.length - 1].x, b.points[b.points.length - 1].x);
  const all = sort(new Set([...a.points, ...b.points].map(({ x }) => x).filter((x) => x >= from && x <= to)));
  const [ya, yb] = [heightOf(a.points), heightOf(b.points)];
  const crossings: Crossing[] = [];
  let first = 0;
  let before = { x: 0, gap: 0 }; // the last place where they differ
  let touched: number | undefined; // where they became equal since
  for (const x of all) {
    const difference = ya(x) - yb(x); // of logarithms
    const gap = Math.abs(difference) < EQUAL ? 0 : difference;
    if (gap === 0) {
      touched ??= x;
      continue;
    }
    if (before.gap !== 0 && gap > 0 !== before.gap > 0) {
      const part = before.gap / (before.gap - gap);
      const at = touched ?? Math.exp(Math.log(before.x) + part * (Math.log(x) - Math.log(before.x)));
      crossings.push({ x: at, y: Math.exp(ya(at)), pair: gap < 0 ? names : [b.name, a.name] });
    }
    first ||= Math.sign(gap);
    before = { x, gap };
    touched = undefined;
  }
  const order = all.length === 0 ? "apart" : first === 0 ? "equal" : first > 0 ? "above" : "below";
  return { names, crossings, order };
}

/** The logarithm of y at any x between the first and the last point. */
function heightOf(points: readonly Point[]): (x: number) => number {
  const xs = points.map(({ x }) => x);
  return (x) => {
    const i = bisectLeft(xs, x);
    const after = points[Math.min(i, points.length - 1)];
    if (i === 0 || after.x === x) return Math.log(after.y);
    const before = points[i - 1];
    const part = (Math.log(x) - Math.log(before.x)) / (Math.log(after.x) - Math.log(before.x));
    return Math.log(before.y) * (1 - part) + Math.log(after.y) * part;
  };
}
