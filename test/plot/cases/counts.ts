import type { FrameOptions } from "../../../lib/plot/index.js";
import * as plot from "../../../lib/plot/index.js";
import { type Cases, LONG, once, rows } from "./case.js";

const curve = once((n: number, names: readonly string[]) =>
  names.flatMap((by, s) => rows(n, (i) => ({ by, x: 2 ** ((12 * i) / n), y: 1e6 * (s + 1) * 2 ** ((10 * i) / n) }))),
);
const memory = once((names: readonly string[]) =>
  names.flatMap((by) =>
    ["weights", "gradients", "moments", "activations"].map((what, i) => ({ by, what, bytes: 1e9 * (i + 1) })),
  ),
);
const models = once((n: number, names?: readonly string[]) =>
  rows(n, (i, chance) => {
    const total = 1e8 * 10 ** (4 * chance());
    return { by: names?.[i] ?? `model ${i}`, total, active: total * (i % 3 === 0 ? 1 : 0.05 + 0.5 * chance()) };
  }),
);
const KINDS = ["embeddings", "attention", "router", "expert", "norms", "unembedding"];
const parts = once((names: readonly string[]) =>
  names.flatMap((by) =>
    rows(KINDS.length, (i, chance) => {
      const total = Math.floor(1e9 * chance());
      return { by, component: KINDS[i], total, active: KINDS[i] === "expert" ? Math.floor(total / 4) : total };
    }),
  ),
);
const records = once((n: number) =>
  rows(n, (i, chance) => ({
    model: i % 2 === 0 ? "dense" : "MoE",
    experts: i % 2 === 0 ? null : 8,
    loss: 2 + chance(),
    seconds: 1000 * chance(),
    isBest: i === 3,
  })),
);
/** Of heatMap and graphChart, which have no height of their own. */
const narrow = ({ width, title }: FrameOptions) => ({
  ...(width === undefined ? {} : { width }),
  ...(title === undefined ? {} : { title }),
});
const values = once((n: number) => rows(n, (_, chance) => 2 * chance() - 1));
const chain = once((n: number) =>
  Array.from({ length: n }, (_, i) => ({
    id: i,
    op: i === 0 ? "leaf" : "mul",
    shape: [2, 3],
    inputs: i === 0 ? [] : [i - 1],
    name: i === 0 ? "blocks.0.attention.query.weight" : null,
  })),
);

/** The figures of counts, and of tensors. */
export const countCases: Readonly<Record<string, Cases>> = {
  logLines: {
    typical: (options) =>
      plot.logLines(curve(10, ["total", "active"]), { ...options, xLabel: "experts", yLabel: "parameters" }),
    empty: (options) => plot.logLines([], options),
    "one row": (options) => plot.logLines(curve(1, ["a"]), options),
    "10,000 rows": (options) =>
      plot.logLines(
        curve(
          500,
          Array.from({ length: 20 }, (_, i) => `model ${i}`),
        ),
        options,
      ),
    "long names": (options) => plot.logLines(curve(8, LONG), { ...options, unit: "bytes" }),
  },
  memoryBars: {
    typical: (options) =>
      plot.memoryBars(memory(["full", "LoRA"]), {
        ...options,
        references: [{ value: 8e9, label: "one card of 8 GB" }],
      }),
    empty: (options) => plot.memoryBars([], options),
    "one row": (options) => plot.memoryBars([{ by: "float16", bytes: 999 }], options),
    zeros: (options) => plot.memoryBars([{ by: "nothing", bytes: 0 }], options),
    "10,000 rows": (options) => plot.memoryBars(memory(Array.from({ length: 2_500 }, (_, i) => `model ${i}`)), options),
    "long names": (options) => plot.memoryBars(memory(LONG), options),
  },
  modelMap: {
    typical: (options) => plot.modelMap(models(20), options),
    empty: (options) => plot.modelMap([], options),
    "one row": (options) => plot.modelMap([{ by: "Mixtral", total: 47e9, active: 13e9 }], options),
    zeros: (options) =>
      plot.modelMap(
        [
          { by: "nothing", total: 0, active: 0 },
          { by: "a", total: 1e9, active: 1e8 },
        ],
        options,
      ),
    "10,000 rows": (options) => plot.modelMap(models(10_000), options),
    "long names": (options) => plot.modelMap(models(4, LONG), options),
  },
  parameterBars: {
    typical: (options) => plot.parameterBars(parts(["dense", "MoE"]), options),
    empty: (options) => plot.parameterBars([], options),
    "one row": (options) => plot.parameterBars([{ component: "expert", total: 800, active: 200 }], options),
    zeros: (options) => plot.parameterBars([{ component: "expert", total: 0, active: 0 }], options),
    "10,000 rows": (options) =>
      plot.parameterBars(parts(Array.from({ length: 1_700 }, (_, i) => `model ${i}`)), options),
    "long names": (options) => plot.parameterBars(parts(LONG), options),
  },
  // It has no width: its place has one.
  table: {
    typical: () =>
      plot.table(records(8), {
        title: "Eight runs of a small model",
        columns: { loss: { unit: "nats" }, seconds: "time in seconds" },
        notes: ["Measured on a machine with two cores."],
      }),
    empty: () => plot.table([]),
    "one row": () => plot.table([{ "": "dense", loss: 2.61 }]),
    zeros: () => plot.table([{ name: "nothing", loss: 0 }]),
    "not a number": () => plot.table([{ name: "lost", loss: NaN, other: -Infinity }]),
    "10,000 rows": () => plot.table(records(10_000)),
    "long names": () => plot.table(LONG.map((name, i) => ({ [LONG[0]]: name, [LONG[1]]: i, text: LONG.join(" ") }))),
  },
  heatMap: {
    typical: (options) => plot.heatMap(values(48), [6, 8], narrow(options)),
    empty: (options) => plot.heatMap([], [0, 4], narrow(options)),
    "one row": (options) => plot.heatMap(values(8), [8], narrow(options)),
    zeros: (options) => plot.heatMap([0, 0, 0, 0], [2, 2], narrow(options)),
    "not a number": (options) => plot.heatMap([NaN, 1, Infinity, -1], [2, 2], narrow(options)),
    "two experts": (options) => plot.heatMap(values(4), [2, 2], narrow(options)),
    "256 experts": (options) => plot.heatMap(values(65_536), [256, 256], { ...narrow(options), order: "cluster" }),
    "10,000 rows": (options) => plot.heatMap(values(80_000), [10_000, 8], narrow(options)),
    "long names": (options) =>
      plot.heatMap(values(16), [4, 4], { ...narrow(options), rowNames: LONG, columnNames: LONG }),
  },
  graphChart: {
    typical: (options) => plot.graphChart(chain(4), narrow(options)),
    "one row": (options) => plot.graphChart(chain(1), narrow(options)),
    "10,000 rows": (options) => plot.graphChart(chain(10_000), narrow(options)),
    "long names": (options) =>
      plot.graphChart(
        [
          { id: 0, op: "leaf", shape: [2], inputs: [], name: LONG[0] },
          { id: 1, op: LONG[1], shape: [], inputs: [0], name: null },
        ],
        narrow(options),
      ),
  },
};
