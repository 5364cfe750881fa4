import * as plot from "../../../lib/plot/index.js";
import { type Cases, LONG, once, rows } from "./case.js";

const chance = (n: number, experts: number, topK: number): number => experts * (1 - (1 - topK / experts) ** n);
const names = (n: number): string[] =>
  Array.from({ length: n }, (_, i) => (n > 2 ? `model ${i}` : ["MoE", "dense"][i]));

/** n points of each line: batches 1, 2, 4 … and what they give. */
const lines = <Row>(all: readonly string[], n: number, row: (by: string, batch: number, share: number) => Row): Row[] =>
  all.flatMap((by, k) => rows(n, (i, share) => row(by, n > 40 ? i + 1 : 2 ** i, (share() + 0.37 * k) % 1)));

const points = once((all: readonly string[], n: number): plot.RooflineRow[] =>
  lines(all, n, (by, batch, share) => ({
    by,
    name: `batch ${batch}`,
    intensity: batch,
    measured: batch * 1e12 * share,
  })),
);
const card = { peak: 989e12, bandwidth: 3.35e12 };
const covered = once((all: readonly string[], n: number, experts: number): plot.CoverageChartRow[] =>
  lines(all, n, (by, batch, share) => ({ by, batch, experts: chance(batch, experts, 2) * (0.8 + 0.2 * share) })),
);
const values = once((all: readonly string[], n: number): plot.CrossingRow[] =>
  lines(all, n, (by, batch, share) => ({ by, batch, value: 10 * batch ** (0.4 + 0.5 * share) })),
);
const read = once((all: readonly string[], n: number): plot.BatchBytesRow[] =>
  lines(all, n, (by, batch) => ({ by, batch, dense: 3e9, experts: 1e9 * chance(batch, 8, 2), cache: 1e8 * batch })),
);
const speeds = once((all: readonly string[], n: number): plot.PredictedRow[] =>
  lines(all, n, (by, batch, share) => ({
    ...{ by, name: `batch ${batch}`, predicted: 100 * batch, measured: 100 * batch * (0.4 + share) },
    ...{ low: 30 * batch, high: 150 * batch },
  })),
);
/** Three widths and three numbers of experts, at n steps. */
const duels = once((contracts: readonly string[], n: number): plot.CrossoverRow[] =>
  contracts.flatMap((contract) =>
    rows(9 * n, (i, share) => {
      const difference = share() - 0.6;
      const place = {
        contract,
        dModel: 32 << (i % 3),
        experts: 4 << (Math.floor(i / 3) % 3),
        step: 500 * (1 + Math.floor(i / 9)),
      };
      return { ...place, difference: i % 7 === 6 ? null : difference, low: difference - 0.1, high: difference + 0.1 };
    }),
  ),
);
const formats = once((all: readonly string[]): plot.DtypeRow[] =>
  all.flatMap((by, i) =>
    ["float32", "bfloat16", "int8", "int4"].map((dtype, bits) => ({ by, dtype, bytes: (i + 1) * 94e9 * 2 ** -bits })),
  ),
);
const users = once((n: number): plot.UserBytesRow[] =>
  rows(n, (i) => ({ users: i + 1, copies: 94e9 * (i + 1), adapters: 94e9 + 1e8 * i, quantized: 24e9 + 1e8 * i })),
);
const placed = once((devices: number, experts: number): plot.PlacementRow[] =>
  rows(experts, (expert, share) => ({ device: expert % devices, expert, load: Math.floor(1000 * share() ** 2) })),
);
const sent = once((devices: number): plot.AllToAllRow[] =>
  rows(devices ** 2, (i, share) => ({ from: Math.floor(i / devices), to: i % devices, bytes: 1e6 * share() })),
);

/** By the figure's name in twinformer/plot. */
export const costCases: Readonly<Record<string, Cases>> = {
  roofline: {
    typical: (o) => plot.roofline(points(["prefill", "decode"], 6), { ...card, ...o }),
    empty: (o) => plot.roofline([], { ...card, ...o }),
    "one row": (o) => plot.roofline([{ by: "decode", intensity: 2 }], { ...card, ...o }),
    zeros: (o) => plot.roofline([{ by: "decode", intensity: 0, measured: 0 }], { ...card, ...o }),
    "not a number": (o) => plot.roofline([{ by: "a", intensity: NaN }, ...points(["a"], 2)], { ...card, ...o }),
    "10,000 rows": (o) => plot.roofline(points(names(100), 100), { ...card, ...o }),
    "long names": (o) =>
      plot.roofline(points(LONG, 3), {
        devices: LONG.map((name, i) => ({ name, peak: 1e14 * 2 ** i, bandwidth: 1e12 * 2 ** i })),
        ...o,
      }),
  },
  coverageChart: {
    typical: (o) => plot.coverageChart(covered(["text", "code"], 9, 64), { nExpert: 64, topK: 2, ...o }),
    empty: (o) => plot.coverageChart([], o),
    "one row": (o) => plot.coverageChart([{ batch: 1, experts: 2 }], o),
    zeros: (o) => plot.coverageChart([{ batch: 0, experts: 0 }], o),
    "not a number": (o) => plot.coverageChart([{ batch: 1, experts: NaN }, ...covered(["a"], 2, 8)], o),
    "two experts": (o) => plot.coverageChart(covered(["text"], 4, 2), { nExpert: 2, topK: 1, ...o }),
    "256 experts": (o) => plot.coverageChart(covered(["text"], 12, 256), { nExpert: 256, topK: 8, ...o }),
    "10,000 rows": (o) => plot.coverageChart(covered(names(100), 100, 64), { nExpert: 64, topK: 2, ...o }),
    "long names": (o) => plot.coverageChart(covered(LONG, 5, 64), { nExpert: 64, topK: 2, xLabel: LONG[0], ...o }),
  },
  bytesByBatch: {
    typical: (o) => plot.bytesByBatch(read(["MoE", "dense"], 9), o),
    empty: (o) => plot.bytesByBatch([], o),
    "one row": (o) => plot.bytesByBatch([{ batch: 1, dense: 1e9, experts: 2e9 }], o),
    zeros: (o) => plot.bytesByBatch([{ batch: 1, dense: 0, experts: 0 }], o),
    "not a number": (o) => plot.bytesByBatch([{ batch: NaN, dense: 1e9 }, ...read(["a"], 3)], o),
    "10,000 rows": (o) => plot.bytesByBatch(read(names(100), 100), o),
    "long names": (o) => plot.bytesByBatch(read(LONG, 5), o),
  },
  predictedMeasured: {
    typical: (o) => plot.predictedMeasured(speeds(["prefill", "decode"], 5), o),
    empty: (o) => plot.predictedMeasured([], o),
    "one row": (o) => plot.predictedMeasured([{ predicted: 100, measured: 60 }], o),
    zeros: (o) => plot.predictedMeasured([{ predicted: 0, measured: 0 }], o),
    "not a number": (o) => plot.predictedMeasured([{ predicted: NaN, measured: 1 }, ...speeds(["a"], 3)], o),
    "10,000 rows": (o) => plot.predictedMeasured(speeds(names(100), 100), o),
    "long names": (o) => plot.predictedMeasured(speeds(LONG, 3), { unit: LONG[0], ...o }),
  },
  crossings: {
    typical: (o) => plot.crossings(values(["MoE", "dense"], 8), { yLabel: "tokens per second", ...o }),
    empty: (o) => plot.crossings([], o),
    "one row": (o) => plot.crossings([{ by: "MoE", batch: 1, value: 3 }], o),
    zeros: (o) => plot.crossings([{ by: "MoE", batch: 1, value: 0 }], o),
    "not a number": (o) => plot.crossings([{ by: "MoE", batch: 1, value: Infinity }, ...values(["MoE"], 3)], o),
    "10,000 rows": (o) => plot.crossings(values(names(100), 100), o),
    "long names": (o) => plot.crossings(values(LONG, 5), { xLabel: LONG[0], yLabel: LONG[0], ...o }),
  },
  crossoverMap: {
    typical: (o) => plot.crossoverMap(duels(["active parameters", "total parameters", "step time"], 3), o),
    empty: (o) => plot.crossoverMap([], o),
    "one row": (o) => plot.crossoverMap(duels(["step time"], 1).slice(0, 1), o),
    zeros: (o) =>
      plot.crossoverMap(
        duels(["step time"], 1).map((row) => ({ ...row, difference: 0 })),
        o,
      ),
    "not a number": (o) =>
      plot.crossoverMap(
        duels(["step time"], 2).map((row) => ({ ...row, low: NaN })),
        o,
      ),
    "10,000 rows": (o) => plot.crossoverMap(duels(names(10), 111), o),
    "long names": (o) => plot.crossoverMap(duels(LONG, 2), o),
  },
  memoryByDtype: {
    typical: (o) =>
      plot.memoryByDtype(formats(["MoE", "dense"]), { references: [{ value: 80e9, label: "a card" }], ...o }),
    empty: (o) => plot.memoryByDtype([], o),
    "one row": (o) => plot.memoryByDtype([{ dtype: "int8", bytes: 1e9 }], o),
    zeros: (o) => plot.memoryByDtype([{ dtype: "int8", bytes: 0 }], o),
    "10,000 rows": (o) => plot.memoryByDtype(formats(names(2500)), o),
    "long names": (o) =>
      plot.memoryByDtype(formats(LONG), {
        references: LONG.map((label, i) => ({ value: (i + 1) * 60e9, label })),
        ...o,
      }),
  },
  copiesAdapters: {
    typical: (o) => plot.copiesAdapters(users(20), o),
    empty: (o) => plot.copiesAdapters([], o),
    "one row": (o) => plot.copiesAdapters(users(1), o),
    zeros: (o) => plot.copiesAdapters([{ users: 0, copies: 0, adapters: 0 }], o),
    "10,000 rows": (o) => plot.copiesAdapters(users(10_000), o),
  },
  placementChart: {
    typical: (o) => plot.placementChart(placed(4, 32), o),
    empty: (o) => plot.placementChart([], o),
    "one row": (o) => plot.placementChart([{ device: 0, expert: 0, load: 3 }], o),
    zeros: (o) => plot.placementChart([{ device: 1, expert: 0, load: 0 }], o),
    "two experts": (o) => plot.placementChart(placed(2, 2), o),
    "256 experts": (o) => plot.placementChart(placed(32, 256), o),
    "10,000 rows": (o) => plot.placementChart(placed(300, 10_000), o),
  },
  allToAllChart: {
    typical: (o) => plot.allToAllChart(sent(8), { machines: 2, ...o }),
    empty: (o) => plot.allToAllChart([], o),
    "one row": (o) => plot.allToAllChart([{ from: 0, to: 1, bytes: 3e6 }], o),
    zeros: (o) => plot.allToAllChart([{ from: 0, to: 1, bytes: 0 }], o),
    "10,000 rows": (o) => plot.allToAllChart(sent(100), { machines: 25, ...o }),
  },
};
