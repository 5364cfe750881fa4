import fc from "fast-check";
import { deviation, mean, quantile } from "d3";
import { describe, expect, test } from "vitest";
import { tick } from "../../lib/plot/frame.js";
import { lines } from "../../lib/plot/index.js";
import { geometry, read } from "./read.js";

const short = (value: number): string => String(Number(value.toPrecision(4)));
const seeds = (count: number, value: (step: number, run: number) => number) =>
  Array.from({ length: count * 50 }, (_, i) => ({
    step: 1 + (i % 50),
    run: Math.floor(i / 50),
    value: value(1 + (i % 50), Math.floor(i / 50)),
  }));

describe("lines", () => {
  test("of one run says how it moved, from its rows", () => {
    const value = fc.integer({ min: -500, max: 500 });
    fc.assert(
      fc.property(fc.array(value, { minLength: 2, maxLength: 30 }), (values) => {
        const rows = values.map((value, i) => ({ step: 10 * i, value }));
        const [first, last] = [values[0], values[values.length - 1]];
        const { texts } = read(lines(rows, { yLabel: "entropy, nats" }));
        const way = last < first ? "fell" : "rose";
        expect(texts.find((text) => text?.startsWith("Entropy"))).toBe(
          first === last
            ? `Entropy ends where it began, at ${short(last).replace("-", "−")}`
            : `Entropy ${way} from ${short(first).replace("-", "−")} to ${short(last).replace("-", "−")}`,
        );
      }),
    );
  });

  test("are named as the column that they show, where no label is given", () => {
    const log = [{ step: 1, grad_norm: 2, value: null }];
    expect(lines(log, { value: "grad_norm" }).description).toMatch(/^grad_norm: /);
    expect(lines(log, { value: "grad_norm", yLabel: "gradient" }).description).toMatch(/^gradient: /);
    expect(lines(log, { value: (row) => row.grad_norm }).description).toMatch(/^value: /);
  });

  test("leaves room between the numbers of the vertical axis, however low the picture is", () => {
    const sizes = fc.integer({ min: 160, max: 400 });
    fc.assert(
      fc.property(sizes, fc.double({ min: 1e-3, max: 1e4, noNaN: true }), (height, value) => {
        const rows = [-value / 9, value].map((value, step) => ({ step, value }));
        const figure = read(lines(rows, { height, title: "t", yLabel: "y" }));
        const texts = figure.all('[data-mark="y-axis tick label"] text');
        const at = texts.map((one) => Number(/,\s*([-\d.]+)\)/.exec(one.getAttribute("transform") ?? "")![1]));
        at.sort((a, b) => a - b);
        expect(at.length).toBeGreaterThan(1);
        at.slice(1).forEach((y, i) => expect(y - at[i]).toBeGreaterThan(11));
      }),
      { numRuns: 40 },
    );
  });

  test("draws the mean of the seeds and a band of one deviation, or the median and the quartiles", () => {
    const rows = seeds(5, (step, run) => 4 / step + run / 10);
    const ends = [0, 1, 2, 3, 4].map((run) => 4 / 50 + run / 10);
    const facts = lines(rows).facts as Record<string, { end: { y: number }; runs: number }>;
    expect(facts.value.runs).toBe(5);
    expect(facts.value.end.y).toBeCloseTo(mean(ends)!, 12);
    const figure = read(lines(rows));
    expect(figure.all('[data-mark="area"] path')).toHaveLength(1);
    expect(figure.texts).toContain("line: mean · band: one standard deviation of the runs");
    const median = lines(rows, { band: "quartiles" }).facts as typeof facts;
    expect(median.value.end.y).toBeCloseTo(quantile(ends, 0.5)!, 12);
    expect(read(lines(rows, { band: "runs" })).all('[data-mark="line"] path')).toHaveLength(6);
    expect(deviation(ends)).toBeGreaterThan(0);
  });

  test("keeps labels apart whose names begin alike, and cuts no number at its axis", () => {
    const rows = [0.01, 0.05, 0.14].flatMap((rate) =>
      [1e-9, 1].map((value, step) => ({ step, value: value * rate, by: `learning rate ${rate}` })),
    );
    const figure = read(lines(rows, { log: true }));
    const names = figure.all(".end-labels text").map((one) => one.textContent);
    for (const rate of ["0.01", "0.05", "0.14"]) expect(names).toContain(rate);
    const numbers = fc.tuple(fc.integer({ min: -99, max: 99 }), fc.integer({ min: -12, max: 12 }));
    fc.assert(
      fc.property(numbers, ([figures, power]) => {
        const value = Number(`${figures}e${power}`);
        expect(tick(value).length).toBeLessThanOrEqual(8); // the eighth is a thin minus
        expect(Number(tick(value).replaceAll("−", "-"))).toBeCloseTo(
          value,
          -2 - Math.floor(Math.log10(Math.abs(value) || 1)) + 4,
        );
      }),
    );
  });

  test("writes the name of a reference over the lines, not under them", () => {
    const references = [{ value: 2, label: "equal" }];
    const { root } = read(
      lines(
        [
          { step: 0, value: 1 },
          { step: 9, value: 2 },
        ],
        { references },
      ),
    );
    const order = Array.from(root.querySelectorAll('[data-mark="line"], text'));
    const line = order.findIndex((one) => one.getAttribute("data-mark") === "line");
    expect(order.findIndex((one) => one.textContent === "equal")).toBeGreaterThan(line);
  });

  test("smooths each run, not their mean's label alone", () => {
    const rows = Array.from({ length: 100 }, (_, step) => ({ step, value: step % 2 }));
    const end = (window: number) => (lines(rows, { window }).facts as { value: { end: { y: number } } }).value.end.y;
    expect(end(1)).toBe(1);
    expect(Math.abs(end(20) - 0.5)).toBeLessThan(0.15);
  });

  test("marks where there is no number", () => {
    const figure = lines([1, 2, NaN, 3, Infinity].map((value, step) => ({ step, value })));
    expect(read(figure).all('[data-mark="dot"] path')).toHaveLength(2);
    expect(figure.description).toContain("not a number at step 4");
    expect(geometry(figure)).not.toMatch(/NaN|Infinity/);
  });

  test("says where a line ends by the name of the axis, where that is not steps", () => {
    const rows = [1, 2, NaN].map((value, i) => ({ step: 0.1 * 3 * (i + 1), value }));
    const ended = (xLabel: string, of: readonly object[]) => lines(of as typeof rows, { xLabel }).description;
    expect(ended("seconds of training", rows.slice(0, 2))).toContain("value 2 at 0.6 (seconds of training)");
    expect(ended("seconds of training", rows)).toContain("not a number at 0.9 (seconds of training)");
    expect(ended("optimizer step", [{ step: 12_345_678, value: 2 }])).toContain("value 2 at step 12345678");
    const crossed = lines([...rows, { step: 2, value: 1 }], { xLabel: "seconds" });
    expect(crossed.toString()).toContain("not a number at 0.9 (seconds)");
  });

  test("names eight lines and says how many more there are", () => {
    const rows = Array.from({ length: 24 }, (_, i) => ({ by: `layer ${i % 12}`, step: Math.floor(i / 12), value: i }));
    const { texts } = read(lines(rows));
    expect(texts.filter((text) => /^layer \d+$/.test(text ?? ""))).toHaveLength(8);
    expect(texts.some((text) => text?.includes("in gray: 4 more"))).toBe(true);
  });

  test("tells names apart that are too long and begin alike", () => {
    const names = ["learning rate of 0.01", "learning rate of 0.05", "learning rate of 0.14"];
    const { texts } = read(lines(names.map((by, value) => ({ by, step: 1, value }))));
    for (const end of ["0.01", "0.05", "0.14"]) expect(texts.some((text) => text?.endsWith(end))).toBe(true);
  });

  test("writes small numbers of a logarithmic axis as powers, which have room beside it", () => {
    const rows = [1, 1e-12].map((value, step) => ({ step, value }));
    const { texts } = read(lines(rows, { log: true }));
    expect(texts).toContain("1e-6");
    expect(texts.filter((text) => text?.startsWith("0.00000"))).toEqual([]);
  });

  test("begins its axis where a run begins that was resumed late", () => {
    const late = lines([1_000_000, 1_000_500].map((step) => ({ step, value: step })));
    const { texts } = read(late);
    expect(texts).toContain("1,000,100");
    expect(texts).not.toContain("0");
  });

  test("has a logarithmic axis for values above 0, and for no others", () => {
    const rows = [1, 10, 1000].map((value, step) => ({ step, value }));
    expect(read(lines(rows, { log: true })).texts).toContain("1000");
    expect(() => lines([{ step: 0, value: 0 }], { log: true })).toThrow(
      "lines needs values above 0 where log is true, got 0",
    );
  });

  test("draws 10,000 rows of twelve seeds within 300 kB", () => {
    const rows = Array.from({ length: 12_000 }, (_, i) => ({
      run: i % 12,
      step: Math.floor(i / 12),
      value: Math.sin(i),
    }));
    for (const band of ["deviation", "runs"] as const)
      expect(lines(rows, { band }).html({ still: false }).length).toBeLessThan(300_000);
  });

  test("of runs that differ by more than they are have a band on a logarithmic axis, too", () => {
    const spike = [1, 2, 3].flatMap((step) => [0.1, step === 2 ? 9 : 0.2].map((value, run) => ({ step, value, run })));
    const figure = lines(spike, { log: true }); // mean 4.55, deviation 6.3
    expect(figure.svg()).not.toContain("NaN");
    expect(() => lines([{ step: 1, value: -1 }], { log: true })).toThrow(
      "lines needs values above 0 where log is true",
    );
  });
});

test("a mean of runs ends where the first of them ends, and the alt text says of how many it is", () => {
  const rows = seeds(3, (_, run) => run).filter(({ run, step }) => run < 2 || step <= 20);
  const { description, facts } = lines(rows);
  expect(description).toBe("value: value 1 at step 20, mean of 3 runs.");
  expect(facts).toMatchObject({ value: { end: { x: 20, y: 1 } } });
  const apart = lines([
    { run: 1, step: 1, value: 4 },
    { run: 2, step: 2, value: 2 },
  ]);
  expect(apart.description).toBe("value: value 2 at step 2.");
});

test("the horizontal axis is that of the steps, wherever they begin and end", () => {
  const ticks = (steps: readonly number[], planned?: number) =>
    read(
      lines(
        steps.map((step) => ({ step, value: step })),
        planned === undefined ? {} : { steps: planned },
      ),
    )
      .all('[data-mark="x-axis tick label"] text')
      .map((text) => text.textContent)
      .filter(Boolean);
  const ends = (all: readonly (string | null)[]) => [all[0], all[all.length - 1]];
  expect(ends(ticks([1000, 1400, 1800]))).toEqual(["1,000", "1,800"]);
  expect(ends(ticks([0, 1, 2, 3]))).toEqual(["0", "3"]);
  expect(ends(ticks([0, 1, 2, 3], 10))).toEqual(["0", "10"]);
});
