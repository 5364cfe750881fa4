import * as plot from "../../../lib/plot/index.js";
import { figure, type Output } from "./output.js";

/** The figures of a model and its parts. */
export const modelOutputs: Readonly<Record<string, Output>> = {
  attention: figure(plot.attention, [
    [
      {
        layer: 0,
        head: 0,
        weights: [
          [1, 0, 0],
          [0.9, 0.1, 0],
          [0.1, 0.8, 0.1],
        ],
      },
    ],
    {
      ...{ width: 680, title: "title", subtitle: "subtitle" },
      ...{ tokens: ["the", "cat", "sat"], start: { layer: 0, head: 0, token: 1 } },
    },
  ]),
  positions: figure(plot.positions, [
    [{ values: [0, 1] }, { values: [0.8, 0.6] }],
    { width: 680, title: "title", subtitle: "subtitle" },
  ]),
};
