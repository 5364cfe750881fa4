import type * as Plot from "@observablehq/plot";
import { LETTER, type Head, headHeight, lettersOf, shorten } from "../options.js";
import { headMarks, mark, svgElement, svgText } from "../frame.js";
import { legend, type LegendEntry, line } from "./legend.js";
import { color, type ColorName } from "../palette.js";

/** A label at the end of a line, instead of a legend: name above, value below. x and y in data units. */
export interface EndLabel {
  readonly name: string;
  readonly value: string;
  readonly x: number;
  readonly y: number;
  readonly color: ColorName;
  /** True where the value is bad news. */
  readonly alarm?: boolean;
}

const BLOCK = 31; // px: two lines of text and some air
const LINE = 15; // px: both in one line, where many labels share the space

const NARROW = 480; // px of width below which names go into the legend

const IN_KEY = 8; // lines: as many as have a color

/** The words of a chart of lines. */
export interface ChartWords {
  /** Pixels that they need. */
  readonly margins: { readonly marginTop: number; readonly marginRight: number };
  /** How much of the margin above is the legend's. */
  readonly added: number;
  readonly marks: readonly Plot.Markish[];
  /** The legend, as markup. */
  readonly key: string;
}

export interface ChartWordsOptions {
  /** The margin for names at the ends of lines, in pixels. */
  readonly right: number;
  /** The least margin there, without them. Default 24: half of the last number of the axis. */
  readonly least?: number;
  /** Letters of a name at most. */
  readonly letters?: number;
  /** Names of what has no end, for the legend in any case. */
  readonly entries?: readonly LegendEntry[];
}

/** The words above a chart, and the names of its lines: at their ends, or, where names would leave too little width for the lines, in a
 *  legend above them. */
export function chartWords(
  head: Head,
  ends: readonly EndLabel[],
  width: number,
  { right, least = 24, letters, entries = [] }: ChartWordsOptions,
): ChartWords {
  const isNarrow = width < NARROW;
  const named: LegendEntry[] = ends
    .slice(0, IN_KEY)
    .map(({ name, value, color, alarm = false }) => ({ name, value, color, alarm, sign: line }));
  if (ends.length > IN_KEY) named.push({ name: `${ends.length - IN_KEY} more`, color: "muted", sign: line });
  const key = legend([...entries, ...(isNarrow ? named : [])], width);
  const headed = headHeight(head, width);
  const added = key.height > 0 ? key.height + 12 : 0;
  return {
    margins: { marginTop: headed + added + 30, marginRight: Math.max(least, isNarrow ? 0 : right) },
    added,
    marks: [endLabels(isNarrow ? [] : ends, letters), ...headMarks(head, width)],
    key: key.at(headed + 4),
  };
}

/** A Plot mark that writes the labels right of their points, moved apart where they would overlap.
 *  @param letters of a name at most */
export function endLabels(all: readonly EndLabel[], letters = 17): Plot.Markish {
  return mark((scales, box, document) => {
    const group = svgElement(document, "g", { class: "end-labels", "text-anchor": "start" });
    const space = box.height - box.marginBottom - box.marginTop;
    const labels = all.slice(0, Math.max(1, Math.floor(space / LINE)));
    const isTight = labels.length * BLOCK > space;
    const block = isTight ? LINE : BLOCK;
    const top = box.marginTop + block / 2;
    const bottom = box.height - box.marginBottom - block / 2;
    const wanted = labels.map((label) => (Number.isFinite(label.y) ? scales.y(label.y) : (top + bottom) / 2));
    const placed = spread(wanted, block, top, bottom);
    const room = (x: number): number => Math.min(isTight ? letters - 6 : letters, (box.width - x) / LETTER.bold);
    const names = apart(
      labels.map(({ name }) => name),
      Math.min(...labels.map((label) => room(scales.x(label.x) + 8))),
    );
    labels.forEach((label, i) => {
      const x = scales.x(label.x) + 8;
      const y = placed[i];
      // A ring of the ground's color keeps the words legible over a line.
      const ring = {
        stroke: color("background"),
        "stroke-width": 4,
        "stroke-linejoin": "round",
        "paint-order": "stroke",
      };
      const name = shorten(names[i], room(x));
      group.append(
        svgText(document, name, {
          x,
          y: isTight ? y + 4 : y - 2,
          "font-weight": 600,
          fill: color(label.color),
          ...ring,
        }),
        svgText(
          document,
          shorten(label.value, (box.width - x - (isTight ? 6 + LETTER.bold * lettersOf(name) : 0)) / LETTER.digits),
          {
            x: isTight ? x + 6 + LETTER.bold * lettersOf(name) : x,
            y: isTight ? y + 4 : y + 12,
            "font-size": 11,
            fill: color(label.alarm ? "alarm" : "muted"),
            ...ring,
          },
        ),
      );
    });
    return group;
  });
}

/** Names that `shorten` would cut to the same letters, without the words that they begin with in common: "learning rate 0.05" and
 *  "learning rate 0.14" become "0.05" and "0.14". All others stay whole.
 *  @example
 *  apart(["rate 0.05", "rate 0.14", "SGD"], 6); // => ["0.05", "0.14", "SGD"] */
export function apart(names: readonly string[], limit: number): string[] {
  const cut = names.map((name) => shorten(name, limit));
  return names.map((name, i) => {
    const alike = names.filter((other, k) => cut[k] === cut[i] && other !== name);
    const words = name.split(" ");
    const same = alike.map((other) => other.split(" ").findIndex((word, k) => word !== words[k]));
    return same.length > 0 ? words.slice(Math.max(0, Math.min(...same))).join(" ") || name : name;
  });
}

/** Positions at least `gap` apart and between `low` and `high`, each as near as possible to where it wants to be, in the same order. */
export function spread(wanted: readonly number[], gap: number, low: number, high: number): number[] {
  const order = wanted.map((_, i) => i).sort((a, b) => wanted[a] - wanted[b] || a - b);
  const placed = wanted.map((value) => Math.min(Math.max(value, low), high));
  // Down, then up from the lower edge: two passes suffice on a line.
  for (let k = 1; k < order.length; k++) placed[order[k]] = Math.max(placed[order[k]], placed[order[k - 1]] + gap);
  const last = order[order.length - 1];
  if (last !== undefined) placed[last] = Math.min(placed[last], high);
  for (let k = order.length - 2; k >= 0; k--) placed[order[k]] = Math.min(placed[order[k]], placed[order[k + 1]] - gap);
  return placed;
}
