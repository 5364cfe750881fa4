import * as plot from "../../../lib/plot/index.js";
import { type Cases, LONG, once, rows, shares } from "./case.js";

const falling = once((n: number, names: readonly string[] = ["dense", "MoE"]) =>
  rows(n, (i, chance) => {
    const step = Math.floor(i / names.length) + 1;
    const loss = 2 + 2 / Math.sqrt(step) + 0.2 * chance();
    return { by: names[i % names.length], step, loss, valLoss: step % 10 === 0 ? loss + 0.1 : null };
  }),
);
const metric = once((n: number, names: readonly string[], runs?: number) =>
  rows(n, (i, chance) => ({
    by: names[i % names.length],
    run: Math.floor(i / names.length) % (runs ?? 1),
    step: Math.floor(i / names.length / (runs ?? 1)) + 1,
    value: Math.exp(-i / n) + 0.1 * chance(),
  })),
);
const loads = once((n: number, nExpert: number, nLayer?: number) =>
  rows(n, (i, chance) => ({
    by: "MoE",
    step: 10 * (i + 1),
    load: Array.from({ length: nLayer ?? 2 }, () => shares(nExpert, chance)),
  })),
);
const effective = once((n: number, nExpert: number, names: readonly string[] = ["none", "switch", "bias"]) =>
  rows(n, (i, chance) => ({
    by: names[i % names.length],
    run: Math.floor(i / names.length) % 4,
    step: 10 * (Math.floor(i / names.length / 4) + 1),
    effective: 1 + (nExpert - 1) * chance(),
  })),
);

/** The figures over the steps of a training. */
export const trainingCases: Readonly<Record<string, Cases>> = {
  lossChart: {
    typical: (options) =>
      plot.lossChart(falling(400), { ...options, references: [{ value: 4.16, label: "guessing evenly" }] }),
    empty: (options) => plot.lossChart([], options),
    "one row": (options) => plot.lossChart(falling(1), options),
    zeros: (options) =>
      plot.lossChart(
        [1, 2, 3].map((step) => ({ step, loss: 0 })),
        options,
      ),
    "not a number": (options) =>
      plot.lossChart(
        falling(60).map((row) => ({ ...row, loss: row.step > 20 ? NaN : row.loss, valLoss: null })),
        options,
      ),
    "10,000 rows": (options) =>
      plot.lossChart(
        falling(
          10_000,
          Array.from({ length: 12 }, (_, i) => `seed ${i}`),
        ),
        options,
      ),
    "long names": (options) => plot.lossChart(falling(80, LONG), options),
  },
  lines: {
    typical: (options) =>
      plot.lines(metric(600, ["dense", "MoE"], 5), { ...options, yLabel: "gradient norm", window: 3 }),
    empty: (options) => plot.lines([], options),
    "one row": (options) => plot.lines(metric(1, ["a"]), options),
    zeros: (options) =>
      plot.lines(
        [1, 2, 3].map((step) => ({ step, value: 0 })),
        options,
      ),
    "not a number": (options) =>
      plot.lines(
        [1, 2, NaN, 4, Infinity].map((value, step) => ({ step, value, by: "router" })),
        options,
      ),
    "10,000 rows": (options) =>
      plot.lines(
        metric(
          10_000,
          Array.from({ length: 61 }, (_, i) => `layer ${i}`),
        ),
        options,
      ),
    "long names": (options) =>
      plot.lines(metric(200, LONG), { ...options, yLabel: "entropy of the router, nats", log: true }),
  },
  loadChart: {
    typical: (options) => plot.loadChart(loads(60, 8), options),
    empty: (options) => plot.loadChart([], options),
    "one row": (options) => plot.loadChart(loads(1, 8), options),
    zeros: (options) => plot.loadChart([{ step: 1, load: [[0, 0, 0, 0]] }], options),
    "not a number": (options) =>
      plot.loadChart(
        [
          { step: 1, load: [[NaN, 0.5, 0.5]] },
          { step: 2, load: [[0.2, 0.3, 0.5]] },
        ],
        options,
      ),
    "two experts": (options) => plot.loadChart(loads(20, 2, 1), options),
    "256 experts": (options) => plot.loadChart(loads(10, 256, 61), options),
    "10,000 rows": (options) => plot.loadChart(loads(10_000, 8), options),
  },
  collapseChart: {
    typical: (options) => plot.collapseChart(effective(600, 8), options),
    empty: (options) => plot.collapseChart([], options),
    "one row": (options) => plot.collapseChart(effective(1, 8), options),
    zeros: (options) =>
      plot.collapseChart(
        [1, 2].map((step) => ({ step, effective: 0 })),
        options,
      ),
    "not a number": (options) =>
      plot.collapseChart(
        [3, NaN].map((value, step) => ({ step, effective: value })),
        options,
      ),
    "two experts": (options) => plot.collapseChart(effective(100, 2), options),
    "256 experts": (options) => plot.collapseChart(effective(100, 256), options),
    "10,000 rows": (options) =>
      plot.collapseChart(
        effective(
          10_000,
          64,
          Array.from({ length: 12 }, (_, i) => `rule ${i}`),
        ),
        options,
      ),
    "long names": (options) => plot.collapseChart(effective(200, 8, LONG), options),
  },
};
