/** Names beside points, where they find room. */

import type * as Plot from "@observablehq/plot";
import { mark, svgElement, svgText } from "../frame.js";
import { lettersOf, shorten } from "../options.js";
import { color, type ColorName } from "../palette.js";
import type { Point } from "../rows/series.js";

export interface PointLabel extends Point {
  readonly name: string;
  readonly color: ColorName;
  /** Where it stands, if there is room. Default: any side, the right first. */
  readonly side?: keyof typeof ORDERS;
  /** Where it stands in any case: pixels from its point, and which end of the name is there. */
  readonly fixed?: { readonly dx: number; readonly dy: number; readonly anchor: "start" | "end" };
}

interface Area {
  readonly x1: number;
  readonly x2: number;
  readonly y1: number;
  readonly y2: number;
}

const LETTER = 6.9; // px of 11 px type
const LONGEST = 30; // letters
/** Places in the order in which they are tried. 0 right, 1 left, 2 below, 3 above; 4 and 5 both sides a little lower, 6 and 7 a little
 *  higher. */
const ORDERS = {
  right: [0, 2, 1, 3, 4, 5, 6, 7],
  left: [1, 3, 0, 2, 5, 7, 4, 6],
  above: [3, 7, 6, 2, 1, 0],
  below: [2, 4, 5, 3, 0, 1],
} as const;

/** The names that find room, the first before the others; those that do not have theirs as a tooltip of their point.
 *  @param obstacles further points that no name may cover */
export const pointLabels = (labels: readonly PointLabel[], obstacles: readonly Point[] = []): Plot.Markish =>
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
      const name = shorten(label.name, LONGEST);
      const length = LETTER * lettersOf(name);
      const beside = (y: number) => [
        { x: x + 8, y, anchor: "start", area: around(x + 7, x + 9 + length, y, 10, 3) },
        { x: x - 8, y, anchor: "end", area: around(x - 9 - length, x - 7, y, 10, 3) },
      ];
      const middle = (y: number) => ({
        ...{ x, y, anchor: "middle" },
        area: around(x - length / 2, x + length / 2, y, 10, 3),
      });
      const sides = [y + 4, y + 13, y - 5].map(beside);
      const places = [...sides[0], middle(y + 17), middle(y - 9), ...sides[1], ...sides[2]];
      const place = label.fixed
        ? fixedPlace({ x, y }, length, label.fixed)
        : ORDERS[label.side ?? "right"].map((i) => places[i]).find(({ area }) => free(area));
      if (!place) continue;
      taken.push(place.area);
      const look = { fill: color(label.color), "text-anchor": place.anchor };
      group.append(svgText(document, name, { x: place.x, y: place.y, ...look }));
    }
    return group;
  });

function fixedPlace(point: Point, length: number, { dx, dy, anchor }: NonNullable<PointLabel["fixed"]>) {
  const [x, y] = [point.x + dx, point.y + dy];
  const left = anchor === "end" ? x - length : x;
  return { x, y, anchor, area: around(left - 2, left + length + 2, y, 10, 3) };
}

const around = (x1: number, x2: number, y: number, above: number, below: number): Area => ({
  ...{ x1, x2 },
  ...{ y1: y - above, y2: y + below },
});
