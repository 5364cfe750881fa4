import * as plot from "../../../lib/plot/index.js";
import { figure, frame, type Output } from "./output.js";

const words = { width: 680, title: "title", subtitle: "subtitle" };

/** The figures of what a model costs. */
export const costOutputs: Readonly<Record<string, Output>> = {
  roofline: figure(
    plot.roofline,
    [
      [
        { by: "decode", name: "batch 1", intensity: 2, measured: 3e12, device: "a card" },
        { by: "prefill", name: "batch 8", intensity: 900, device: "a card" },
      ],
      { ...frame, devices: [{ name: "a card", peak: { bfloat16: 989e12 }, bandwidth: 3.35e12 }], format: "bfloat16" },
    ],
    ["bfloat16"],
  ),
  coverageChart: figure(plot.coverageChart, [
    [
      { by: "measured", batch: 1, experts: 2, low: 1, high: 3 },
      { by: "measured", batch: 4, experts: 5 },
    ],
    { ...frame, nExpert: 8, topK: 2, xLabel: "tokens" },
  ]),
  bytesByBatch: figure(plot.bytesByBatch, [
    [
      { by: "MoE", batch: 1, dense: 1e9, experts: 3e9, cache: 1e8 },
      { by: "MoE", batch: 8, dense: 1e9, experts: 9e9, cache: 8e8 },
      { by: "dense", batch: 8, dense: 4e9 },
    ],
    frame,
  ]),
  predictedMeasured: figure(plot.predictedMeasured, [
    [
      { by: "decode", name: "a model", predicted: 100, measured: 60, low: 50, high: 70 },
      { by: "prefill", name: "another", predicted: 100, measured: 110 },
    ],
    { ...frame, near: 0.5, unit: "tokens" },
  ]),
  crossings: figure(
    plot.crossings,
    [
      [
        { by: "MoE", batch: 1, value: 10 },
        { by: "MoE", batch: 8, value: 20 },
        { by: "dense", batch: 1, value: 5 },
        { by: "dense", batch: 8, value: 40 },
      ],
      { ...frame, xLabel: "texts", yLabel: "tokens", unit: "bytes" },
    ],
    ["bytes"],
  ),
  crossoverMap: figure(plot.crossoverMap, [
    [
      { contract: "time", dModel: 32, experts: 4, step: 500, difference: -0.1, low: -0.2, high: -0.05 },
      { contract: "memory", dModel: 64, experts: 8, step: 500, difference: 0.1, low: 0.05, high: 0.2 },
      { contract: "memory", dModel: 32, experts: 8, step: 500, difference: null },
    ],
    frame,
  ]),
  memoryByDtype: figure(plot.memoryByDtype, [
    [
      { by: "a model", dtype: "bfloat16", bytes: 93e9 },
      { by: "a model", dtype: "int8", bytes: 47e9 },
    ],
    { ...words, references: [{ value: 80e9, label: "a card" }] },
  ]),
  copiesAdapters: figure(plot.copiesAdapters, [
    [
      { users: 1, copies: 350, adapters: 351, quantized: 90 },
      { users: 10, copies: 3500, adapters: 360, quantized: 100 },
    ],
    frame,
  ]),
  placementChart: figure(plot.placementChart, [
    [
      { device: 0, expert: 0, load: 3 },
      { device: 1, expert: 1, load: 1 },
      { device: 1, expert: 0, load: 1 },
    ],
    { ...words, nDevice: 3 },
  ]),
  allToAllChart: figure(
    plot.allToAllChart,
    [
      [
        { from: 0, to: 1, bytes: 3e6 },
        { from: 1, to: 1, bytes: 1e6 },
      ],
      { ...words, nDevice: 4, machines: 2, unit: "bytes" },
    ],
    ["bytes"],
  ),
};
