import * as plot from "../../../lib/plot/index.js";
import { figure, frame, type Output } from "./output.js";

const { height: _, ...words } = frame;
const token = { token: "a", layer: 0, expert: 1, weight: 0.5, by: "a text" };

/** The figures of how experts differ and work together. */
export const expertsOutputs: Readonly<Record<string, Output>> = {
  tokenStrip: figure(plot.tokenStrip, [[token], { ...frame, nExpert: 4, onlyLayer: 0 }]),
  tokenStripByLayer: figure(plot.tokenStripByLayer, [
    [token, { ...token, layer: 1 }],
    { ...frame, nExpert: 4, onlyLayer: 0 },
  ]),
  tokenPath: figure(
    plot.tokenPath,
    [
      [
        {
          ...{ layer: 0, expert: 1, logit: 2, noise: 0.5, masked: false, prob: 0.75, chosen: true },
          ...{ weight: 1, place: 3, status: "rerouted" as const },
        },
        { layer: 0, expert: 2, logit: -Infinity, prob: 0.25, chosen: false, masked: true },
      ],
      { ...frame, nExpert: 4 },
    ],
    ["rerouted"],
  ),
  coActivation: figure(
    plot.coActivation,
    [
      [
        { chosen: [0, 1], layer: 0 },
        { chosen: [1, 2], layer: 1 },
      ],
      { ...words, nExpert: 4, onlyLayer: 0, order: "cluster" },
    ],
    ["cluster"],
  ),
  similarity: figure(
    plot.similarity,
    [
      [
        { expert: 0, vector: [1, 2] },
        { expert: 3, vector: [2, 1] },
      ],
      { ...words, measure: "cosine", order: "cluster" },
    ],
    ["cosine", "cluster"],
  ),
  agreement: figure(plot.agreement, [
    [0, 1, 2, 3].flatMap((position) => [
      { position, layer: 0, expert: position % 2, run: "a" },
      { position, layer: 1, expert: position % 2, run: "b" },
    ]),
    words,
  ]),
  lorenz: figure(plot.lorenz, [[{ expert: 1, tokens: 3, by: "MoE" }], { ...frame, nExpert: 4 }]),
  expertsByDomain: figure(plot.expertsByDomain, [
    [
      { domain: "code", expert: 1, count: 3, shuffled: false },
      { domain: "law", expert: 0, count: 3, shuffled: true },
    ],
    { ...words, nExpert: 4 },
  ]),
  topTokens: figure(plot.topTokens, [[{ expert: 1, token: "the", count: 3, weight: 0.5 }], { ...frame, most: 4 }]),
  switchOffBars: figure(plot.switchOffBars, [
    [
      { expert: 1, layer: 0, loss: 2.5, base: 2 },
      { expert: 2, layer: 3, loss: 1.5, base: 2 },
    ],
    frame,
  ]),
  routerMetrics: figure(plot.routerMetrics, [
    [{ step: 1, layer: 0, entropy: 1, z: 2, gini: 0.5, maxViolation: 1, flipRate: 0.25 }],
    { ...frame, height: 700, steps: 10 },
  ]),
};

/** The smallest data that each of them draws. */
export const expertsSmallest: Readonly<Record<string, readonly (() => plot.Figure)[]>> = {
  tokenStrip: [
    () => plot.tokenStrip([], { title: "", subtitle: "" }),
    () => plot.tokenStrip([{ token: "", expert: 0 }], { title: "", subtitle: "" }),
  ],
  tokenPath: [
    () => plot.tokenPath([], { title: "", subtitle: "" }),
    () => plot.tokenPath([{ layer: 0, expert: 0, logit: 0, prob: 0, chosen: false }], { width: 120 }),
  ],
  coActivation: [
    () => plot.coActivation([], { title: "", subtitle: "" }),
    () => plot.coActivation([{ chosen: [] }], { width: 120 }),
  ],
  similarity: [
    () => plot.similarity([], { title: "", subtitle: "" }),
    () => plot.similarity([{ expert: 0, vector: [] }], { width: 120 }),
  ],
  agreement: [
    () => plot.agreement([], { title: "", subtitle: "" }),
    () => plot.agreement([{ position: 0, expert: 0 }], { width: 120 }),
  ],
  lorenz: [() => plot.lorenz([]), () => plot.lorenz([{ expert: 0, tokens: 0 }])],
  expertsByDomain: [
    () => plot.expertsByDomain([], { title: "", subtitle: "" }),
    () => plot.expertsByDomain([{ domain: "", expert: 0, count: 0 }], { width: 120 }),
  ],
  topTokens: [
    () => plot.topTokens([], { title: "", subtitle: "" }),
    () => plot.topTokens([{ expert: 0, token: "", count: 0 }]),
    () => plot.topTokens([{ expert: 0, token: "a" }], { width: 120, title: "", subtitle: "" }),
  ],
  switchOffBars: [
    () => plot.switchOffBars([], { title: "", subtitle: "" }),
    () => plot.switchOffBars([{ expert: 0, loss: 0 }], { title: "", subtitle: "" }),
    () => plot.switchOffBars([{ expert: 0, loss: NaN }], { width: 120 }),
  ],
  routerMetrics: [
    () => plot.routerMetrics([], { title: "", subtitle: "" }),
    () => plot.routerMetrics([{ step: 0, gini: 0 }]),
    () => plot.routerMetrics([{ step: 0, entropy: NaN }], { width: 300 }),
  ],
};

/** Those that are drawn without Plot. */
export const expertsStrings = ["tokenStrip", "tokenPath", "topTokens", "switchOffBars"];
