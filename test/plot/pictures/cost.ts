import {
  allToAllChart,
  bytesByBatch,
  copiesAdapters,
  coverageChart,
  crossings,
  crossoverMap,
  type Figure,
  memoryByDtype,
  placementChart,
  predictedMeasured,
  roofline,
} from "../../../lib/plot/index.js";

const batches = [1, 2, 4, 8, 16, 32, 64];
const crossover = ["active parameters", "total parameters", "step time", "training memory"].flatMap((contract, c) =>
  [500, 2000].flatMap((step) =>
    [32, 64, 128].flatMap((dModel) =>
      [4, 8, 16].map((experts) => {
        const difference = dModel === 128 && experts === 16 ? null : 0.04 * c - 0.005 * experts - step / 1e5;
        const ends = difference === null ? {} : { low: difference - 0.02, high: difference + 0.02 };
        return { contract, step, dModel, experts, difference, ...ends };
      }),
    ),
  ),
);
const cards = [
  { value: 24e9, label: "RTX 4090" },
  { value: 80e9, label: "H100" },
  { value: 640e9, label: "8 H100" },
];

export const costs: Readonly<Record<string, () => Figure>> = {
  "roofline of phases": () =>
    roofline(
      [
        { by: "decode", name: "batch 1", intensity: 1.01, measured: 2.2e12 },
        { by: "decode", name: "batch 256", intensity: 59.8, measured: 9e13 },
        { by: "prefill", name: "batch 1", intensity: 590, measured: 6.1e14 },
      ],
      { devices: [{ name: "H100", peak: { bfloat16: 989e12 }, bandwidth: 3.35e12 }] },
    ),
  "roofline of two devices, narrow": () =>
    roofline(
      [
        { by: "router", intensity: 20 },
        { by: "experts", intensity: 200, device: "small" },
      ],
      {
        devices: [
          { name: "large", peak: 989e12, bandwidth: 3.35e12 },
          { name: "small", peak: 165e12, bandwidth: 1.01e12 },
        ],
        width: 340,
      },
    ),
  "coverage beside chance": () =>
    coverageChart(
      batches.flatMap((batch) =>
        [0.7, 0.8, 1].map((part) => ({ batch, experts: 64 * (1 - (1 - 8 / 64) ** (part * batch)) })),
      ),
      { nExpert: 64, topK: 8 },
    ),
  "coverage as shares, narrow": () =>
    coverageChart(
      ["decode", "consecutive"].flatMap((by, i) =>
        batches.map((batch) => ({ by, batch, share: 1 - 0.8 ** (batch * (1 - 0.3 * i)) })),
      ),
      { width: 340 },
    ),
  "bytes by batch": () =>
    bytesByBatch(
      batches.map((batch) => ({ batch, dense: 3e9, experts: 90e9 * (1 - 0.75 ** batch), cache: 1.3e8 * batch })),
    ),
  "bytes of two models, narrow": () =>
    bytesByBatch(
      ["MoE", "dense"].flatMap((by, i) =>
        batches.map((batch) => ({
          by,
          batch,
          dense: i === 0 ? 3e9 : 14e9,
          experts: i === 0 ? 90e9 * (1 - 0.75 ** batch) : 0,
        })),
      ),
      { width: 340 },
    ),
  "predicted and measured": () =>
    predictedMeasured([
      { by: "memory", name: "Llama-3-8B", predicted: 200, measured: 150, low: 140, high: 160 },
      { by: "memory", name: "Mixtral-8x7B", predicted: 400, measured: 90 },
      { by: "compute", name: "DeepSeek-V3", predicted: 90_000, measured: 50_000 },
      { by: "compute", name: "too fast", predicted: 9_000, measured: 11_000 },
    ]),
  "crossing of a mixture and a dense model": () =>
    crossings(
      batches.flatMap((batch) => [
        { by: "MoE", batch, value: 3e9 + 90e9 * (1 - 0.75 ** batch) },
        { by: "dense", batch, value: 70e9 + 1e8 * batch },
      ]),
      { yLabel: "bytes of a step", unit: "bytes" },
    ),
  "crossings of nothing": () => crossings([]),
  "crossover map with cells that are missing": () => crossoverMap(crossover),
  "crossover map, narrow": () => crossoverMap(crossover, { width: 340 }),
  "memory by format": () =>
    memoryByDtype(
      ["float32", "bfloat16", "fp8", "int4"].map((dtype, i) => ({
        by: "Mixtral-8x7B",
        dtype,
        bytes: [187e9, 93.4e9, 46.7e9, 24.7e9][i],
      })),
      { references: cards },
    ),
  "memory by format without references, narrow": () =>
    memoryByDtype(
      ["bfloat16", "int4"].map((dtype, i) => ({ dtype, bytes: 14e9 / (1 + 3 * i) })),
      { width: 340 },
    ),
  "copies and adapters": () =>
    copiesAdapters(
      [1, 10, 100, 1000].map((users) => ({
        users,
        copies: 350e9 * users,
        adapters: 350e9 + 4e7 * users,
        quantized: 92e9 + 4e7 * users,
      })),
    ),
  "placement with a replica": () =>
    placementChart([
      ...Array.from({ length: 16 }, (_, expert) => ({ device: expert >> 2, expert, load: 20 + ((expert * 37) % 23) })),
      { device: 3, expert: 0, load: 20 },
    ]),
  "placement on many devices": () =>
    placementChart(
      Array.from({ length: 512 }, (_, expert) => ({ device: expert >> 3, expert, load: 1 + ((expert * 37) % 11) })),
    ),
  "all-to-all of two machines": () =>
    allToAllChart(
      Array.from({ length: 8 }, (_, i) =>
        Array.from({ length: 8 }, (_, j) => 1e6 * (i === j ? 40 : 1 + ((7 * i + 3 * j) % 11))),
      ),
      { machines: 2 },
    ),
  "all-to-all of many devices, narrow": () =>
    allToAllChart(
      Array.from({ length: 48 }, (_, i) => Array.from({ length: 48 }, (_, j) => 1 + ((7 * i + 3 * j) % 11))),
      { unit: "number", width: 340 },
    ),
};
