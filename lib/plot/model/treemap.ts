import { hierarchy, type HierarchyRectangularNode, treemap as squarified } from "d3";
import type { Figure } from "../figure.js";
import { below, muted, words } from "../marks/svg.js";
import type { Accessors } from "../rows/columns.js";
import { fit, widthOf } from "./fit.js";
import {
  boxWords,
  type Cell,
  inside,
  legendOf,
  litBox,
  type SizeRow,
  sizesFigure,
  type SizesOptions,
  sizesOf,
} from "./shares.js";

type Placed = HierarchyRectangularNode<Cell>;

const NAME = 17; // px above the cells of a part, where its name stands

/** The parameters of a model as areas: a cell for each part, inside the part that it belongs to, lit from the left as far as it works on a
 *  token. Layers and experts that are alike are one cell. Rows of `partRows` of twinformer/account fit as they are.
 *  Throws where a part is less than its parts, or more of it works than there is.
 *  @example
 *  treemap([{ path: "attention", total: 2 }, { path: "experts", total: 8, active: 2 }]).facts; // => { total: 10, active: 4, groups: { experts: { total: 8, active: 2 }, attention: { total: 2, active: 2 } } } */
export function treemap<T extends object>(rows: Iterable<T>, options: SizesOptions & Accessors<SizeRow, T>): Figure;
export function treemap(rows: Iterable<SizeRow>, options?: SizesOptions): Figure;
export function treemap(data: Iterable<object>, options: SizesOptions = {}): Figure {
  const how = "area: parameters · full color: those that work on a token, pale: those at rest";
  const sizes = sizesOf("treemap", data, options, how);
  const { tree, groups, head, width, given } = sizes;
  const top = below(head, width);
  const height = given.size("height", tree.total > 0 ? Math.round(top + Math.min(width * 0.62, 420) + 34) : top + 4);
  const key = legendOf(groups, width);
  const foot = height - key.height - 10;
  const root = hierarchy<Cell>(tree, ({ parts }) => parts)
    .sum(({ parts, total }) => (parts.length > 0 ? 0 : total))
    .sort((a, b) => (b.value ?? 0) - (a.value ?? 0));
  const placed = squarified<Cell>()
    .size([width, Math.max(10, foot - top)])
    .paddingTop((node) => (isNamed(node) ? NAME : 0))
    .paddingInner(0)(root);
  const all = tree.total > 0 ? placed.descendants() : [];
  const cells = all.map((node) => {
    const box = inside(node.x0, top + node.y0, node.x1, top + node.y1);
    if (!node.children) return litBox(box, node.data) + boxWords(box, node.data);
    return isNamed(node)
      ? words(box.x + 3, box.y + 12, fit(node.data.name, box.width - 6), `font-size="11" ${muted}`)
      : "";
  });
  return sizesFigure("treemap", sizes, { height, key, cells });
}

/** A part with parts whose name has room; the model itself needs none. */
const isNamed = ({ depth, children = [], x0, x1, y0, y1 }: Placed): boolean =>
  depth > 0 && children.length > 0 && x1 - x0 > widthOf("name") && y1 - y0 > 3 * NAME;
