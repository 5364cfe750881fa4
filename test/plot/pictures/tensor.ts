import {
  type Figure,
  graphChart,
  type GraphRow,
  heatMap,
  queues,
  slider,
  type HtmlFigure,
} from "../../../lib/plot/index.js";

const ramp = (count: number): number[] => Array.from({ length: count }, (_, i) => ((i * 7) % 11) - 4 + i / 8);
const leaf = (id: number, name: string | null = null): GraphRow => ({
  id,
  op: "leaf",
  shape: [2, 3],
  inputs: [],
  name,
});
const op = (id: number, name: string, ...inputs: number[]): GraphRow => ({ id, op: name, shape: [2], inputs });

export const tensors: Readonly<Record<string, () => Figure>> = {
  "heat of a matrix": () => heatMap([1, -0.25, 3, 4.5, 5, 1e-7, -1234.5, 2e9, -2e9, 1e9, 12345, -3], [3, 4]),
  "heat of what is no number": () => heatMap([NaN, 1, Infinity, -Infinity, NaN, -3], [2, 3]),
  "heat of one number": () => heatMap([-2.5], []),
  "heat of a row, cut": () => heatMap(ramp(300), [300]),
  "heat of a large matrix, cut both ways": () => heatMap(ramp(60 * 100), [60, 100], { title: "weights", width: 500 }),
  "heat of slices": () => heatMap(ramp(2 * 3 * 2 * 4), [2, 3, 2, 4], { title: "" }),
  "heat of many small slices": () => heatMap(ramp(12 * 4), [12, 2, 2]),
  "heat of large slices": () => heatMap(ramp(6 * 17 * 16), [6, 17, 16]),
  "heat of zeros": () => heatMap([0, 0, 0, 0], [4, 1]),
  "heat of positive numbers": () => heatMap([1, 2, 3], [3, 1], { width: 200 }),
  "heat of negative numbers": () => heatMap([-1, -2, -3], [1, 3]),
  "heat of numbers below 1": () => heatMap([0.5, -0.25], [2]),
  "heat of too many rows for written numbers": () => heatMap(ramp(20 * 6), [20, 6]),
  "heat of nothing": () => heatMap([], [0, 4]),
  "graph of a product": () =>
    graphChart([
      leaf(0, "blocks.0.attention.query.weight"),
      leaf(1),
      op(2, "mul", 0, 1),
      op(3, "add", 2, 2),
      op(4, "sum", 3),
    ]),
  "graph that is wide": () =>
    graphChart(
      [
        ...Array.from({ length: 20 }, (_, i) => leaf(i, `leaf ${i}`)),
        op(20, "concat", ...Array.from({ length: 20 }, (_, i) => i)),
      ],
      { width: 400, title: "many" },
    ),
  "graph of which the last boxes are shown": () =>
    graphChart(
      [leaf(0), ...Array.from({ length: 30 }, (_, i) => op(i + 1, i % 3 === 0 ? "exp" : "mul", i, Math.max(0, i - 2)))],
      { most: 8, title: "" },
    ),
  "graph of one leaf": () => graphChart([leaf(0)]),
};

const stop = (count: number): [string, Figure] => [
  String(count),
  queues(
    Array.from({ length: count }, () => ({ token: "a", expert: 0, status: "kept" as const })),
    { nExpert: 1 },
  ),
];

export const sliders: Readonly<Record<string, () => HtmlFigure>> = {
  "slider of two stops": () => slider([stop(1), stop(2)], { label: "tokens", start: "2" }),
  "slider of three stops": () => slider([stop(1), stop(2), stop(3)], { label: "tokens" }),
};
