/** Lines over a logarithmic axis: their rows in order, their marks and the words at their ends. */

import * as Plot from "@observablehq/plot";
import { group, sort } from "d3";
import type { EndLabel } from "../../marks/endLabels.js";
import { color, type ColorName } from "../../palette.js";
import { type Point, sample } from "../../rows/series.js";

/** Points by rising x. */
export interface Curve<P extends Point = Point> {
  readonly name: string;
  readonly points: readonly P[];
}

const DOTTED = 16; // points up to which each has a dot
const DRAWN = 60; // lines
const POINTS = 1200; // of all lines together

/** A line a name, in the order in which names appear. Of points with the same x the last row's counts.
 *  @returns lines, and how many rows a later one has replaced */
export function curvesOf<Row extends { readonly by: string } & Point>(
  rows: readonly Row[],
): { curves: Curve<Row>[]; replaced: number } {
  const curves = [...group(rows, ({ by }) => by)].map(([name, own]) => {
    const last = new Map(own.map((row) => [row.x, row]));
    return { name, points: sort(last.values(), ({ x }) => x) };
  });
  return { curves, replaced: rows.length - curves.reduce((sum, { points }) => sum + points.length, 0) };
}

/** @param words of a point, as its tooltip */
export function curveMarks(
  curves: readonly Curve[],
  tint: (name: string) => ColorName,
  words: (point: Point) => string,
): Plot.Markish[] {
  const drawn = curves.slice(0, DRAWN);
  const each = Math.max(2, Math.floor(POINTS / Math.max(drawn.length, 1)));
  const [named, others] = [
    drawn.filter(({ name }) => tint(name) !== "muted"),
    drawn.filter(({ name }) => tint(name) === "muted"),
  ];
  const gray = others.flatMap(({ name, points }) => sample(points, each).map(({ x, y }) => ({ x, y, name })));
  return [
    Plot.line(gray, { x: "x", y: "y", z: "name", stroke: color("muted"), strokeWidth: 1, strokeOpacity: 0.5 }),
    // The first lie over the others.
    ...[...named].reverse().flatMap(({ name, points }) => {
      const at = { x: "x", y: "y", stroke: color(tint(name)), strokeWidth: 2 } as const;
      const title = (point: Point): string => `${name}: ${words(point)}`;
      return [
        Plot.line(sample(points, each), at),
        ...(points.length <= DOTTED ? [Plot.dot(points, { ...at, r: 3, fill: color("background"), title })] : []),
      ];
    }),
  ];
}

/** "not drawn: 12 more", or nothing. */
export const undrawnNote = (curves: readonly Curve[]): string =>
  curves.length > DRAWN ? `not drawn: ${curves.length - DRAWN} more` : "";

export const lastOf = <P extends Point>({ points }: Curve<P>): P => points[points.length - 1];

/** Names and last values of the lines. */
export const endsOf = (
  curves: readonly Curve[],
  tint: (name: string) => ColorName,
  words: (point: Point) => string,
): EndLabel[] =>
  curves.map((curve) => {
    const end = lastOf(curve);
    return { name: curve.name, value: words(end), x: end.x, y: end.y, color: tint(curve.name) };
  });
