import * as plot from "../../../lib/plot/index.js";
import { type Cases, LONG, once, rows, shares } from "./case.js";

/** Of layers with E experts each, their router and attention. */
const parts = once((layers: number, experts: number): plot.SizeRow[] =>
  rows(layers, (layer) => layer).flatMap((layer) => [
    { path: `layers.${layer}.attention`, total: 4e6 },
    { path: `layers.${layer}.router`, total: 1e4 * experts },
    ...rows(experts, (expert) => ({
      path: ["layers", `${layer}`, "experts", `${expert}`],
      ...{ total: 8e6, active: expert < 2 ? 8e6 : 0 },
    })),
  ]),
);
const named: plot.SizeRow[] = LONG.map((name, i) => ({ path: ["model", name], total: 10 ** (6 + (i % 2)) }));
const sizes = (draw: typeof plot.treemap): Cases => ({
  typical: (o) => draw([{ path: "embedding", total: 3e7 }, ...parts(4, 8)], o),
  empty: (o) => draw([], o),
  "one row": (o) => draw([{ path: "attention", total: 5 }], o),
  zeros: (o) => draw([{ path: "attention", total: 0 }], o),
  "two experts": (o) => draw(parts(2, 2), o),
  "256 experts": (o) => draw(parts(4, 256), o),
  "10,000 rows": (o) => draw(parts(61, 162), o),
  "long names": (o) => draw(named, o),
});

const tree = once((layers: number, experts: number): plot.ModuleRow[] =>
  parts(layers, experts).map(({ path, total }, i) => ({
    path: path!,
    ...{ kind: "Linear", shape: `weight [${64 + (i % 3)}, 32]`, parameters: Number(total) },
  })),
);
const waves = once((n: number, d: number): plot.PositionRow[] =>
  rows(n, (t) => ({ values: rows(d, (i) => (i % 2 ? Math.cos : Math.sin)(t / 10_000 ** ((i - (i % 2)) / d))) })),
);
const heads = once((layers: number, each: number, tokens: number): plot.AttentionRow[] =>
  rows(layers * each, (i, chance) => ({
    ...{ layer: Math.floor(i / each), head: i % each },
    weights: rows(tokens, (t) => [...shares(t + 1, chance), ...rows(tokens - t - 1, () => 0)]),
  })),
);
const dense = (by = 1): plot.TwinRow[] => [
  { component: "embedding", total: 131e6 },
  { component: "attention", total: 42e6 * by },
  { component: "feed-forward", total: 176e6 * by },
  { component: "norm", total: 8192 * by },
  { component: "head", total: 131e6 },
];
const moe = (experts: number, topK: number): plot.TwinRow[] => [
  { component: "embedding", total: 131e6 },
  { component: "attention", total: 42e6 },
  { component: "router", total: 4096 * experts },
  { component: "expert", total: 176e6 * experts, active: 176e6 * topK },
  { component: "norm", total: 8192 },
  { component: "head", total: 131e6 },
];

/** By the figure's name in twinformer/plot. */
export const modelCases: Readonly<Record<string, Cases>> = {
  treemap: sizes(plot.treemap),
  icicle: sizes(plot.icicle),
  modules: {
    typical: (o) => plot.modules(tree(4, 8), o),
    empty: (o) => plot.modules([], o),
    "one row": (o) => plot.modules([{ path: "", kind: "Linear", parameters: 30 }], o),
    zeros: (o) => plot.modules([{ path: "", kind: "Dropout", parameters: 0 }], o),
    "256 experts": (o) => plot.modules(tree(4, 256), o),
    "10,000 rows": (o) => plot.modules(tree(61, 162), o),
    "long names": (o) =>
      plot.modules(
        LONG.map((name) => ({ path: ["model", name], kind: name, shape: name, parameters: 9e9 })),
        o,
      ),
  },
  positions: {
    typical: (o) => plot.positions(waves(32, 16), o),
    empty: (o) => plot.positions([], o),
    "one row": (o) => plot.positions(waves(1, 4), o),
    zeros: (o) => plot.positions([{ values: [0, 0] }, { values: [0, 0] }], o),
    "not a number": (o) => plot.positions([{ values: [NaN, 1] }, ...waves(4, 2)], o),
    "10,000 rows": (o) => plot.positions(waves(10_000, 8), o),
  },
  attention: {
    typical: (o) => plot.attention(heads(2, 4, 8), { tokens: "the cat sat on the mat and slept".split(" "), ...o }),
    empty: (o) => plot.attention([], o),
    "one row": (o) => plot.attention([{ layer: 0, head: 0, weights: [[1]] }], o),
    "not a number": (o) => plot.attention([{ layer: 0, head: 0, weights: [[1, 0], [NaN, 1]] }], o), // prettier-ignore
    "10,000 rows": (o) => plot.attention(heads(61, 16, 40), o),
    "long names": (o) => plot.attention(heads(1, 2, 4), { tokens: LONG, ...o }),
  },
  twinBlocks: {
    typical: (o) => plot.twinBlocks({ dense: dense(), moe: moe(8, 2) }, { nLayer: 32, ...o }),
    empty: (o) => plot.twinBlocks({ dense: [], moe: [] }, o),
    "one row": (o) => plot.twinBlocks({ dense: [{ component: "attention", total: 4 }], moe: [] }, o),
    zeros: (o) => plot.twinBlocks({ dense: dense(0), moe: [{ component: "expert", total: 0 }] }, o),
    "two experts": (o) => plot.twinBlocks({ dense: dense(), moe: moe(2, 1) }, o),
    "256 experts": (o) => plot.twinBlocks({ dense: dense(), moe: moe(256, 8) }, { nLayer: 61, ...o }),
    "long names": (o) =>
      plot.twinBlocks({ dense: dense(), moe: LONG.map((component) => ({ component, total: 9e9 })) }, o),
  },
};
