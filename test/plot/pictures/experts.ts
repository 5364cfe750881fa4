import { randomInt, randomLcg } from "d3";
import {
  agreement,
  coActivation,
  expertsByDomain,
  type Figure,
  lorenz,
  routerMetrics,
  similarity,
  switchOffBars,
  tokenPath,
  tokenStrip,
  topTokens,
} from "../../../lib/plot/index.js";

const draw = (below: number, seed = 0.5) => randomInt.source(randomLcg(seed))(below);
const words = "Call me Ishmael. Some years ago — never mind how long precisely".split(/(?= )/);

export const experts: Readonly<Record<string, () => Figure>> = {
  "strip of a text in two layers": () => {
    const weight = draw(10);
    return tokenStrip(
      [0, 1].flatMap((layer) =>
        words.map((token, i) => ({ token, layer, expert: (i * i) % (3 + layer), weight: (1 + weight()) / 10 })),
      ),
    );
  },
  "strip of 256 experts, narrow": () => {
    const expert = draw(256);
    return tokenStrip(
      Array.from("To be or not", (token) => ({ token, expert: expert() })),
      { width: 340 },
    );
  },
  "path of a token through three layers": () => tokenPath(pathRows(3, 6, 2)),
  "path of a token through twenty layers of 64 experts": () => tokenPath(pathRows(20, 64, 4), { width: 400 }),
  "co-activation of experts in pairs": () => {
    const expert = draw(8);
    return coActivation(
      Array.from({ length: 300 }, (_, i) => {
        const first = expert();
        return { chosen: [first, i % 3 === 0 ? first ^ 1 : (first + 1 + (expert() % 7)) % 8] };
      }),
    );
  },
  "similarity of experts, one of them zero": () => {
    const value = draw(100);
    return similarity(
      [0, 1, 2, 5, 9].map((expert) => ({
        expert,
        vector: [0, 1, 2, 3].map((d) => (expert === 9 ? 0 : value() + 40 * (d % 2) - 60)),
      })),
      { width: 340 },
    );
  },
  "agreement of layers": () => {
    const expert = draw(4);
    return agreement(
      Array.from({ length: 5 * 200 }, (_, i) => {
        const [layer, position] = [Math.floor(i / 200), i % 200];
        return { layer, position, expert: position % 5 < layer ? (position + layer) % 4 : expert() };
      }),
    );
  },
  "Lorenz curves of three layers": () => {
    const tokens = draw(100);
    return lorenz(
      Array.from({ length: 24 }, (_, i) => ({
        by: Math.floor(i / 8),
        expert: i % 8,
        tokens: tokens() ** (1 + Math.floor(i / 8)),
      })),
    );
  },
  "experts by domain": () => {
    const count = draw(40);
    return expertsByDomain(
      ["code", "French", "numbers"].flatMap((domain, d) =>
        [0, 1, 2, 3, 4, 5].map((expert) => ({ domain, expert, count: 60 + count() + (expert % 3 === d ? 90 : 0) })),
      ),
    );
  },
  "top tokens of three experts": () => {
    const count = draw(60);
    return topTokens(
      [0, 1, 2].flatMap((expert) =>
        [...words, "\n"].map((token, i) => ({ expert, token, count: 1 + count() + (i % 3 === expert ? 90 : 0) })),
      ),
    );
  },
  "switching off experts of two layers": () => {
    const cost = draw(1000);
    return switchOffBars(
      Array.from({ length: 40 }, (_, i) => ({
        layer: i % 2,
        expert: i >> 1,
        loss: 2 + (cost() / 1000) ** 4 - 0.02,
        base: 2,
      })),
    );
  },
  "metrics of the routers of two layers": () => routerMetrics(metricRows(2, 30)),
  "metrics of the routers of twelve layers, narrow": () => routerMetrics(metricRows(12, 20), { width: 340 }),
};

/** Metrics that drift apart, one value missing. */
function metricRows(layers: number, steps: number) {
  const noise = draw(100);
  return Array.from({ length: layers * steps }, (_, i) => {
    const [layer, step] = [i % layers, Math.floor(i / layers)];
    return {
      ...{ step: 10 * step, layer, gini: 0.1 + (layer * step) / (2 * layers * steps) + noise() / 5000 },
      entropy: layer === 1 && step === 7 ? NaN : 2 - step / (steps * (1 + layer)) + noise() / 2000,
    };
  });
}

/** One token's softmax in each layer: the best k are chosen, one expert is masked, one choice dropped. */
function pathRows(layers: number, experts: number, k: number) {
  const score = draw(1000);
  return Array.from({ length: layers }, (_, layer) => {
    const logits = Array.from({ length: experts }, () => score() / 300);
    const parts = logits.map((logit, e) => (e === 1 ? 0 : Math.exp(logit)));
    const sum = parts.reduce((a, b) => a + b);
    const order = parts.map((_, e) => e).sort((a, b) => parts[b] - parts[a]);
    return logits.map((logit, expert) => {
      const rank = order.indexOf(expert);
      const status = layer === 1 && rank === 0 ? ("dropped" as const) : ("kept" as const);
      const queue = rank < k ? { weight: 1 / k, place: rank + layer, status } : {};
      return { layer, expert, logit, masked: expert === 1, prob: parts[expert] / sum, chosen: rank < k, ...queue };
    });
  }).flat();
}
