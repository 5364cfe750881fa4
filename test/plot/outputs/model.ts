import * as plot from "../../../lib/plot/index.js";
import { figure, frame, type Output } from "./output.js";

const sizeRows = [
  { path: "attention.query", total: 100, active: 20 },
  { path: ["attention", "key"], total: 20 },
  { name: "experts", depth: 0, total: 60, active: 15 },
];

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
  modules: figure(plot.modules, [
    [
      { path: "", kind: "Net", shape: "", parameters: 30 },
      { path: ["layers", "first"], kind: "Linear", shape: "weight [5, 2], bias [5]", parameters: 15 },
      { name: "other", depth: 1, kind: "Linear", parameters: 15 },
    ],
    { width: 680, title: "title", subtitle: "subtitle", most: 30 },
  ]),
  twinBlocks: figure(plot.twinBlocks, [
    {
      dense: [
        { component: "attention", total: 4, active: 4 },
        { component: "feed-forward", total: 8 },
      ],
      moe: [
        { component: "attention", total: 4 },
        { component: "expert", total: 32, active: 8 },
      ],
    },
    { width: 680, title: "title", subtitle: "subtitle", nLayer: 2, nExpert: 8, topK: 2 },
  ]),
  treemap: figure(plot.treemap, [sizeRows, { ...frame, least: 0.01 }]),
  icicle: figure(plot.icicle, [sizeRows, { ...frame, least: 0.01 }]),
};
