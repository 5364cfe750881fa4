import * as plot from "../../../lib/plot/index.js";
import { type Cases, LONG, once, rows, shares } from "./case.js";

const bars = once((names: readonly string[], factors: readonly (number | null)[] = [0.5, 1, 1.25, 2, null]) =>
  names.flatMap((by) =>
    rows(factors.length, (i, chance) => {
      const [rerouted, dropped] = [0.3 * chance(), 0.3 * chance()];
      return { by, factor: factors[i], rerouted, dropped, padding: chance() };
    }),
  ),
);
const counts = once((names: readonly string[], most: number) =>
  names.flatMap((by) => rows(most, (i, chance) => ({ by, experts: i + 1, tokens: Math.floor(100 * chance()) }))),
);
const words = [" the", " whale", ", ", "\n", "Ishmael", "a", " 鯨", " and"];
const queue = once((n: number, nExpert: number, names: readonly string[] = ["drop", "next best"]) =>
  names.flatMap((by) =>
    rows(n, (i, chance) => {
      const expert = Math.floor(nExpert * chance() ** 2);
      const status = (["kept", "kept", "kept", "rerouted", "dropped"] as const)[Math.floor(5 * chance())];
      return { by, token: words[i % words.length], expert, status };
    }),
  ),
);
const routed = once((tokens: number, nExpert: number, layers: number) =>
  rows(tokens * layers, (i, chance) => {
    const probs = shares(nExpert, chance);
    const best = probs.indexOf(Math.max(...probs));
    return {
      token: words[(i % tokens) % words.length],
      layer: Math.floor(i / tokens),
      probs,
      chosen: [best, (best + 1) % nExpert],
    };
  }),
);
const points = once((n: number, names: readonly string[]) =>
  names.flatMap((by) => rows(n, (i, chance) => ({ by, x: i + 1, share: (0.5 + 0.5 * chance()) / Math.sqrt(i + 1) }))),
);
const softmax = once((n: number) => {
  const given = rows(n, (i, chance) => ({ expert: i, logit: 4 * chance() - 2, kept: i % 4 === 0 }));
  const sum = given.reduce((all, { logit, kept }) => all + (kept ? Math.exp(logit) : 0), 0);
  return given.map((row) => ({ ...row, weight: row.kept ? Math.exp(row.logit) / sum : 0 }));
});
const flow = once(
  (n: number, nExpert: number, layers: number, kinds: readonly string[] = ["vowel", "consonant", "digit", "space"]) =>
    rows(n, (i, chance) => ({
      layer: i % layers,
      from: kinds[Math.floor(i / layers) % kinds.length],
      expert: Math.floor(nExpert * chance()),
      count: Math.floor(100 * chance()),
    })),
);

/** The figures of routing. */
export const routingCases: Readonly<Record<string, Cases>> = {
  capacityBars: {
    typical: (options) => plot.capacityBars(bars(["drop", "next best"]), options),
    empty: (options) => plot.capacityBars([], options),
    "one row": (options) => plot.capacityBars(bars(["drop"], [1]), options),
    zeros: (options) => plot.capacityBars([{ by: "drop", factor: 1, rerouted: 0, dropped: 0, padding: 0 }], options),
    "not a number": (options) =>
      plot.capacityBars(
        [{ by: "drop", factor: 1, rerouted: NaN, dropped: 0.2, padding: NaN }, ...bars(["drop"])],
        options,
      ),
    "10,000 rows": (options) =>
      plot.capacityBars(
        bars(
          Array.from({ length: 100 }, (_, i) => `rule ${i}`),
          Array.from({ length: 100 }, (_, i) => i / 20),
        ),
        options,
      ),
    "long names": (options) => plot.capacityBars(bars(LONG), options),
  },
  expertsPerToken: {
    typical: (options) => plot.expertsPerToken(counts(["top-k", "top-p"], 6), options),
    empty: (options) => plot.expertsPerToken([], options),
    "one row": (options) => plot.expertsPerToken(counts(["top-k"], 1), options),
    zeros: (options) => plot.expertsPerToken([{ experts: 2, tokens: 0 }], options),
    "two experts": (options) => plot.expertsPerToken(counts(["top-p"], 2), options),
    "256 experts": (options) => plot.expertsPerToken(counts(["expert choice"], 256), options),
    "10,000 rows": (options) =>
      plot.expertsPerToken(
        counts(
          Array.from({ length: 40 }, (_, i) => `router ${i}`),
          250,
        ),
        options,
      ),
    "long names": (options) => plot.expertsPerToken(counts(LONG, 6), options),
  },
  queues: {
    typical: (options) => plot.queues(queue(24, 4), { ...options, nExpert: 4 }),
    empty: (options) => plot.queues([], options),
    "one row": (options) => plot.queues(queue(1, 1, ["drop"]), options),
    "two experts": (options) => plot.queues(queue(12, 2), options),
    "256 experts": (options) => plot.queues(queue(600, 256), { ...options, nExpert: 256 }),
    "10,000 rows": (options) => plot.queues(queue(5_000, 8), options),
    "long names": (options) => plot.queues(queue(12, 4, LONG), options),
  },
  routerHeatMap: {
    typical: (options) => plot.routerHeatMap(routed(12, 8, 2), options),
    empty: (options) => plot.routerHeatMap([], options),
    "one row": (options) => plot.routerHeatMap(routed(1, 8, 1), options),
    "not a number": (options) =>
      plot.routerHeatMap(
        [
          { token: "a", probs: [NaN, 0.5], chosen: [1] },
          { token: "b", probs: [0.25, 0.75], chosen: [1] },
        ],
        options,
      ),
    "two experts": (options) => plot.routerHeatMap(routed(10, 2, 1), options),
    "256 experts": (options) => plot.routerHeatMap(routed(40, 256, 4), options),
    "10,000 rows": (options) => plot.routerHeatMap(routed(5_000, 8, 2), options),
    "long names": (options) =>
      plot.routerHeatMap(
        LONG.map((token) => ({ token, probs: [0.5, 0.25, 0.25], chosen: [0] })),
        options,
      ),
  },
  shareCurve: {
    typical: (options) =>
      plot.shareCurve(points(8, ["formula", "measured"]), { ...options, formula: ["formula"], xLabel: "tokens" }),
    empty: (options) => plot.shareCurve([], options),
    "one row": (options) => plot.shareCurve(points(1, ["measured"]), options),
    zeros: (options) =>
      plot.shareCurve(
        [1, 2].map((x) => ({ by: "a", x, share: 0 })),
        options,
      ),
    "not a number": (options) =>
      plot.shareCurve(
        [0.5, NaN, 0.2].map((share, x) => ({ by: "a", x, share })),
        options,
      ),
    "10,000 rows": (options) =>
      plot.shareCurve(
        points(
          500,
          Array.from({ length: 20 }, (_, i) => `router ${i}`),
        ),
        options,
      ),
    "long names": (options) => plot.shareCurve(points(6, LONG), options),
  },
  softmaxSteps: {
    typical: (options) => plot.softmaxSteps(softmax(8), options),
    empty: (options) => plot.softmaxSteps([], options),
    "one row": (options) => plot.softmaxSteps(softmax(1), options),
    zeros: (options) =>
      plot.softmaxSteps(
        [0, 0].map((logit) => ({ logit, kept: true, weight: 0.5 })),
        options,
      ),
    "not a number": (options) =>
      plot.softmaxSteps(
        [
          { logit: NaN, kept: true, weight: NaN },
          { logit: -Infinity, kept: false, weight: 0 },
        ],
        options,
      ),
    "two experts": (options) => plot.softmaxSteps(softmax(2), options),
    "256 experts": (options) => plot.softmaxSteps(softmax(256), options),
    "10,000 rows": (options) => plot.softmaxSteps(softmax(10_000), options),
    "long names": (options) =>
      plot.softmaxSteps(
        LONG.map((expert) => ({ expert, logit: 1, kept: true, weight: 0.25 })),
        options,
      ),
  },
  tokenFlow: {
    typical: (options) => plot.tokenFlow(flow(60, 4, 2), options),
    empty: (options) => plot.tokenFlow([], options),
    "one row": (options) => plot.tokenFlow(flow(1, 4, 1), options),
    zeros: (options) => plot.tokenFlow([{ from: "a", expert: 0, count: 0 }], options),
    "two experts": (options) => plot.tokenFlow(flow(20, 2, 1), options),
    "256 experts": (options) => plot.tokenFlow(flow(9_000, 256, 61), options),
    "10,000 rows": (options) =>
      plot.tokenFlow(
        flow(
          10_000,
          64,
          4,
          Array.from({ length: 200 }, (_, i) => `kind ${i}`),
        ),
        options,
      ),
    "long names": (options) => plot.tokenFlow(flow(60, 8, 2, LONG), options),
  },
};
