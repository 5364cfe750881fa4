import { sankey, type SankeyNode } from "d3-sankey";
import { px } from "../marks/svg.js";

/** A place that tokens leave or reach: a kind of token, an expert of a layer, or all the others. */
export interface FlowNode {
  readonly key: string;
  /** 0 is the leftmost. */
  readonly column: number;
  readonly label: string;
  /** Number of its color; null for an expert. */
  readonly tint: number | null;
}

export interface FlowLink {
  readonly from: FlowNode;
  readonly to: FlowNode;
  readonly count: number;
}

export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A node with its place in pixels and the tokens that pass through it. */
export interface PlacedNode extends FlowNode {
  readonly x: number;
  readonly y: number;
  readonly height: number;
  readonly tokens: number;
}

/** A ribbon: its path runs around it. A stroke along its middle would swing out of its column where it is thicker than long. */
export interface Ribbon extends FlowLink {
  readonly path: string;
}

export const NODE_WIDTH = 7; // px
const AIR = 5; // px between nodes

/** Places the nodes in their columns, each as high as its tokens, in the order that they are given in, and the ribbons between them. */
export function flowLayout(
  nodes: readonly FlowNode[],
  links: readonly FlowLink[],
  { x, y, width, height }: Area,
): { nodes: PlacedNode[]; ribbons: Ribbon[] } {
  const drawn = links.filter(({ count }) => count > 0);
  if (drawn.length === 0) return { nodes: [], ribbons: [] };
  const largest = Math.max(...drawn.map(({ count }) => count)); // shares of it cannot overflow
  type Node = SankeyNode<{ own: FlowNode }, { own: FlowLink }>;
  const graph = sankey<{ own: FlowNode }, { own: FlowLink }>()
    .nodeId(({ own }) => own.key)
    .nodeAlign(({ own }) => own.column) // an expert without tokens has no link that would tell its column
    .nodeSort(null)
    .nodeWidth(NODE_WIDTH)
    .nodePadding(AIR)
    .extent([
      [x, y],
      [x + width, y + height],
    ])({
    nodes: nodes.map((own) => ({ own })),
    links: drawn.map((own) => ({ own, source: own.from.key, target: own.to.key, value: own.count / largest })),
  });
  return {
    nodes: graph.nodes.map(({ own, x0 = 0, y0 = 0, y1 = 0, value = 0 }) => {
      return { ...own, x: x0, y: y0, height: y1 - y0, tokens: value * largest };
    }),
    ribbons: graph.links.map(({ own, source, target, y0 = 0, y1 = 0, width = 0 }) => {
      const [from, to] = [(source as Node).x1 ?? 0, (target as Node).x0 ?? 0];
      return { ...own, path: around(from, y0, to, y1, Math.max(width, 0.5) / 2) };
    }),
  };
}

/** From (x0, y0) to (x1, y1) along one edge, and back along the other; level at both ends. */
function around(x0: number, y0: number, x1: number, y1: number, half: number): string {
  const middle = px((x0 + x1) / 2);
  const curve = (from: number, to: number, x: number): string =>
    `C${middle},${px(from)} ${middle},${px(to)} ${px(x)},${px(to)}`;
  const upper = `M${px(x0)},${px(y0 - half)}${curve(y0 - half, y1 - half, x1)}`;
  return `${upper}V${px(y1 + half)}${curve(y1 + half, y0 + half, x0)}Z`;
}
