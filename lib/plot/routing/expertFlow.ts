import { Figure } from "../figure.js";
import { draw, head, mark, svgElement, svgText } from "../frame.js";
import { checkSize, headHeight, type FrameOptions } from "../options.js";
import { colour } from "../palette.js";
import { checkRows } from "../rows.js";

/** One token in one layer. */
export interface FlowRow {
  /** Position of the token. */
  readonly token: number;
  /** 0 is the first layer. */
  readonly layer: number;
  /** The expert that it favours there. */
  readonly expert: number;
}

export interface ExpertFlowOptions extends FrameOptions {
  /** Experts of a layer; default the highest one that occurs. One expert is a dense model. */
  readonly nExpert?: number;
}

const AIR = 6; // pixels between two experts

/** The tokens' way through the layers: a column a layer, a box an expert as tall as its share of the tokens, a band for the tokens that
 *  go from one expert to another. A dense model is one band. */
export function expertFlow(rows: readonly FlowRow[], options: ExpertFlowOptions = {}): Figure {
  checkRows("expertFlow", rows, ["token", "layer", "expert"]);
  const width = checkSize("expertFlow", "width", options.width ?? 680);
  const height = checkSize("expertFlow", "height", options.height ?? 330);
  const title = options.title ?? "The tokens' way through the layers";
  const subtitle =
    options.subtitle ?? "a box: an expert, as tall as its share of the tokens · a band: tokens that go on together";
  const nLayer = rows.reduce((most, row) => Math.max(most, row.layer + 1), 0);
  const nExpert = options.nExpert ?? rows.reduce((most, row) => Math.max(most, row.expert + 1), 0);
  const paths = pathsOf(rows, nLayer);
  const top = headHeight(title, subtitle) + 26;
  const markup = draw({
    width,
    height,
    axis: null,
    marks: [
      mark((_scales, _box, document) => {
        const group = svgElement(document, "g", { class: "flow" });
        const room = height - top - 12 - AIR * (nExpert - 1);
        const columns = boxesOf(paths, nLayer, nExpert, top, room);
        const x = (layer: number): number => (nLayer < 2 ? width / 2 : 60 + (layer * (width - 120)) / (nLayer - 1));
        for (let layer = 0; layer + 1 < nLayer; layer++) {
          const [x0, x1] = [x(layer) + 9, x(layer + 1) - 9];
          for (const band of bandsOf(paths, columns, layer, nExpert, room)) {
            const bend = (x1 - x0) / 2;
            const d = `M${x0},${band.from}C${x0 + bend},${band.from},${x1 - bend},${band.to},${x1},${band.to}`;
            const look = { fill: "none", stroke: colour("moe"), "stroke-opacity": 0.3, "stroke-width": band.thick };
            group.append(svgElement(document, "path", { class: "band", d, ...look }));
          }
        }
        columns.forEach((boxes, layer) => {
          const name = { x: x(layer), y: top - 10, "text-anchor": "middle", fill: colour("muted") };
          group.append(svgText(document, `layer ${layer + 1}`, name));
          boxes.forEach(({ y, tall }, e) => {
            const box = { x: x(layer) - 9, y, width: 18, height: Math.max(tall, 1), fill: colour("moe") };
            group.append(
              svgElement(document, "rect", { class: "expert", "fill-opacity": tall > 0 ? 1 : 0.25, ...box }),
            );
            const label = { x: x(layer), y: y + tall / 2 + 4, "text-anchor": "middle", "font-size": 11 };
            if (tall > 12) group.append(svgText(document, String(e + 1), { ...label, fill: colour("background") }));
          });
        });
        return group;
      }),
      ...head(title, subtitle),
    ],
  });
  const shares = Array.from({ length: nLayer }, (_, layer) => {
    const count = new Set(paths.map((path) => path[layer])).size;
    return `layer ${layer + 1}: ${count} of ${nExpert} experts used`;
  });
  const description = `${title}, ${paths.length} tokens: ${shares.join("; ")}.`;
  return new Figure({ name: "expert-flow", width, height, markup, description, last: rows.at(-1) ?? null });
}

/** [token][layer] the expert. */
function pathsOf(rows: readonly FlowRow[], nLayer: number): number[][] {
  const paths = new Map<number, number[]>();
  for (const { token, layer, expert } of rows) {
    const path = paths.get(token) ?? new Array<number>(nLayer).fill(0);
    path[layer] = expert;
    paths.set(token, path);
  }
  return [...paths.values()];
}

interface Column {
  y: number;
  tall: number;
}

function boxesOf(paths: readonly number[][], nLayer: number, nExpert: number, top: number, room: number): Column[][] {
  return Array.from({ length: nLayer }, (_, layer) => {
    let y = top;
    return Array.from({ length: nExpert }, (_, e) => {
      const tall = (room * paths.filter((path) => path[layer] === e).length) / paths.length;
      const box = { y, tall };
      y += tall + AIR;
      return box;
    });
  });
}

/** Middles and thickness of the bands between a layer and the next, stacked in the order of their other end. */
function bandsOf(
  paths: readonly number[][],
  columns: readonly Column[][],
  layer: number,
  nExpert: number,
  room: number,
): { from: number; to: number; thick: number }[] {
  const left = columns[layer].map(({ y }) => y);
  const right = columns[layer + 1].map(({ y }) => y);
  const bands: { from: number; to: number; thick: number }[] = [];
  for (let a = 0; a < nExpert; a++) {
    for (let b = 0; b < nExpert; b++) {
      const count = paths.filter((path) => path[layer] === a && path[layer + 1] === b).length;
      if (count === 0) continue;
      const thick = (room * count) / paths.length;
      bands.push({ from: left[a] + thick / 2, to: right[b] + thick / 2, thick });
      left[a] += thick;
      right[b] += thick;
    }
  }
  return bands;
}
