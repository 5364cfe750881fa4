/** Horizontal bars of several pieces: what the figures of parameters and of memory share. */

import * as Plot from "@observablehq/plot";
import { lettersOf } from "../options.js";
import { color, type ColorName } from "../palette.js";
import { mark, svgElement, svgText, svgTwoTexts } from "../frame.js";

/** One piece of a bar, from x1 to x2 in data units. */
export interface Piece {
  /** Top edge of the bar, in pixels. */
  readonly y: number;
  readonly name: string;
  readonly x1: number;
  readonly x2: number;
  readonly color: ColorName;
  /** Drawn pale: there, but at rest. */
  readonly pale?: boolean;
  /** Tooltip. */
  readonly title: string;
  /** Words inside, the best first; those that fit are written. */
  readonly inside?: readonly string[];
}

export const BAR = 26; // px
const CHARACTER = 6.4; // px, of 12 px system-ui on average
export const widthOf = (text: string): number => CHARACTER * lettersOf(text);

/** The pieces, each with a hairline of the ground's color around it and its words where they fit. The vertical scale must be
 *  `{ type: "identity" }`: pixels. */
export function pieces(all: readonly Piece[]): Plot.Markish[] {
  return [
    Plot.rect(all, {
      x1: "x1",
      x2: "x2",
      y1: "y",
      y2: ({ y }: Piece) => y + BAR,
      fill: ({ color: name }: Piece) => color(name),
      fillOpacity: ({ pale }: Piece) => (pale ? 0.22 : 1),
      stroke: color("background"),
      strokeWidth: 1,
      title: "title",
    }),
    mark((scales, _box, document) => {
      const group = svgElement(document, "g", { class: "bar-words", "text-anchor": "middle" });
      for (const piece of all) {
        const [left, right] = [scales.x(piece.x1), scales.x(piece.x2)];
        const words = piece.inside?.find((text) => widthOf(text) < right - left - 14);
        if (words === undefined) continue;
        const fill = color(piece.pale ? "ink" : "background");
        group.append(svgText(document, words, { x: (left + right) / 2, y: piece.y + BAR / 2 + 4, fill }));
      }
      return group;
    }),
  ];
}

/** Words right of each bar's end: the first bold, the second muted. */
export function endWords(
  ends: readonly { readonly y: number; readonly x: number; readonly value: string; readonly more?: string }[],
): Plot.Markish {
  return mark((scales, box, document) => {
    // A ring of the ground's color keeps the words legible over a line.
    const ring = {
      stroke: color("background"),
      "stroke-width": 4,
      "stroke-linejoin": "round",
      "paint-order": "stroke",
    };
    const group = svgElement(document, "g", { class: "bar-ends", "text-anchor": "start", ...ring });
    for (const { y, x, value, more } of ends) {
      const [left, middle] = [scales.x(x) + 8, y + BAR / 2 + 4];
      const second = left + widthOf(value) * 1.06 + 8;
      const hasRoom = more !== undefined && second + widthOf(more) < box.width;
      group.append(
        svgTwoTexts(
          document,
          [value, { x: left, y: middle, "font-weight": 600, fill: color("ink") }],
          [hasRoom ? more : "", { "font-weight": 400, fill: color("muted") }],
          8,
        ),
      );
    }
    return group;
  });
}

/** What works on a token is a part of what there is. */
export function checkActive(
  figure: string,
  rows: readonly { readonly total: number; readonly active: number }[],
): void {
  const i = rows.findIndex(({ total, active }) => active > total * (1 + 1e-9));
  if (i >= 0)
    throw new RangeError(
      `${figure} needs 'active' to be no more than 'total', row ${i} has ${rows[i].active} of ${rows[i].total}`,
    );
}
