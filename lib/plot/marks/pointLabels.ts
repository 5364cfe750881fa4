/** Names beside points, where they find room, and numbers that stand for the others. */

import type * as Plot from "@observablehq/plot";
import { mark, svgElement, svgText } from "../frame.js";
import { type Legend, legend, type LegendEntry, type Sign } from "./legend.js";
import { fill, words } from "./svg.js";
import { LETTER, lettersOf, shorten } from "../options.js";
import { color, type ColorName } from "../palette.js";
import type { Point } from "../rows/series.js";

export interface PointLabel extends Point {
  readonly name: string;
  readonly color: ColorName;
  /** Where it stands, if there is room. Default: any side, the right first. */
  readonly side?: keyof typeof ORDERS;
  /** It has to be said: where it finds no room, a number stands for it, and the name in a list. */
  readonly isNeeded?: boolean;
  /** Where it stands in any case: pixels from its point, and which end of the name is there. */
  readonly fixed?: { readonly dx: number; readonly dy: number; readonly anchor: "start" | "end" };
}

interface Area {
  readonly x1: number;
  readonly x2: number;
  readonly y1: number;
  readonly y2: number;
}

interface Place {
  readonly x: number;
  readonly y: number;
  readonly anchor: "start" | "end" | "middle";
  readonly area: Area;
  /** Where a line from its point ends. */
  readonly line?: readonly [number, number];
}

const SPARE = 0.5; // px of each letter, as names stand close to lines and dots
const LONGEST = 30; // letters
/** Places in the order in which they are tried. 0 right, 1 left, 2 below, 3 above; 4 and 5 both sides a little lower, 6 and 7 a little
 *  higher. */
const ORDERS = {
  right: [0, 2, 1, 3, 4, 5, 6, 7],
  left: [1, 3, 0, 2, 5, 7, 4, 6],
  above: [3, 7, 6, 2, 1, 0],
  below: [2, 4, 5, 3, 0, 1],
} as const;

/** What is drawn with the names: the mark that has them, and the list of those that are numbers there. */
export interface Names {
  /** @param obstacles further points that no name may cover */
  readonly mark: (obstacles?: readonly Point[]) => Plot.Markish;
  readonly list: Legend;
}

/** Draws, and again as long as names that are needed find no room: a number stands for each of these then.
 *  @param width of the list, in pixels */
export function withNames<Drawn>(labels: readonly PointLabel[], width: number, draw: (names: Names) => Drawn): Drawn {
  const left = new Set<string>();
  for (;;) {
    const before = left.size;
    const numbers = new Map<string, number>();
    const entries = labels.flatMap((label): LegendEntry[] => {
      const id = idOf(label);
      if (!label.isNeeded || !left.has(id) || numbers.has(id)) return [];
      const number = numbers.size + 1;
      numbers.set(id, number);
      return [{ name: label.name, color: label.color, sign: numbered(number) }];
    });
    const drawn = draw({
      mark: (obstacles = []) => pointLabels(labels, obstacles, numbers, (label) => left.add(idOf(label))),
      list: legend(entries, width),
    });
    if (left.size === before) return drawn;
  }
}

/** Points of one name and color have one number. */
const idOf = ({ name, color }: PointLabel): string => JSON.stringify([name, color]);

const numbered =
  (number: number): Sign =>
  (name, x, y) =>
    words(x + 6, y + 4, String(number), `font-weight="600" text-anchor="middle" ${fill(name)}`);

/** Places around a point, the nearest first. */
const FAR = [20, 30, 42, 56, 72, 90].flatMap((radius) =>
  Array.from({ length: 16 }, (_, i) => {
    const angle = (Math.PI * i) / 8;
    return [radius * Math.cos(angle), radius * Math.sin(angle)] as const;
  }),
);

/** The names that find room, the first before the others; those that do not have theirs as a tooltip of their point.
 *  @param numbers of those that have one in place of their name  @param onLeft is told of each that is needed and has no room */
const pointLabels = (
  labels: readonly PointLabel[],
  obstacles: readonly Point[],
  numbers: ReadonlyMap<string, number>,
  onLeft: (label: PointLabel) => void,
): Plot.Markish =>
  mark((scales, box, document) => {
    // A ring of the ground's color keeps the names legible over the lines.
    const ring = {
      stroke: color("background"),
      "stroke-width": 3,
      "stroke-linejoin": "round",
      "paint-order": "stroke",
    };
    const group = svgElement(document, "g", { class: "names", "font-size": 11, ...ring });
    const at = ({ x, y }: Point): Point => ({ x: scales.x(x), y: scales.y(y) });
    const taken = [...labels, ...obstacles].map(at).map(({ x, y }) => around(x - 5, x + 5, y, 5, 5));
    const inside = ({ x1, x2, y1, y2 }: Area): boolean =>
      x1 >= box.marginLeft &&
      x2 <= box.width - box.marginRight + 8 &&
      y1 >= box.marginTop - 6 &&
      y2 <= box.height - box.marginBottom;
    const free = (a: Area): boolean =>
      inside(a) && taken.every((b) => a.x2 < b.x1 || b.x2 < a.x1 || a.y2 < b.y1 || b.y2 < a.y1);
    for (const label of labels) {
      const { x, y } = at(label);
      const number = numbers.get(idOf(label));
      const name = number === undefined ? shorten(label.name, LONGEST) : String(number);
      const length = (LETTER.small + SPARE) * lettersOf(name);
      const beside = (x: number, y: number): [Place, Place] => [
        { x: x + 8, y, anchor: "start", area: around(x + 7, x + 9 + length, y, 10, 3) },
        { x: x - 8, y, anchor: "end", area: around(x - 9 - length, x - 7, y, 10, 3) },
      ];
      const middle = (x: number, y: number): Place => ({
        ...{ x, y, anchor: "middle" },
        area: around(x - length / 2, x + length / 2, y, 10, 3),
      });
      const sides = [y + 4, y + 13, y - 5].map((y) => beside(x, y));
      const places = [...sides[0], middle(x, y + 17), middle(x, y - 9), ...sides[1], ...sides[2]];
      // A number may stand farther away, with a line to its point.
      const far =
        number === undefined
          ? []
          : FAR.map(([dx, dy]) => ({ ...middle(x + dx, y + dy + 4), line: [x + 0.75 * dx, y + 0.75 * dy] as const }));
      const near = ORDERS[label.side ?? "right"].map((i) => places[i]);
      const place: Place | undefined = label.fixed
        ? fixedPlace({ x, y }, length, label.fixed)
        : [...near, ...far].find(({ area }) => free(area));
      if (!place && label.isNeeded) onLeft(label);
      if (!place) continue;
      taken.push(place.area);
      if (place.line)
        group.append(
          svgElement(document, "path", {
            ...{ d: `M${x},${y}L${place.line.join(",")}`, stroke: color(label.color), "stroke-width": 1 },
          }),
        );
      const look = { fill: color(label.color), "text-anchor": place.anchor };
      group.append(svgText(document, name, { x: place.x, y: place.y, ...look }));
    }
    return group;
  });

function fixedPlace(point: Point, length: number, { dx, dy, anchor }: NonNullable<PointLabel["fixed"]>): Place {
  const [x, y] = [point.x + dx, point.y + dy];
  const left = anchor === "end" ? x - length : x;
  return { x, y, anchor, area: around(left - 2, left + length + 2, y, 10, 3) };
}

const around = (x1: number, x2: number, y: number, above: number, below: number): Area => ({
  ...{ x1, x2 },
  ...{ y1: y - above, y2: y + below },
});
