import {
  attention,
  type Figure,
  type HtmlFigure,
  icicle,
  modules,
  positions,
  treemap,
  twinBlocks,
} from "../../../lib/plot/index.js";

const before = [
  [1, 0, 0, 0],
  [0.9, 0.1, 0, 0],
  [0.1, 0.8, 0.1, 0],
  [0.02, 0.03, 0.9, 0.05],
];
const first = before.map((row, q) => row.map((_, k) => (k > q ? 0 : q === 0 ? 1 : k === 0 ? 0.7 : 0.3 / q)));

const waves = (length: number, size: number): number[][] =>
  Array.from({ length }, (_, p) =>
    Array.from({ length: size }, (_d, i) => (i % 2 === 0 ? Math.sin : Math.cos)(p / 10_000 ** ((i - (i % 2)) / size))),
  );

const experts = (layer: number) =>
  Array.from({ length: 8 }, (_, e) => ({ path: `layers.${layer}.moe.experts.${e}`, kind: "MLP", parameters: 300 }));
const moduleRows = [
  { path: "", kind: "Model", parameters: 500 + 4 * (8 * 300 + 90) },
  { path: "embed", kind: "Embedding", shape: "weight [50, 10]", parameters: 500 },
  ...[0, 1, 2, 3].flatMap((layer) => [
    { path: `layers.${layer}`, kind: "Block", parameters: 8 * 300 + 90 },
    { path: `layers.${layer}.attention`, kind: "Attention", parameters: 80 },
    { path: `layers.${layer}.norm`, kind: "RMSNorm", shape: "weight [10]", parameters: 10 },
    ...experts(layer),
  ]),
];

const same = [
  { component: "embedding", total: 131e6 },
  { component: "attention", total: 1.34e9 },
  { component: "norm", total: 266_240 },
];
const dense = [...same, { component: "feed-forward", total: 5.64e9 }];
const moe = [
  ...same,
  { component: "router", total: 1.05e6 },
  { component: "expert", total: 45.1e9, active: 45.1e9 / 4 },
];

const sizes = [
  { path: "embed", total: 50 },
  ...[0, 1, 2].flatMap((layer) => [
    { path: `layers.${layer}.attention.query`, total: 40 },
    { path: `layers.${layer}.attention.key`, total: 10 },
    { path: `layers.${layer}.norm`, total: 0.1 },
    { path: `layers.${layer}.router`, total: 0.2 },
    ...Array.from({ length: 256 }, (_, e) => ({ path: `layers.${layer}.experts.${e}`, total: 1, active: 8 / 256 })),
  ]),
];

export const models: Readonly<Record<string, () => Figure>> = {
  "modules of a model, layers and experts gathered": () => modules(moduleRows),
  "modules of which the deepest have no room": () => modules(moduleRows, { width: 340, most: 5 }),
  "twins that differ in one part": () => twinBlocks({ dense, moe }, { nExpert: 8, nLayer: 32 }),
  "twins, their attention lit": () => twinBlocks({ dense, moe }, { nExpert: 8, nLayer: 32, lit: ["attention"] }),
  "twins that differ in more, narrow": () =>
    twinBlocks({ dense, moe: moe.map((row, i) => (i === 1 ? { ...row, total: 2e9 } : row)) }, { width: 340 }),
  "treemap of a mixture": () => treemap(sizes),
  "icicle of a mixture, narrow": () => icicle(sizes, { width: 340 }),
  "positions of waves": () => positions(waves(24, 16)),
  "positions of vectors, narrow": () =>
    positions(
      [
        [1, 0, 2],
        [0.5, 1, -1],
        [NaN, 1, 0],
      ],
      { width: 340 },
    ),
};

export const modelMarkups: Readonly<Record<string, () => HtmlFigure>> = {
  "attention of two heads": () =>
    attention(
      [
        { layer: 0, head: 0, weights: first },
        { layer: 0, head: 1, weights: before },
      ],
      { tokens: ["the", "cat", " sat", "\n"] },
    ),
};
