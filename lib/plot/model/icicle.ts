import { hierarchy, partition } from "d3";
import type { Figure } from "../figure.js";
import { below } from "../marks/svg.js";
import type { Accessors } from "../rows/columns.js";
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

/** The parameters of a model as a tree of boxes: the model at the left, its parts right of it, as high as they have parameters, and
 *  lit from the left as far as they work on a token. Layers and experts that are alike are one box. Rows of `partRows` of
 *  twinformer/account fit as they are. Throws where a part is less than its parts, or more of it works than there is. */
export function icicle<T extends object>(rows: Iterable<T>, options: SizesOptions & Accessors<SizeRow, T>): Figure;
export function icicle(rows: Iterable<SizeRow>, options?: SizesOptions): Figure;
export function icicle(data: Iterable<object>, options: SizesOptions = {}): Figure {
  const how = "height: parameters · full color: those that work on a token, pale: those at rest";
  const sizes = sizesOf("icicle", data, options, how);
  const { tree, groups, head, width, given } = sizes;
  const top = below(head, width);
  const height = given.size("height", tree.total > 0 ? top + 380 : top + 4);
  const key = legendOf(groups, width);
  const high = Math.max(10, height - top - key.height - 10);
  const root = hierarchy<Cell>(tree, ({ parts }) => parts).sum(({ parts, total }) => (parts.length > 0 ? 0 : total));
  const placed = partition<Cell>().size([high, width])(root);
  const all = tree.total > 0 ? placed.descendants() : [];
  const boxes = all.map(({ x0, x1, y0, y1, data }) => {
    const box = inside(y0, top + x0, y1, top + x1);
    return litBox(box, data) + boxWords(box, data, true);
  });
  return sizesFigure("icicle", sizes, { height, key, cells: boxes });
}
