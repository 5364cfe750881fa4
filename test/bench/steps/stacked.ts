import * as Plot from "@observablehq/plot";
import { Figure } from "../../../lib/plot/figure.js";
import { draw, headMarks } from "../../../lib/plot/frame.js";
import { legend } from "../../../lib/plot/marks/legend.js";
import { headHeight } from "../../../lib/plot/options.js";
import { color, type ColorName, SERIES } from "../../../lib/plot/palette.js";

export interface Piece {
  readonly name: string;
  readonly kind: string;
  readonly value: number;
}

/** A bar for each name, of pieces in the order of `kinds`; at most nine kinds. */
export function stackedBars(
  title: string,
  subtitle: string,
  kinds: readonly string[],
  pieces: readonly Piece[],
): Figure {
  const width = 680;
  const names = [...new Set(pieces.map(({ name }) => name))];
  const of = (name: string): Piece[] => pieces.filter((piece) => piece.name === name);
  const sum = (name: string): number => of(name).reduce((total, { value }) => total + value, 0);
  const top = headHeight({ title, subtitle }, width);
  const colorOf = (kind: string): ColorName => SERIES[kinds.indexOf(kind)] ?? "muted";
  const key = legend(
    kinds.map((name) => ({ name, color: colorOf(name) })),
    width,
  );
  const marginTop = top + key.height + 8;
  const height = marginTop + 34 * names.length + 28;
  const options = {
    ...{ width, height, marginTop, marginLeft: 130, marginRight: 40 },
    x: { label: null, ticks: 6 },
    y: { label: null, domain: names, tickSize: 0 },
    marks: [
      Plot.barX(
        pieces,
        Plot.stackX({
          ...{ x: "value", y: "name", z: "kind", order: [...kinds], insetRight: 1 },
          fill: ({ kind }: Piece) => color(colorOf(kind)),
        }),
      ),
      Plot.text(names, {
        ...{ x: sum, y: (name: string) => name, text: (name: string) => sum(name).toFixed(0) },
        ...{ textAnchor: "start", dx: 6, fill: color("ink") },
      }),
      ...headMarks({ title, subtitle }, width),
    ],
  };
  const words = names.map(
    (name) =>
      `${name}: ${of(name)
        .map(({ kind, value }) => `${kind} ${value.toFixed(1)}`)
        .join(", ")}`,
  );
  const description = `${title}. ${words.join("; ")}`;
  return new Figure({ name: "bench", width, height, markup: draw(options, key.at(top)), description, facts: pieces });
}
