/** Horizontal bars of several pieces: what the figures of parameters and of memory share. */

import * as Plot from "@observablehq/plot";
import { lettersOf } from "../options.js";
import { shorten } from "../endLabels.js";
import { color, type ColorName } from "../palette.js";
import { mark, svgElement, svgText } from "../frame.js";

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
        const words = piece.inside?.find((text) => widthOf(text) < right - left - 8);
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
      group.append(svgText(document, value, { x: left, y: middle, "font-weight": 600, fill: color("ink") }));
      const second = left + widthOf(value) * 1.06 + 8;
      if (more && second + widthOf(more) < box.width)
        group.append(svgText(document, more, { x: second, y: middle, fill: color("muted") }));
    }
    return group;
  });
}

interface Key {
  readonly name: string;
  readonly color: ColorName;
  readonly pale?: boolean;
}

const KEY = 18; // px, a line of the key

/** Where each entry of a key stands: its line, and its left edge in pixels. */
function keyPlaces(entries: readonly Key[], left: number, width: number): { x: number; line: number }[] {
  let [x, line] = [left, 0];
  return entries.map(({ name }) => {
    const size = 32 + widthOf(name);
    if (x + size > width && x > left) [x, line] = [left, line + 1];
    const place = { x, line };
    x += size;
    return place;
  });
}

/** A key of colors at the bottom left, in as many lines as it needs. */
export function colorKey(entries: readonly Key[], left: number): Plot.Markish {
  return mark((_scales, box, document) => {
    const group = svgElement(document, "g", { class: "color-key", "text-anchor": "start" });
    const places = keyPlaces(entries, left, box.width - left);
    const bottom = box.height - 8 - KEY * (places.at(-1)?.line ?? 0);
    entries.forEach(({ name, color: tint, pale }, i) => {
      const [x, y] = [places[i].x, bottom + KEY * places[i].line];
      const swatch = { x, y: y - 9, width: 10, height: 10, rx: 2, fill: color(tint), "fill-opacity": pale ? 0.22 : 1 };
      const entry = svgElement(document, "g", {});
      entry.append(
        svgElement(document, "rect", swatch),
        svgText(document, shorten(name, (box.width - 20 - left) / CHARACTER), { x: x + 15, y, fill: color("muted") }),
      );
      group.append(entry);
    });
    return group;
  });
}

/** Height of a key in pixels. */
export const keyHeight = (entries: readonly Key[], width: number): number =>
  entries.length === 0 ? 0 : KEY * ((keyPlaces(entries, 2, width).at(-1)?.line ?? 0) + 1) + 8;

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
