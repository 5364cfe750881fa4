import * as Plot from "@observablehq/plot";
import { printable } from "../escape.js";
import { Figure } from "../figure.js";
import { draw, head, mark, svgElement, svgText } from "../frame.js";
import { checkSize, headHeight, type FrameOptions } from "../options.js";
import { colour, type ColourName } from "../palette.js";
import { checkRows } from "../rows.js";

export interface OverflowRow {
  /** Name of the rule; each has a panel. */
  readonly overflow: string;
  /** Capacity factor; null where places are not limited. */
  readonly factor: number | null;
  /** Shares of all assignments, which sum to 1. */
  readonly kept: number;
  readonly rerouted: number;
  readonly dropped: number;
}

const PARTS: readonly { name: "kept" | "rerouted" | "dropped"; tint: ColourName }[] = [
  { name: "kept", tint: "moe" },
  { name: "rerouted", tint: "fifth" },
  { name: "dropped", tint: "alarm" },
];

/** What becomes of the tokens' choices: a panel a rule, a bar a capacity factor, parts for kept, rerouted and dropped. */
export function capacityChart(rows: readonly OverflowRow[], options: FrameOptions = {}): Figure {
  checkRows("capacityChart", rows, ["kept", "rerouted", "dropped"]);
  const width = checkSize("capacityChart", "width", options.width ?? 680);
  const height = checkSize("capacityChart", "height", options.height ?? 300);
  const title = options.title ?? "What becomes of the tokens' choices?";
  const subtitle = options.subtitle ?? "share of all assignments, by capacity factor";
  const top = headHeight(title, subtitle);
  // A bar a row, in the order of the rows, and an empty place between two rules.
  const rules = [...new Set(rows.map((row) => row.overflow))];
  const placed = rules.flatMap((rule, i) =>
    rows.filter((row) => row.overflow === rule).map((row, k, all) => ({ row, first: k === 0, of: all.length, gap: i })),
  );
  const places = placed.map(({ row, first, of, gap }, i) => ({ row, first, of, x: i + gap }));
  const bars = places.flatMap(({ row, x }) => {
    let from = 0;
    return PARTS.map(({ name, tint }) => {
      const bar = { x, from, to: from + row[name], tint: colour(tint) };
      from += row[name];
      return { ...bar, words: `${row.overflow} ${factorName(row.factor)}: ${(100 * row[name]).toFixed(1)} % ${name}` };
    });
  });
  const last = places.length > 0 ? places[places.length - 1].x : 0;
  const markup = draw({
    width,
    height,
    marginTop: top + 48,
    marginBottom: 44,
    marginLeft: 52,
    marginRight: 12,
    x: { domain: Array.from({ length: last + 1 }, (_, x) => x), axis: null },
    y: { domain: [0, 1], label: null },
    marks: [
      Plot.gridY({ ticks: 4, stroke: colour("grid"), strokeOpacity: 1 }),
      Plot.axisY({ ticks: 4, tickSize: 0, tickFormat: (share: number) => `${100 * share} %`, fill: colour("muted") }),
      Plot.barY(bars, { x: "x", y1: "from", y2: "to", fill: "tint", inset: 0.5, title: "words" }),
      Plot.text(
        places.map(({ row, x }) => ({ x, name: factorName(row.factor) })),
        { x: "x", text: "name", frameAnchor: "bottom", dy: 14, fontSize: 10.5, fill: colour("muted") },
      ),
      Plot.text(
        places
          .filter(({ first }) => first)
          .map(({ row, x, of }) => ({ x: x + Math.floor((of - 1) / 2), name: printable(row.overflow) })),
        { x: "x", text: "name", frameAnchor: "top", dy: -14, fontWeight: 600, fill: colour("ink") },
      ),
      Plot.text(["capacity factor →"], { frameAnchor: "bottom-right", dy: 38, fill: colour("muted") }),
      key(top + 14),
      ...head(title, subtitle),
    ],
  });
  const worst = rows.reduce((most, row) => Math.max(most, row.dropped), 0);
  const description = `${title} ${rows.length} settings; at most ${(100 * worst).toFixed(1)} % dropped.`;
  return new Figure({ name: "capacity", width, height, markup, description, last: rows.at(-1) ?? null });
}

const factorName = (factor: number | null): string => (factor === null ? "∞" : String(factor));

/** Name and colour of each part, in one line under the head. */
function key(y: number): Plot.Markish {
  return mark((_scales, _box, document) => {
    const group = svgElement(document, "g", { class: "key", "font-size": 11, "text-anchor": "start" });
    PARTS.forEach(({ name, tint }, i) => {
      const x = 4 + 80 * i;
      group.append(
        svgElement(document, "rect", { x, y: y - 9, width: 10, height: 10, fill: colour(tint) }),
        svgText(document, name, { x: x + 15, y, fill: colour("muted") }),
      );
    });
    return group;
  });
}
