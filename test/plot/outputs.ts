/** Every output that the package has, with arguments that fill each of its columns and options: what the tests of hostile strings,
 *  of wrong arguments and of alt texts walk through. A new figure goes into this table; a test fails where it is missing. */

import { Generator, LayerNorm, Module, mul, randn, saveSafetensors, sum, tensor } from "../../lib/index.js";
import * as interactive from "../../lib/interactive/index.js";
import { routeTopK } from "../../lib/moe/index.js";
import * as notebook from "../../lib/notebook/index.js";
import * as plot from "../../lib/plot/index.js";
import { insideTslab, outside } from "../notebook/kernels.js";
import { costOutputs } from "./outputs/cost.js";
import { expertsOutputs } from "./outputs/experts.js";
import { interactiveOutputs } from "./outputs/interactive.js";
import { modelOutputs } from "./outputs/model.js";
import { figure, frame, type Output, type Shown, shown } from "./outputs/output.js";

export type { Output, Shown } from "./outputs/output.js";

/** What a kernel is sent while something runs in it. */
async function sent(run: () => unknown): Promise<Shown> {
  const messages = insideTslab();
  try {
    await run();
  } finally {
    outside();
  }
  return { html: messages.map(({ html }) => html), svg: [], descriptions: [] };
}

const queueRows = [
  { by: "drop", token: "a", expert: 0, status: "kept" as const },
  { by: "drop", token: "b", expert: 0, status: "dropped" as const },
  { by: "next", token: "c", expert: 1, status: "rerouted" as const },
];
const numbers = { value: 12n, letters: [{ letter: "V_kv", field: "vocab_size", value: 12n }] };
const part = { shape: "", sizes: "", buffer: false };
const math = `<math xmlns="http://www.w3.org/1998/Math/MathML" display="block"><mi>V</mi></math>`;

export const outputs: Readonly<Record<string, Output>> = {
  ...costOutputs,
  ...expertsOutputs,
  ...modelOutputs,
  ...interactiveOutputs,
  lossChart: figure(plot.lossChart, [
    [
      { by: "dense", run: "a", step: 1, loss: 3, valLoss: 3.1 },
      { by: "dense", run: "b", step: 2, loss: 2, valLoss: null },
    ],
    { ...frame, steps: 10, yLabel: "nats", references: [{ value: 2.5, label: "even" }] },
  ]),
  lines: figure(
    plot.lines,
    [
      [
        { by: "dense", run: "a", step: 1, value: 3 },
        { by: "dense", run: "b", step: 2, value: null },
      ],
      {
        ...{ ...frame, steps: 10, yLabel: "norm", xLabel: "step", window: 2, band: "deviation", log: true },
        references: [{ value: 2.5, label: "even" }],
      },
    ],
    ["deviation"],
  ),
  loadChart: figure(plot.loadChart, [
    [{ by: "MoE", step: 1, load: [[0.25, 0.75]] }],
    { ...frame, steps: 10, only: "MoE", xLabel: "steps" },
  ]),
  collapseChart: figure(plot.collapseChart, [
    [{ by: "none", run: 1, step: 1, effective: 4 }],
    { ...frame, nExpert: 8, steps: 10, xLabel: "steps" },
  ]),
  capacityBars: figure(plot.capacityBars, [
    [{ by: "drop", factor: 1, rerouted: 0.1, dropped: 0.2, padding: 0.3 }],
    frame,
  ]),
  expertsPerToken: figure(plot.expertsPerToken, [[{ by: "top-p", experts: 1, tokens: 30 }], { ...frame, nExpert: 8 }]),
  queues: figure(plot.queues, [queueRows, { ...frame, nExpert: 2, capacity: 1 }], ["kept", "dropped", "rerouted"]),
  routerHeatMap: figure(plot.routerHeatMap, [[{ token: "a", layer: 0, probs: [0.25, 0.75], chosen: [1] }], frame]),
  shareCurve: figure(plot.shareCurve, [
    [
      { by: "measured", x: 1, share: 0.5, low: 0.4, high: 0.6 },
      { by: "formula", x: 2, share: 0.25 },
    ],
    { ...frame, formula: ["formula"], xLabel: "x", yLabel: "y", log: true, top: 1 },
  ]),
  softmaxSteps: figure(plot.softmaxSteps, [
    [
      { expert: "a", logit: 2, kept: true, weight: 1 },
      { expert: 1, logit: 1, kept: false, weight: 0 },
    ],
    frame,
  ]),
  tokenFlow: {
    args: [[{ layer: 0, from: "vowel", expert: 0, count: 3 }], { ...frame, nExpert: 2 }, "name of an expert"],
    show: (rows: plot.FlowRow[], options: plot.TokenFlowOptions, name: string) =>
      shown(plot.tokenFlow(rows, name === undefined ? options : { ...options, name: () => name })),
  },
  logLines: figure(
    plot.logLines,
    [
      [
        { by: "a", x: 1, y: 10 },
        { by: "a", x: 10, y: 20 },
      ],
      { ...frame, xLabel: "x", yLabel: "y", unit: "bytes" },
    ],
    ["bytes"],
  ),
  memoryBars: figure(plot.memoryBars, [
    [
      { by: "LoRA", what: "weights", bytes: 3e9 },
      { by: "LoRA", what: "gradients", bytes: 2e9 },
    ],
    { width: 680, title: "title", subtitle: "subtitle", references: [{ value: 4e9, label: "a card" }] },
  ]),
  modelMap: figure(plot.modelMap, [[{ by: "Mixtral", total: 47e9, active: 13e9 }], frame]),
  parameterBars: figure(plot.parameterBars, [
    [{ by: "MoE", component: "expert", total: 800, active: 200 }],
    { width: 680, title: "title", subtitle: "subtitle" },
  ]),
  partTable: figure(plot.partTable, [
    [
      {
        ...{ ...part, depth: 0, name: "model", shape: "[V*D]", sizes: "[12]", times: 1n, activeTimes: 1n },
        ...{ each: 12n, total: 12n, active: 12n },
      },
      {
        ...{ ...part, depth: 1, name: "experts", times: 4n, activeTimes: 2n },
        ...{ each: 3n, total: 12n, active: 6n },
      },
    ],
  ]),
  table: figure(plot.table, [
    [
      { model: "dense", loss: 2.5, layers: [1, 2] },
      { model: "MoE", loss: null, steps: 12n, name: "x" },
    ],
    { title: "title", notes: ["a note"], columns: { loss: { label: "loss", unit: "nats" }, model: "name" } },
  ]),
  formulaBox: figure(
    plot.formulaBox,
    [
      { text: "V", latex: "V", latexInNumbers: "12", mathml: math, mathmlInNumbers: math, ...numbers },
      { name: "total" },
    ],
    ["V", "12", math],
  ),
  graphChart: figure(plot.graphChart, [
    [
      { id: 0, op: "leaf", shape: [2], inputs: [], name: "w" },
      { id: 1, op: "sum", shape: [], inputs: [0], name: null },
    ],
    { width: 680, title: "title", most: 10 },
  ]),
  heatMap: figure(
    plot.heatMap,
    [
      [1, -2, 3, 4],
      [2, 2],
      {
        ...{ width: 680, title: "title", rowNames: ["a", "b"], columnNames: ["c", "d"] },
        ...{ domain: [0, 1], order: "cluster" },
      },
    ],
    ["cluster"],
  ),
  slider: {
    args: [
      [
        ["one", "first"],
        ["two", "second"],
      ],
      { label: "a knob" },
    ],
    show: (stops: [string, string][], options: plot.SliderOptions) =>
      shown(
        plot.slider(
          Array.isArray(stops)
            ? stops.map((stop) => (Array.isArray(stop) ? [stop[0], plot.queues(queueRows, { title: stop[1] })] : stop))
            : stops,
          options,
        ),
      ),
  },
  claim: {
    args: [
      "C1",
      [
        ["a name", "a value"],
        ["another", 2],
        ["more", ["x", [true, { inner: "y" }]]],
      ],
      "a part",
    ],
    fixed: ["C1"],
    show: (id: notebook.ClaimId, values: [string, notebook.ClaimValue][], part: string) =>
      sent(() => {
        const all = Array.isArray(values) ? Object.fromEntries(values) : values;
        notebook.claim(id, { verdict: { [part]: true }, numbers: { [part]: all["a name"] as string }, ...all });
      }),
  },
  myth: {
    args: ["a part", "a number", "a value"],
    show: (part: string, name: string, value: string) => sent(() => notebook.myth({ [part]: true }, { [name]: value })),
  },
  check: {
    args: ["an answer"],
    show: (answer: string) =>
      sent(() => {
        notebook.check("places of an expert", answer);
        notebook.check("places of an expert", () => {
          throw new Error(answer);
        });
      }),
  },
  display: {
    args: ["name", "description"],
    show: (name: string, description: string) =>
      sent(() => {
        notebook.display(tensor([1, 2]));
        notebook.display({ name, description, html: () => "" });
      }),
  },
  tensorFigure: {
    args: ["float32", [2], [1, 2], { title: "title", width: 680 }],
    show: (dtype: string, shape: number[], values: number[], options: plot.HeatMapOptions) =>
      shown(notebook.tensorFigure({ dtype, shape, toTypedArray: () => values } as never, options)),
  },
  graphFigure: {
    args: ["w", { title: "title" }],
    show: (name: string, options: plot.GraphChartOptions) => {
      const w = randn([2], new Generator(1));
      w.requiresGrad = true;
      return shown(notebook.graphFigure(sum(mul(w, w)), [[name, w]] as never, options));
    },
  },
  moduleTree: {
    args: ["part", "Kind"],
    show: (part: string, kind: string) => {
      class Parts extends Module {
        constructor() {
          super();
          Object.defineProperty(this, part, { value: new LayerNorm(2), enumerable: true });
        }
      }
      Object.defineProperty(Parts, "name", { value: kind });
      return shown(notebook.moduleTree(new Parts()));
    },
  },
  openModel: {
    args: ["mine", "layers.0.weight"],
    show: async (type: string, name: string) => {
      const config = new TextEncoder().encode(JSON.stringify({ model_type: type }));
      const weights = saveSafetensors({ [name]: { shape: [1], data: [1] } });
      return shown(await notebook.openModel({ "config.json": config, "model.safetensors": weights }));
    },
  },
  Routed: {
    args: ["a", "b"],
    show: (...tokens: string[]) => {
      const routing = routeTopK(randn([2, 4], new Generator(1)), { topK: 2 });
      return shown(new notebook.Routed([0, 1], tokens, [routing, routing], [0, 1], true));
    },
  },
  trainLive: {
    args: ["run", "model", "what went wrong", 1, 2],
    show: async (run: string, by: string, message: string, step: number, loss: number) => {
      const draw = (rows: readonly notebook.LiveRow[]) => plot.lossChart(rows, { title: by });
      async function* rows() {
        await Promise.resolve();
        yield { by, step, loss };
        throw new Error(message);
      }
      const write = console.error;
      const written: string[] = [];
      console.error = (text: string) => void written.push(text);
      try {
        const { html, svg } = await sent(() => notebook.trainLive({ [run]: rows() }, { draw }));
        return { html, svg, descriptions: written };
      } finally {
        console.error = write;
      }
    },
  },
};

export const exported = [...new Set([plot, interactive, notebook].flatMap((entry) => Object.keys(entry)))];

export { others } from "./outputs/others.js";
export { attempt, othersOf, places, replaced, textsOf } from "./places.js";
