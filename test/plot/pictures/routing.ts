import {
  capacityBars,
  expertsPerToken,
  type Figure,
  queues,
  type QueueRow,
  routerHeatMap,
  shareCurve,
  softmaxSteps,
  tokenFlow,
} from "../../../lib/plot/index.js";

const queue = (by: string, expert: number, tokens: string, status: QueueRow["status"] = "kept"): QueueRow[] =>
  Array.from(tokens, (token) => ({ by, expert, token, status }));
const words = [" the", " whale", ", ", "\n", "Ishmael!!!!", "a"];
const curve = (by: string, rate: number, spread?: number) =>
  [1, 2, 4, 8, 16, 64].map((x) => {
    const share = 1 - rate ** x;
    return {
      by,
      x,
      share,
      ...(spread ? { low: Math.max(0, share - spread), high: Math.min(1, share + spread) } : {}),
    };
  });

export const routing: Readonly<Record<string, () => Figure>> = {
  "capacity of two policies": () =>
    capacityBars([
      { by: "drop", factor: 0.5, rerouted: 0, dropped: 0.5, padding: 0 },
      { by: "drop", factor: 1, rerouted: 0, dropped: 0.04, padding: 0.25 },
      { by: "drop", factor: null, rerouted: 0, dropped: 0, padding: 1 },
      { by: "nextBest", factor: 1, rerouted: 0.02, dropped: 0.03, padding: 0.125 },
      { by: "nextBest", factor: 1.25, rerouted: 0.3, dropped: 0, padding: 0.3 },
    ]),
  "capacity, narrow and without words": () =>
    capacityBars([{ by: "", factor: 2, rerouted: 0.1, dropped: 0.1, padding: 0.5 }], {
      width: 400,
      title: "",
      subtitle: "",
    }),
  "capacity of nothing": () => capacityBars([]),
  "experts per token of two routers": () =>
    expertsPerToken(
      [
        ...[5, 500, 320, 100, 12].map((tokens, experts) => ({ by: "top-p", experts, tokens })),
        { by: "top-2", experts: 2, tokens: 937 },
      ],
      { nExpert: 8 },
    ),
  "experts per token, 256 of them": () =>
    expertsPerToken(
      Array.from({ length: 257 }, (_, experts) => ({ experts, tokens: 300 - Math.abs(experts - 100) })),
      { width: 340 },
    ),
  "queues of two policies": () =>
    queues(
      [
        ...queue("drop", 0, "ab c"),
        ...queue("drop", 0, "de", "dropped"),
        ...queue("drop", 2, "f"),
        ...queue("nextBest", 0, "abc"),
        ...queue("nextBest", 1, "de", "rerouted"),
        ...queue("nextBest", 2, "f"),
      ],
      { nExpert: 4, capacity: { drop: 4, nextBest: 3 } },
    ),
  "queues without a limit, too many for full boxes": () =>
    queues(
      Array.from({ length: 70 }, (_, i) => ({ token: `t${i}`, expert: i % 5 === 0 ? 1 : 0, status: "kept" as const })),
      { title: "", subtitle: "" },
    ),
  "queues of nothing": () => queues([], { nExpert: 2, capacity: 2 }),
  "router of two layers, with words": () =>
    routerHeatMap(
      [1, 0].flatMap((layer) =>
        words.map((token, t) => ({
          token,
          layer,
          probs: [0.7 - 0.1 * t, 0.1 * t, 0.2, 0.1],
          chosen: layer === 0 ? [0] : [(t + 1) % 4, 2],
        })),
      ),
      { topK: null },
    ),
  "router of single characters, more than fit": () =>
    routerHeatMap(
      Array.from({ length: 60 }, (_, t) => ({
        token: String.fromCharCode(97 + (t % 26)),
        probs: [t / 60, 1 - t / 60],
        chosen: [t < 30 ? 1 : 0],
      })),
    ),
  "router that knows nothing": () => routerHeatMap([{ token: "a", probs: [0.5, 0.5], chosen: [] }], { width: 300 }),
  "router whose numbers are none": () =>
    routerHeatMap(
      [
        { token: "a", probs: [NaN, 0.25, 0.75], chosen: [1] },
        { token: "b", probs: [0, 1, 0], chosen: [2] },
      ],
      { title: "", subtitle: "" },
    ),
  "router of nothing": () => routerHeatMap([]),
  "shares on a logarithmic axis": () =>
    shareCurve([...curve("formula", 0.9), ...curve("measured", 0.88, 0.1), ...curve("other", 0.7)], {
      formula: ["formula"],
      log: true,
      xLabel: "tokens",
      yLabel: "share",
    }),
  "shares on an even axis": () =>
    shareCurve(curve("dense", 0.99, 0.02), { top: 0.5, width: 500, height: 200, title: "", subtitle: "" }),
  "shares far below 1": () =>
    shareCurve([1, 2, 3].map((x) => ({ by: "a", x, share: x / 20, ...(x > 1 ? { low: 0, high: x / 15 } : {}) }))),
  "shares of nothing": () => shareCurve([]),
  "softmax of four experts": () =>
    softmaxSteps([
      { logit: 2, kept: true, weight: 0.7311 },
      { logit: -1.5, kept: false, weight: 0 },
      { logit: 1, kept: true, weight: 0.2689 },
      { expert: "shared", logit: 0, kept: false, weight: 0 },
    ]),
  "softmax where all are kept": () =>
    softmaxSteps(
      [
        { expert: 7, logit: -100, kept: true, weight: 0 },
        { expert: 8, logit: 1e-9, kept: true, weight: 1 },
      ],
      { width: 500, height: 300, title: "", subtitle: "" },
    ),
  "softmax of nothing": () => softmaxSteps([]),
  "flow of two layers": () =>
    tokenFlow(
      [
        { layer: 1, from: "vowel", expert: 1, count: 40 },
        { layer: 1, from: "space", expert: 1, count: 20 },
        { layer: 0, from: "vowel", expert: 0, count: 30 },
        { layer: 0, from: "vowel", expert: 2, count: 10 },
        { layer: 0, from: "space", expert: 2, count: 20 },
        { layer: 0, from: "a kind with a long name", expert: 0, count: 1 },
      ],
      { nExpert: 4 },
    ),
  "flow of many kinds, experts with names": () =>
    tokenFlow(
      Array.from({ length: 9 }, (_, i) => ({ from: `kind ${i}`, expert: i % 2, count: 2 ** i })),
      { name: (e) => `expert ${e}`, title: "", subtitle: "", width: 500, height: 220 },
    ),
  "flow of nothing": () => tokenFlow([]),
};
