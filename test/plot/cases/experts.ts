import { randomLcg, range } from "d3";
import * as plot from "../../../lib/plot/index.js";
import type { FrameOptions } from "../../../lib/plot/index.js";
import { once } from "./case.js";

// The rows of the experts' figures at the ends: empty, one, zeros, no number, 2 and 256 experts, 10,000 rows, long names.

const chance = randomLcg(0.5);
const below = (n: number): number => Math.floor(n * chance());
const LONG = [
  "混合专家模型：一个名字非常长的大型语言模型",
  "a mixture of experts with a rather long name, trained on everything",
];

const tokens = once((n: number, experts: number, layers?: number): plot.TokenRow[] =>
  range(n).map((i) => ({
    token: i % 9 === 8 ? "\n" : " word".slice(0, 2 + (i % 4)),
    layer: i % (layers ?? 1),
    expert: below(experts),
  })),
);
const strips = (draw: (rows: plot.TokenRow[], options: FrameOptions) => plot.Figure | plot.HtmlFigure) => ({
  typical: (options: FrameOptions) => draw(tokens(300, 8, 3), options),
  empty: (options: FrameOptions) => draw([], options),
  "one row": (options: FrameOptions) => draw(tokens(1, 8), options),
  "not a number": (options: FrameOptions) => draw([{ token: "a", expert: 0, weight: NaN }], options),
  "two experts": (options: FrameOptions) => draw(tokens(60, 2), options),
  "256 experts": (options: FrameOptions) => draw(tokens(600, 256, 61), options),
  "10,000 rows": (options: FrameOptions) => draw(tokens(10_000, 64), options),
  "long names": (options: FrameOptions) => draw(LONG.map((token) => ({ token, expert: 1, by: token })), options), // prettier-ignore
});

const path = once((layers: number, experts: number, k: number): plot.TokenPathRow[] =>
  range(layers * experts).map((i) => {
    const expert = i % experts;
    return { layer: Math.floor(i / experts), expert, logit: 3 * chance(), prob: 1 / experts, chosen: expert < k };
  }),
);
const pairs = once((n: number, experts: number) => range(n).map(() => ({ chosen: [below(experts), below(experts)] })));
const vectors = once((experts: number) =>
  range(experts).map((expert) => ({ expert, vector: range(16).map(() => chance() - 0.5) })),
);
const layers = once((count: number, n: number, experts: number) =>
  range(count * n).map((i) => ({ layer: i % count, position: Math.floor(i / count), expert: below(experts) })),
);
const loads = once((names: number, experts: number) =>
  range(names * experts).map((i) => ({ by: Math.floor(i / experts), expert: i % experts, tokens: below(100) })),
);
const domains = once((count: number, experts: number) =>
  range(count * experts).map((i) => ({
    domain: `domain ${Math.floor(i / experts)}`,
    expert: i % experts,
    count: below(50),
  })),
);
const lists = once((experts: number, n: number) =>
  range(experts * n).map((i) => ({ expert: i % experts, token: ` word ${below(30)}`, count: below(9) })),
);
const costs = once((count: number, experts: number) =>
  range(count * experts).map((i) => ({
    layer: i % count,
    expert: Math.floor(i / count),
    loss: 2 + chance() ** 4 - 0.1,
    base: 2,
  })),
);
const metrics = once((count: number, steps: number) =>
  range(count * steps).map((i) => ({
    step: Math.floor(i / count),
    layer: i % count,
    entropy: 2 * chance(),
    gini: chance(),
  })),
);

/** By the figure's name and the case. */
export const expertsCases = {
  tokenStrip: strips((rows, options) => plot.tokenStrip(rows, options)),
  tokenStripByLayer: strips((rows, options) => plot.tokenStripByLayer(rows, options)),
  tokenPath: {
    typical: (options: FrameOptions) => plot.tokenPath(path(3, 8, 2), options),
    empty: (options: FrameOptions) => plot.tokenPath([], options),
    "one row": (options: FrameOptions) => plot.tokenPath(path(1, 1, 1), options),
    "not a number": (options: FrameOptions) =>
      plot.tokenPath([{ layer: 0, expert: 0, logit: NaN, prob: NaN, chosen: true }], options),
    "two experts": (options: FrameOptions) => plot.tokenPath(path(4, 2, 1), options),
    "256 experts": (options: FrameOptions) => plot.tokenPath(path(61, 256, 8), options),
    "10,000 rows": (options: FrameOptions) => plot.tokenPath(path(40, 250, 8), options),
  },
  coActivation: {
    typical: (options: FrameOptions) => plot.coActivation(pairs(400, 8), options),
    empty: (options: FrameOptions) => plot.coActivation([], options),
    "one row": (options: FrameOptions) => plot.coActivation([{ chosen: [3] }], options),
    "two experts": (options: FrameOptions) => plot.coActivation(pairs(40, 2), options),
    "256 experts": (options: FrameOptions) => plot.coActivation(pairs(4000, 256), options),
    "10,000 rows": (options: FrameOptions) => plot.coActivation(pairs(10_000, 64), options),
  },
  similarity: {
    typical: (options: FrameOptions) => plot.similarity(vectors(8), options),
    empty: (options: FrameOptions) => plot.similarity([], options),
    "one row": (options: FrameOptions) => plot.similarity(vectors(1), options),
    zeros: (options: FrameOptions) => plot.similarity([0, 1, 2].map((expert) => ({ expert, vector: [0, 0] })), options), // prettier-ignore
    "not a number": (options: FrameOptions) => plot.similarity([{ expert: 0, vector: [1] }, { expert: 1, vector: [NaN] }], options), // prettier-ignore
    "256 experts": (options: FrameOptions) => plot.similarity(vectors(256), options),
  },
  agreement: {
    typical: (options: FrameOptions) => plot.agreement(layers(6, 100, 8), options),
    empty: (options: FrameOptions) => plot.agreement([], options),
    "one row": (options: FrameOptions) => plot.agreement([{ position: 0, expert: 0 }], options),
    "two experts": (options: FrameOptions) => plot.agreement(layers(3, 40, 2), options),
    "10,000 rows": (options: FrameOptions) => plot.agreement(layers(61, 164, 256), options),
    "long names": (options: FrameOptions) =>
      plot.agreement(range(40).map((i) => ({ position: i >> 1, run: LONG[i % 2], expert: below(3) })), options), // prettier-ignore
  },
  lorenz: {
    typical: (options: FrameOptions) => plot.lorenz(loads(3, 8), options),
    empty: (options: FrameOptions) => plot.lorenz([], options),
    "one row": (options: FrameOptions) => plot.lorenz([{ expert: 0, tokens: 1 }], options),
    zeros: (options: FrameOptions) => plot.lorenz([{ expert: 0, tokens: 0 }], options),
    "256 experts": (options: FrameOptions) => plot.lorenz(loads(61, 256), options),
    "10,000 rows": (options: FrameOptions) => plot.lorenz(loads(1000, 10), options),
    "long names": (options: FrameOptions) => plot.lorenz(LONG.map((by, i) => ({ by, expert: i, tokens: 1 })), options), // prettier-ignore
  },
  expertsByDomain: {
    typical: (options: FrameOptions) => plot.expertsByDomain(domains(5, 8), options),
    empty: (options: FrameOptions) => plot.expertsByDomain([], options),
    zeros: (options: FrameOptions) => plot.expertsByDomain([{ domain: "a", expert: 0, count: 0 }], options),
    "two experts": (options: FrameOptions) => plot.expertsByDomain(domains(3, 2), options),
    "10,000 rows": (options: FrameOptions) => plot.expertsByDomain(domains(40, 256), options),
    "long names": (options: FrameOptions) =>
      plot.expertsByDomain(LONG.map((domain, expert) => ({ domain, expert, count: 9 })), options), // prettier-ignore
  },
  topTokens: {
    typical: (options: FrameOptions) => plot.topTokens(lists(8, 40), options),
    empty: (options: FrameOptions) => plot.topTokens([], options),
    zeros: (options: FrameOptions) => plot.topTokens([{ expert: 0, token: "a", count: 0 }], options),
    "10,000 rows": (options: FrameOptions) => plot.topTokens(lists(256, 40), options),
    "long names": (options: FrameOptions) => plot.topTokens(LONG.map((token, expert) => ({ expert, token })), options), // prettier-ignore
  },
  switchOffBars: {
    typical: (options: FrameOptions) => plot.switchOffBars(costs(1, 8), options),
    empty: (options: FrameOptions) => plot.switchOffBars([], options),
    zeros: (options: FrameOptions) => plot.switchOffBars([{ expert: 0, loss: 0 }], options),
    "not a number": (options: FrameOptions) => plot.switchOffBars([{ expert: 0, loss: NaN }], options),
    "10,000 rows": (options: FrameOptions) => plot.switchOffBars(costs(40, 250), options),
  },
  routerMetrics: {
    typical: (options: FrameOptions) => plot.routerMetrics(metrics(3, 60), options),
    empty: (options: FrameOptions) => plot.routerMetrics([], options),
    "one row": (options: FrameOptions) => plot.routerMetrics([{ step: 1, entropy: 1 }], options),
    zeros: (options: FrameOptions) => plot.routerMetrics([{ step: 1, gini: 0 }], options),
    "not a number": (options: FrameOptions) => plot.routerMetrics([{ step: 1, gini: NaN }], options),
    "10,000 rows": (options: FrameOptions) => plot.routerMetrics(metrics(61, 164), options),
  },
} as const;
