import { describe, expect, test } from "vitest";
import { lossChart, type LossRow } from "../../lib/plot/index.js";
import { geometry, read } from "./read.js";
import { twinRows } from "./rows.js";

const columns = ({ by, step, loss, valLoss }: LossRow) => ({ by, step, loss, valLoss });
const lines = (selector: string) => `svg [data-mark="${selector}"]`;

describe("lossChart", () => {
  test("ends in the last row of each model, with the columns that it reads", () => {
    const rows = twinRows(37);
    expect(read(lossChart(rows)).facts).toEqual({ dense: columns(rows[72]), MoE: columns(rows[73]) });
  });

  test("labels the end of each line with its model and its last validation loss", () => {
    const { texts } = read(lossChart(twinRows(40)));
    const validation = (2 + 2 * Math.exp(-40 / 50) + 0.05).toFixed(3);
    expect(texts.filter((text) => text === "dense" || text === "MoE")).toHaveLength(2);
    expect(texts.filter((text) => text === `validation ${validation}`)).toHaveLength(2);
  });

  test("draws for each model the batches, their average and a dot for each validation", () => {
    const { all } = read(lossChart(twinRows(40)));
    expect(all(lines("line"))).toHaveLength(4);
    expect(all(`${lines("dot")} circle`)).toHaveLength(2 * 4);
  });

  test("gives the dense and the mixture the same colors, alone, together and in either order", () => {
    const rows = twinRows(5);
    const colors = (chosen: typeof rows) =>
      Object.fromEntries(
        read(lossChart(chosen))
          .all(".end-labels text[font-weight]")
          .map((text) => [text.textContent, text.getAttribute("fill")]),
      );
    const both = colors(rows);
    expect(both.dense).not.toBe(both.MoE);
    expect(colors([...rows].reverse())).toEqual(both);
    expect(colors(rows.filter(({ by }) => by === "MoE"))).toEqual({ MoE: both.MoE });
  });

  test("keeps the labels of lines that end together apart", () => {
    const rows = ["a", "b", "c"].map((by) => ({ by, step: 10, loss: 2 }));
    const heights = read(lossChart(rows))
      .all(".end-labels text[font-weight]")
      .map((text) => Number(text.getAttribute("y")))
      .sort((a, b) => a - b);
    expect(heights[1] - heights[0]).toBeGreaterThanOrEqual(30);
    expect(heights[2] - heights[1]).toBeGreaterThanOrEqual(30);
  });

  test("holds its horizontal axis still while the planned steps fill up", () => {
    const ticks = (steps: number) =>
      read(lossChart(twinRows(steps), { steps: 500 })).all(lines("x-axis tick label"))[0].textContent;
    expect(ticks(400)).toBe(ticks(3));
  });

  test("moves its vertical axis only a few times while the first losses fall", () => {
    const axis = (steps: number) => read(lossChart(twinRows(steps))).all(lines("y-axis tick label"))[0].textContent;
    const seen = new Set(Array.from({ length: 60 }, (_, i) => axis(i + 1)));
    expect(seen.size).toBeGreaterThan(1);
    expect(seen.size).toBeLessThanOrEqual(4); // from 4.1 down to 2.6, half a nat at a time
  });

  test("says that it waits where there is no row yet", () => {
    const { texts, facts } = read(lossChart([], { steps: 100 }));
    expect(texts).toContain("waiting for the first step");
    expect(facts).toEqual({});
  });

  test("leaves a gap and a cross where the loss is not a number, and says so at the end of the line", () => {
    const rows = twinRows(30).map((row) =>
      row.by === "MoE" && row.step > 20 ? { ...row, loss: NaN, valLoss: null } : row,
    );
    const figure = lossChart(rows);
    expect(read(figure).texts).toContain("no number at step 21");
    expect(read(figure).all(`${lines("dot")} path`)).toHaveLength(1);
    expect(geometry(figure)).not.toMatch(/NaN|Infinity|undefined/);
  });

  test.each([
    ["no finite loss at all", [{ by: "m", step: 1, loss: NaN }]],
    [
      "an infinite loss",
      [
        { by: "m", step: 1, loss: 2 },
        { by: "m", step: 2, loss: Infinity },
      ],
    ],
    ["a single row", [{ by: "m", step: 0, loss: 2 }]],
    [
      "the same loss throughout",
      [
        { by: "m", step: 1, loss: 2 },
        { by: "m", step: 2, loss: 2 },
      ],
    ],
  ])("draws %s without a broken coordinate", (_, rows) => {
    expect(geometry(lossChart(rows))).not.toMatch(/NaN|Infinity|undefined/);
  });

  test("draws rows without a model as one line", () => {
    const { facts } = read(
      lossChart([
        { step: 1, loss: 2 },
        { step: 2, loss: 1 },
      ]),
    );
    expect(facts).toEqual({ model: { step: 2, loss: 1 } });
  });

  test("averages over as many steps as its subtitle says", () => {
    const rows = Array.from({ length: 101 }, (_, step) => ({ step, loss: step === 50 ? 3 : 2 }));
    const figure = lossChart(rows);
    const average = read(figure)
      .all(`${lines("line")} path`)[1]
      .getAttribute("d")!;
    const heights = [...average.matchAll(/[ML][\d.]+,([\d.]+)/g)].map((match) => Number(match[1]));
    const raised = heights.flatMap((y, step) => (y < Math.max(...heights) ? [step] : []));
    expect(raised[raised.length - 1] - raised[0]).toBe(20);
    expect(read(figure).texts.join()).toContain("average over 20 steps");
  });

  test("does not stretch its axis for one wild batch", () => {
    const calm = twinRows(200);
    const wild = calm.map((row) => (row.step === 120 && row.by === "dense" ? { ...row, loss: 9 } : row));
    const ticks = (rows: typeof calm) => read(lossChart(rows)).all(lines("y-axis tick label"))[0].textContent;
    expect(ticks(wild)).toBe(ticks(calm));
  });

  test("stays below 60 kB for thousands of rows, and keeps a lone spike in sight", () => {
    const rows = twinRows(4000).map((row) => (row.by === "dense" && row.step === 1733 ? { ...row, loss: 9 } : row));
    const html = lossChart(rows).html();
    expect(html.length).toBeLessThan(60_000);
    const highest = Math.min(...lineHeights(html));
    const second = lineHeights(html).sort((a, b) => a - b)[1];
    expect(second - highest).toBeGreaterThan(10);
  });

  test.each([
    [
      [{ by: "m", step: 1, loss: "abc" }],
      `lossChart needs rows with a number 'step' and a number or null 'loss', row 0 has loss "abc"`,
    ],
    [
      [
        { by: "m", step: 1, loss: 1 },
        { by: "m", loss: 1 },
      ],
      "row 1 has step undefined",
    ],
    [[null], "row 0 has step undefined"],
    ["rows", "lossChart needs an array of rows"],
  ])("rejects bad rows in one sentence: %j", (rows, sentence) => {
    expect(() => lossChart(rows as never)).toThrow(sentence);
  });

  test("rejects a size that would be an empty picture", () => {
    expect(() => lossChart([], { width: NaN })).toThrow("lossChart needs a width of 120 pixels or more, got NaN");
  });
});

/** Heights (pixels from the top) of all points of the drawn batch lines. */
function lineHeights(html: string): number[] {
  const paths = html.match(/data-mark="line"[^>]*><path d="[^"]*"/g) ?? [];
  return paths.flatMap((path) => [...path.matchAll(/[ML][\d.]+,([\d.]+)/g)].map((match) => Number(match[1])));
}

describe("several runs of a name", () => {
  const run = (name: string, add: number, steps: number) =>
    Array.from({ length: steps }, (_, i) => ({ by: "MoE", run: name, step: i + 1, loss: 2 + add, valLoss: 3 + add }));

  test("are drawn thin, and their mean as the line and the dots", () => {
    const figure = lossChart([...run("a", 0, 30), ...run("b", 0.5, 30), ...run("c", 0.1, 30)]);
    const opacities = read(figure)
      .all(`${lines("line")} path`)
      .map((path) => path.parentElement?.getAttribute("stroke-opacity"));
    expect(opacities).toEqual(["0.45", "0.45", "0.45", null]);
    expect(read(figure).texts).toContain("validation 3.200");
    const mean = {
      runs: 3,
      step: 30,
      loss: expect.closeTo(2.2, 12) as number,
      valLoss: expect.closeTo(3.2, 12) as number,
    };
    expect(figure.facts).toEqual({ MoE: mean });
    expect(figure.description).toBe("Mean loss of MoE is 3.200: MoE 3.200 at step 30 (validation, mean of 3 runs).");
  });

  test("have a mean over the steps that all of them have, and the subtitle says so", () => {
    const figure = lossChart([...run("a", 0, 30), ...run("b", 0.5, 10)]);
    expect(figure.facts).toMatchObject({ MoE: { runs: 2, step: 10, loss: 2.25 } });
    expect(read(figure).texts.join(" ")).toContain("over the steps that all runs have");
  });

  test("that share no step are not said to have a mean", () => {
    const figure = lossChart([
      { run: 1, step: 1, loss: 4 },
      { run: 2, step: 2, loss: 2 },
    ]);
    expect(figure.description).not.toContain("mean of");
  });

  test("stand beside a model with one", () => {
    const rows = [...run("a", 0, 9), ...run("b", 1, 9), ...run("a", 0, 9).map((row) => ({ ...row, by: "dense" }))];
    expect(lossChart(rows).facts).toMatchObject({ MoE: { runs: 2, loss: 2.5 }, dense: { step: 9, loss: 2 } });
  });
});
