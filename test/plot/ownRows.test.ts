import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as plot from "../../lib/plot/index.js";
import { inOrder } from "../../lib/plot/rows/training.js";

// Rows as other programs leave them: other names, other types of numbers, other orders, values that mean nothing.

const steps = [1, 2, 3, 4];
const rows = steps.map((step) => ({ step, loss: 4 / step, load: [[0.25, 0.75]] }));

describe("rows of one's own", () => {
  test("are drawn alike by name and by function", () => {
    const logged = rows.map(({ step, loss }) => ({ _step: step, "train/loss": loss, other: "x" }));
    const own = plot.lossChart(rows).svg();
    expect(plot.lossChart(logged, { step: "_step", loss: "train/loss" }).svg()).toBe(own);
    expect(plot.lossChart(logged, { step: (row) => row._step, loss: (row) => row["train/loss"] }).svg()).toBe(own);
    expect(plot.lossChart(logged, { step: (_, i) => i + 1, loss: "train/loss" }).svg()).toBe(own);
  });

  test("may be any iterable, and are read once", () => {
    const own = plot.lossChart(rows).svg();
    expect(plot.lossChart(new Map(rows.entries()).values()).svg()).toBe(own);
    const once = (function* () {
      yield* rows;
    })();
    expect(plot.lossChart(once).svg()).toBe(own);
  });

  test("may hold bigints and typed arrays", () => {
    expect(plot.lossChart(rows, { step: (row) => BigInt(row.step) }).svg()).toBe(plot.lossChart(rows).svg());
    const typed = rows.map(({ step, load }) => ({ step, load: load.map((layer) => Float32Array.from(layer)) }));
    expect(plot.loadChart(typed).svg()).toBe(plot.loadChart(rows).svg());
    const probs = [0.5, 0.25, 0.25];
    const router = (list: ArrayLike<number>) => plot.routerHeatMap([{ token: "a", probs: list, chosen: [0] }]).svg();
    expect(router(Float32Array.from(probs))).toBe(router(probs));
    const models = (n: (value: number) => number) => plot.modelMap([{ by: "a", total: n(8e9), active: n(2e9) }]).svg();
    expect(models((value) => BigInt(value) as unknown as number)).toBe(models(Number));
  });

  test("with counts of tokens show the same as their shares", () => {
    const counts = rows.map(({ step, load }) => ({ step, load: load.map((layer) => layer.map((s) => s * 512)) }));
    expect(plot.loadChart(counts).svg()).toBe(plot.loadChart(rows).svg());
  });

  test("without the column that was named are refused", () => {
    expect(() => plot.lossChart(rows, { step: "_step", loss: "loss" } as never)).toThrow(
      "lossChart needs rows with a column '_step' for its step, no row has one",
    );
    expect(() => plot.lossChart(rows, { loss: 5 } as never)).toThrow(
      "lossChart needs the name of a column, or a function of the row, as loss, got 5",
    );
  });
});

describe("the order of a log", () => {
  const row = fc.record({ step: fc.nat(30), loss: fc.double({ min: 0, max: 9, noNaN: true }) });

  test("does not matter", () => {
    fc.assert(
      fc.property(fc.uniqueArray(row, { selector: ({ step }) => step, minLength: 1 }), (log) => {
        const sorted = [...log].sort((a, b) => a.step - b.step);
        expect(inOrder(log, () => "").rows).toEqual(sorted);
        expect(plot.lossChart(log, { subtitle: "" }).description).toBe(plot.lossChart(sorted).description);
      }),
    );
  });

  test("of a run that was resumed: what came later counts, and the subtitle says so", () => {
    fc.assert(
      fc.property(fc.array(row, { minLength: 1 }), (log) => {
        const later = new Map(log.map((one) => [one.step, one]));
        const sorted = [...later.values()].sort((a, b) => a.step - b.step);
        const { rows: read, note } = inOrder(log, () => "");
        expect(read).toEqual(sorted);
        const twice = log.length - later.size;
        if (twice > 0) expect(note).toContain(`${twice} ${twice === 1 ? "step" : "steps"} logged twice`);
        const said = plot.lossChart(log).svg();
        expect(said.includes("logged twice")).toBe(twice > 0);
      }),
    );
  });

  test("where a step has a row for training and one for validation, is one row", () => {
    const halves = [
      { step: 1, loss: 2, valLoss: null },
      { step: 1, loss: null, valLoss: 3 },
    ];
    expect(inOrder(halves, () => "")).toEqual({ rows: [{ step: 1, loss: 2, valLoss: 3 }], note: "" });
    expect(plot.lossChart(halves).description).toContain("3.000 at step 1 (validation)");
  });

  test("may have nothing but validation, or nothing at all", () => {
    const only = [1, 2].map((step) => ({ by: "a", step, loss: null, valLoss: 4 - step }));
    const none = { by: "b", step: 1, loss: null };
    const figure = plot.lossChart([...only, none]);
    expect(figure.description).toBe("Loss of a is 2.000: a 2.000 at step 2 (validation).");
    expect(plot.lossChart([none]).description).toContain("no step yet");
  });

  test("leaves runs and models apart", () => {
    const two = [
      { by: "a", run: 1, step: 5, effective: 2 },
      { by: "a", run: 2, step: 5, effective: 4 },
    ];
    expect(plot.collapseChart(two).description).toContain("a 3.0 on average at step 5");
  });
});

test.each<[string, () => unknown, string]>([
  ["a percentage", () => plot.shareCurve([{ by: "a", x: 1, share: 25 }]), "'share', row 0 has 25"],
  [
    "shares of more than one whole",
    () => plot.capacityBars([{ by: "a", factor: 1, rerouted: 0.7, dropped: 0.6, padding: 0 }]),
    "shares of one whole, row 0 has 0.7 and 0.6",
  ],
  [
    "logits",
    () => plot.routerHeatMap([{ token: "a", probs: [2, -1], chosen: [0] }]),
    "probabilities from 0 to 1 that sum",
  ],
  [
    "other tokens in another layer",
    () => plot.routerHeatMap(["a", "b"].map((token, layer) => ({ token, layer, probs: [0.5, 0.5], chosen: [0] }))),
    'the same tokens in each layer, layer 1 has "b" where layer 0 has "a"',
  ],
  [
    "a load in percent with fractions",
    () => plot.loadChart([{ step: 1, load: [[10.5, 89.5]] }]),
    "step 1 has [10.5, 89.5]",
  ],
  ["a step that is none", () => plot.lossChart([{ step: NaN, loss: 1 }]), "a finite number as 'step', row 0 has NaN"],
  ["more active than there are", () => plot.modelMap([{ by: "a", total: 1, active: 2 }]), "row 0 has 2 of 1"],
  [
    "more active than there are",
    () => plot.parameterBars([{ component: "a", total: 1, active: 2 }]),
    "row 0 has 2 of 1",
  ],
  ["bytes below 0", () => plot.memoryBars([{ by: "a", bytes: -1 }]), "a number from 0 as 'bytes', row 0 has -1"],
  [
    "an expert beyond the last",
    () => plot.tokenFlow([{ from: "a", expert: 5, count: 1 }], { nExpert: 4 }),
    "tokenFlow has 4 experts, 0 to 3, but rows of expert 5",
  ],
  [
    "an expert beyond the last",
    () => plot.queues([{ token: "a", expert: 5, status: "kept" }], { nExpert: 4 }),
    "queues has 4 experts, 0 to 3, but rows of expert 5",
  ],
  ["an expert that is none", () => plot.tokenFlow([{ from: "a", expert: 1.5, count: 1 }]), "an index from 0 to 9,999"],
  [
    "more effective experts than experts",
    () => plot.collapseChart([{ step: 1, effective: 50 }], { nExpert: 8 }),
    "got 8 and 50",
  ],
])("%s is refused", (_, draw, sentence) => {
  expect(draw).toThrow(RangeError);
  expect(draw).toThrow(sentence);
});

test("what is not a number is marked, and said", () => {
  const load = plot.loadChart([
    { step: 1, load: [[0.5, 0.5]] },
    { step: 2, load: [[NaN, 0.5]] },
  ]);
  expect(load.description).toContain("1 not a number");
  expect(load.svg()).toContain('class="not"');
  const router = plot.routerHeatMap([{ token: "a", probs: [NaN, 0.5], chosen: [1] }]);
  expect(router.description).toContain("1 with probabilities that are not a number (red)");
  expect(router.svg().match(/class="not"/g)).toHaveLength(1);
});
