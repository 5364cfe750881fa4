import { describe, expect, test } from "vitest";
import * as plot from "../../lib/plot/index.js";
import { attempt, outputs, places, replaced, type Output, type Shown } from "./outputs.js";
import { costOutputs } from "./outputs/cost.js";
import { expertsSmallest, expertsStrings } from "./outputs/experts.js";
import { geometry } from "./read.js";

/** The figures and tables of plot, whose first argument is a list. */
const figures = Object.entries(outputs).filter(([name]) => name in plot);
const own = ["heatMap", "formulaBox", "slider", "knobs", "twinBlocks", "table"]; // a table has any column
const ofRows = figures.filter(([name]) => !own.includes(name));

/** Every column of the first row, and every option. */
const columns = ({ args }: Output): (string | number)[][] =>
  places(args, (value) => value !== undefined).flatMap(() =>
    args.flatMap((arg, i) => {
      const row: unknown = i === 0 && Array.isArray(arg) ? arg[0] : arg;
      const at = i === 0 && Array.isArray(arg) ? [0, 0] : [i];
      return typeof row === "object" && row !== null ? Object.keys(row).map((key) => [...at, key]) : [];
    }),
  );

const wrong: readonly unknown[] = [
  undefined,
  null,
  5,
  5n,
  "x",
  true,
  [],
  {},
  [null],
  ["x"],
  () => 1,
  Symbol("x"),
  NaN,
  -1,
  1e308,
];

describe.each(figures)("%s, given something else,", (name, output) => {
  const clear = (result: Shown | Error) => {
    if (!(result instanceof Error)) return;
    expect(result.message).toMatch(new RegExp(`^${name}\\b.*(needs|chose|has|took)|^${name}: `));
    expect(result.message.split("\n")).toHaveLength(1);
    expect(result.message.length).toBeLessThan(400);
  };
  test.each([
    ["undefined", undefined],
    ["null", null],
    ["no rows", []],
    ["a row that is null", [null]],
    ["an empty row", [{}]],
    ["a text", "rows"],
    ["an object", {}],
    ["a list with a hole", new Array(1)],
    ["lists", [[[]]]],
  ])("for its rows, draws or says in one sentence what it needs: %s", async (_, rows) => {
    clear(await attempt(output, [rows, ...output.args.slice(1)]));
    if (rows === undefined || rows === null) expect(await attempt(output, [rows])).toBeInstanceOf(Error);
  });

  test("for a column or an option, too", async () => {
    for (const place of new Map(columns(output).map((at) => [at.join(), at])).values())
      for (const value of wrong) clear(await attempt(output, replaced(output.args, [place], value)));
  });

  test("for its options", async () => {
    for (const options of [null, 5, "x"]) clear(await attempt(output, [output.args[0], options]));
  });
});

describe.each(ofRows)("%s", (name, output) => {
  test("reads the columns that it knows and leaves the others alone, whatever they hold", async () => {
    const cyclic: Record<string, unknown> = {};
    cyclic.itself = cyclic;
    const more = {
      tokens: 5n,
      cyclic,
      long: "x".repeat(1e6),
      f: () => 1,
      ["__proto__"]: { polluted: true },
      toJSON: () => "?",
    };
    const rows = (output.args[0] as object[]).map((row) => ({ ...more, ...row }));
    const [plain, full] = [
      await output.show(...(output.args as never[])),
      await attempt(output, [rows, ...output.args.slice(1)]),
    ];
    expect(full).toEqual(plain);
    expect(name).not.toBe("");
  });
});

const one: Readonly<Record<string, readonly (() => plot.Figure)[]>> = {
  ...expertsSmallest,
  lossChart: [() => plot.lossChart([]), () => plot.lossChart([{ step: 0, loss: 1 }])],
  lines: [() => plot.lines([]), () => plot.lines([{ step: 0, value: 0 }])],
  loadChart: [1, 2, 3, 4].flatMap((experts) =>
    [{}, { title: "" }, { subtitle: "" }, { title: "", subtitle: "" }].map(
      (words) => () => plot.loadChart([{ step: 1, load: [Array.from({ length: experts }, () => 1 / experts)] }], words),
    ),
  ),
  collapseChart: [() => plot.collapseChart([]), () => plot.collapseChart([{ step: 0, effective: 1 }])],
  capacityBars: [() => plot.capacityBars([], { title: "", subtitle: "" })],
  expertsPerToken: [
    () => plot.expertsPerToken([], { title: "", subtitle: "" }),
    () => plot.expertsPerToken([{ experts: 0, tokens: 0 }]),
    () => plot.expertsPerToken([{ experts: 0, tokens: 1 }], { width: 120, nExpert: 10_000 }),
  ],
  queues: [
    () => plot.queues([], { title: "", subtitle: "" }),
    () => plot.queues([{ token: "a", expert: 0, status: "kept" }]),
  ],
  routerHeatMap: [
    () => plot.routerHeatMap([], { title: "", subtitle: "" }),
    () => plot.routerHeatMap([{ token: "a", probs: [1], chosen: [0] }], { title: "", subtitle: "" }),
  ],
  shareCurve: [() => plot.shareCurve([]), () => plot.shareCurve([{ by: "a", x: 0, share: 0 }])],
  softmaxSteps: [
    () => plot.softmaxSteps([], { title: "", subtitle: "" }),
    () => plot.softmaxSteps([{ logit: 0, kept: true, weight: 1 }], { title: "", subtitle: "" }),
  ],
  tokenFlow: [() => plot.tokenFlow([]), () => plot.tokenFlow([{ from: "a", expert: 0, count: 1 }])],
  logLines: [() => plot.logLines([]), () => plot.logLines([{ by: "a", x: 1, y: 1 }])],
  memoryBars: [() => plot.memoryBars([]), () => plot.memoryBars([{ by: "a", bytes: 0 }], { title: "", subtitle: "" })],
  crossoverMap: [
    () => plot.crossoverMap([], { title: "", subtitle: "" }),
    () =>
      plot.crossoverMap([{ contract: "", dModel: 0, experts: 0, step: 0, difference: 0 }], {
        width: 120,
        subtitle: "",
      }),
  ],
  modelMap: [() => plot.modelMap([]), () => plot.modelMap([{ by: "a", total: 1, active: 1 }])],
  parameterBars: [() => plot.parameterBars([]), () => plot.parameterBars([{ component: "a", total: 0, active: 0 }])],
  positions: [() => plot.positions([]), () => plot.positions([[0]], { width: 120, title: "", subtitle: "" })],
  modules: [() => plot.modules([]), () => plot.modules([{ name: "a", depth: 0, parameters: 0 }], { width: 120 })],
  twinBlocks: [
    () => plot.twinBlocks({ dense: [], moe: [] }),
    () => plot.twinBlocks({ dense: [], moe: [] }, { width: 120 }),
  ],
  treemap: [() => plot.treemap([]), () => plot.treemap([{ path: "a", total: 1 }], { width: 120, height: 120 })],
  icicle: [() => plot.icicle([]), () => plot.icicle([{ path: "a", total: 1 }], { width: 120, height: 120 })],
  graphChart: [() => plot.graphChart([{ id: 0, op: "leaf", shape: [], inputs: [] }], { title: "" })],
  roofline: [
    () => plot.roofline([], { peak: 1, bandwidth: 1 }),
    () => plot.roofline([{ by: "a", intensity: 0 }], { peak: 1, bandwidth: 1 }),
  ],
  coverageChart: [() => plot.coverageChart([]), () => plot.coverageChart([{ batch: 1, share: 0 }])],
  bytesByBatch: [() => plot.bytesByBatch([]), () => plot.bytesByBatch([{ batch: 1, dense: 0 }])],
  predictedMeasured: [
    () => plot.predictedMeasured([]),
    () => plot.predictedMeasured([{ predicted: 1, measured: 1 }], { title: "", subtitle: "" }),
  ],
  crossings: [() => plot.crossings([]), () => plot.crossings([{ by: "a", batch: 1, value: 1 }])],
  memoryByDtype: [
    () => plot.memoryByDtype([]),
    () => plot.memoryByDtype([{ dtype: "a", bytes: 0 }], { title: "", subtitle: "" }),
  ],
  copiesAdapters: [
    () => plot.copiesAdapters([]),
    () => plot.copiesAdapters([{ users: 0, copies: 0, adapters: 0 }], { width: 120, height: 120 }),
  ],
  placementChart: [() => plot.placementChart([]), () => plot.placementChart([{ device: 0, expert: 0, load: 0 }])],
  allToAllChart: [
    () => plot.allToAllChart([]),
    () => plot.allToAllChart([[0]]),
    () => plot.allToAllChart([[0]], { width: 120 }),
  ],
  heatMap: [() => plot.heatMap([], [0]), () => plot.heatMap([1], []), () => plot.heatMap([0], [1, 1], { title: "" })],
};

test.each([
  ...["capacityBars", "queues", "routerHeatMap", "softmaxSteps", "tokenFlow", "expertsPerToken"],
  ...Object.keys(costOutputs),
  ...expertsStrings,
])("%s draws no number that a browser cannot read, whatever numbers it is given", async (name) => {
  const { args, show } = outputs[name];
  for (const place of places(args[0], (value) => typeof value === "number"))
    for (const value of [NaN, Infinity, -Infinity, 1e308, -1e308, 5e-324]) {
      const result = await attempt(outputs[name], [replaced(args[0], [place], value), ...args.slice(1)]);
      if (result instanceof Error) continue;
      const tags = result.svg.flatMap((svg) => svg.replaceAll(/aria-label="[^"]*"/g, "").match(/<[^>]*>/g) ?? []);
      expect(tags.join("\n")).not.toMatch(/NaN|Infinity|\de\+/);
    }
  expect(show).toBeTypeOf("function");
});

describe("the smallest data that there is", () => {
  test("are tried for every figure", () => {
    const markup = ["partTable", "table", "formulaBox", "slider", "knobs", "tokenStripByLayer", "attention"];
    expect(Object.keys(one).sort()).toEqual(
      figures
        .map(([name]) => name)
        .filter((name) => !markup.includes(name))
        .sort(),
    );
  });

  test.each(Object.entries(one))("make a picture of whole pixels: %s", (_, all) => {
    for (const draw of all) {
      const figure = draw();
      expect(figure.height).toBeGreaterThan(0);
      expect(geometry(figure)).not.toMatch(/NaN|Infinity|undefined|(?:width|height)="-/);
    }
  });

  test("but a size that somebody asks for is 120 to 20,000 pixels", () => {
    const rows = [{ step: 1, loss: 2 }];
    expect(plot.lossChart(rows, { width: 120, height: 120 }).width).toBe(120);
    for (const name of ["width", "height"]) {
      for (const size of [119, 12, 0, -680, NaN, Infinity, "680", null])
        expect(() => plot.lossChart(rows, { [name]: size })).toThrow(
          `lossChart needs a ${name} of 120 pixels or more, got `,
        );
      expect(plot.lossChart(rows, { [name]: 20_000 }).svg()).toContain(`${name}="20000"`);
      for (const size of [20_001, 1e308])
        expect(() => plot.lossChart(rows, { [name]: size })).toThrow(
          `lossChart needs a ${name} of 20,000 pixels or less, got ${size}`,
        );
    }
  });
});
