import {
  type Figure,
  formulaBox,
  logLines,
  type HtmlFigure,
  memoryBars,
  modelMap,
  parameterBars,
  partTable,
  table,
} from "../../../lib/plot/index.js";

const components = ["embedding", "attention", "feed-forward", "expert", "shared expert", "router", "norm", "gizmo"];

export const counts: Readonly<Record<string, () => Figure>> = {
  "parameters of a twin": () =>
    parameterBars([
      ...["embedding", "attention", "feed-forward", "norm"].map((component, i) => ({
        by: "dense",
        component,
        total: [300e6, 2e9, 4.2e9, 1e6][i],
        active: [300e6, 2e9, 4.2e9, 1e6][i],
      })),
      ...["embedding", "attention", "expert", "router"].map((component, i) => ({
        by: "MoE",
        component,
        total: [300e6, 2e9, 44e9, 1e6][i],
        active: [300e6, 2e9, 11e9, 1e6][i],
      })),
    ]),
  "parameters of every component, narrow": () =>
    parameterBars(
      components.map((component, i) => ({ component, total: 10 * (i + 1), active: i === 3 ? 10 : 10 * (i + 1) })),
      { width: 400, title: "", subtitle: "" },
    ),
  "parameters of nothing": () => parameterBars([]),
  "memory of training": () =>
    memoryBars(
      ["full", "LoRA"].flatMap((by, b) =>
        ["weights", "gradients", "first moments", "second moments", "activations", "masters", "more"].map(
          (what, i) => ({
            by,
            what,
            bytes: i === 0 ? 14e9 : b === 0 ? 28e9 / i : 3e7,
          }),
        ),
      ),
      { references: [{ value: 80e9, label: "one card of 80 GB" }] },
    ),
  "memory of one thing": () => memoryBars([{ by: "float16", bytes: 999 }], { width: 300, title: "", subtitle: "" }),
  "memory of nothing": () => memoryBars([]),
  "lines of bytes": () =>
    logLines(
      [1, 10, 100, 1000].flatMap((x) => [
        { by: "copies", x, y: 350e9 * x },
        { by: "adapters", x, y: 350e9 + 4e7 * x },
      ]),
      { unit: "bytes", xLabel: "users", yLabel: "memory" },
    ),
  "lines of many points over a short range": () =>
    logLines(
      ["dense", "MoE"].flatMap((by, s) =>
        Array.from({ length: 14 }, (_, i) => ({ by, x: 14 - i, y: 100 + 10 * s + 3 * (14 - i) })),
      ),
      { title: "", subtitle: "", width: 500, height: 250 },
    ),
  "lines over many decades": () =>
    logLines(Array.from({ length: 10 }, (_, i) => ({ by: "a", x: 10 ** (2 * i - 9), y: 10 ** (i - 4) }))),
  "lines of one point": () => logLines([{ by: "a", x: 2, y: 3 }]),
  "lines of nothing": () => logLines([]),
  "map of models": () =>
    modelMap([
      { by: "dense 7B", total: 7e9, active: 7e9 },
      { by: "almost dense", total: 7.01e9, active: 7e9 },
      { by: "mixture", total: 47e9, active: 13e9 },
      { by: "another mixture", total: 48e9, active: 12.8e9 },
      { by: "huge", total: 1.6e12, active: 1.7e9 },
    ]),
  "map of two small models": () =>
    modelMap(
      [
        { by: "a", total: 2e6, active: 1e6 },
        { by: "b", total: 3e6, active: 3e6 },
      ],
      { width: 400, height: 300, title: "", subtitle: "" },
    ),
  "map of nothing": () => modelMap([]),
};

const part = { depth: 0, shape: "", sizes: "", times: 1n, activeTimes: 1n, buffer: false };

export const markups: Readonly<Record<string, () => HtmlFigure>> = {
  "table of parts": () =>
    partTable([
      { ...part, name: "model", each: 120n, total: 120n, active: 80n },
      { ...part, depth: 1, name: "experts", times: 4n, activeTimes: 2n, each: 20n, total: 80n, active: 40n },
      {
        ...part,
        depth: 2,
        name: "weight",
        shape: "[F, D]",
        sizes: "[4, 5]",
        times: 4n,
        each: 20n,
        total: 80n,
        active: 40n,
      },
      { ...part, depth: 1, name: "layers", times: 3n, activeTimes: 3n, each: 13n, total: 39n, active: 39n },
      { ...part, depth: 1, name: "bias", shape: "[E]", sizes: "[4]", each: 4n, total: 0n, active: 0n, buffer: true },
    ]),
  "table of nothing": () => partTable([]),
  "table of rows": () =>
    table(
      [
        { model: "dense", parameters: 104192, loss: 2.641, layers: [1.3, 1.25], same: true },
        { model: "a mixture of experts", parameters: 209024n, loss: 2.7, tiny: 1.86e-8, layers: [2], same: false },
      ],
      {
        title: "Two models",
        columns: { model: "", loss: { unit: "nats" }, tiny: { format: (value) => `about ${Number(value)}` } },
        notes: ["one source", "another"],
      },
    ),
  "table of no rows": () => table([]),
  "formula box": () =>
    formulaBox({
      text: "V*D + H_kv",
      latex: "V\\,D + H_{kv}",
      mathml: `<math xmlns="http://www.w3.org/1998/Math/MathML" display="block"><mi>V</mi><mi>D</mi></math>`,
      latexInNumbers: "12\\cdot1{,}000 + 2",
      mathmlInNumbers: `<math xmlns="http://www.w3.org/1998/Math/MathML" display="block"><mn>12</mn><mn>1,000</mn></math>`,
      value: 12002n,
      letters: [
        { letter: "V", field: "vocab_size", value: 12n },
        { letter: "D", field: "hidden_size", value: 1000n },
        { letter: "H_kv", field: "num_key_value_heads", value: 2n },
      ],
    }),
};
