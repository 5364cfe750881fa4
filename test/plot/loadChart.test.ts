import { describe, expect, test } from "vitest";
import { loadChart } from "../../lib/plot/index.js";
import { geometry, read } from "./read.js";
import { twinRows } from "./rows.js";

const collapsed = (steps: number) =>
  Array.from({ length: steps }, (_, i) => ({
    by: "MoE",
    step: i + 1,
    load: [
      [0.97, 0.01, 0.01, 0.01],
      [0.25, 0.25, 0.25, 0.25],
    ],
  }));

/** Lengths of the bars of one layer, in pixels, an expert each. */
function bars(figure: ReturnType<typeof loadChart>, layer: number): number[] {
  const path = read(figure).all("svg .bars")[layer].getAttribute("d")!;
  return [...path.matchAll(/h([\d.]+)/g)].map((match) => Number(match[1]));
}

describe("loadChart", () => {
  test("ends in the last row of the model that it shows", () => {
    const rows = twinRows(12);
    expect(read(loadChart(rows)).facts).toEqual({
      MoE: { step: 12, experts: 8, layers: [0, 1].map((layer) => ({ layer, busiest: 1, idle: 0, broken: 0 })) },
    });
  });

  test("draws one block a layer and one bar an expert", () => {
    const figure = loadChart(twinRows(12, 8, 3));
    expect(read(figure).texts.filter((text) => /^layer \d/.test(text))).toEqual(["layer 1", "layer 2", "layer 3"]);
    for (const layer of [0, 1, 2]) expect(bars(figure, layer)).toHaveLength(8);
  });

  test("makes each bar as long as the expert's share, and ends it at the dashed line where the share is fair", () => {
    const figure = loadChart(collapsed(20));
    const [first, second] = bars(figure, 0);
    expect(first / second).toBeCloseTo(97, 0);
    const fair = Number(/^M([\d.]+)/.exec(read(figure).all("svg .fair")[1].getAttribute("d")!)![1]);
    const left = Number(/^M([\d.]+)/.exec(read(figure).all("svg .bars")[1].getAttribute("d")!)![1]);
    expect(left + bars(figure, 1)[0]).toBeCloseTo(fair, 1);
  });

  test("raises the alarm in words for a collapsed layer, and not for a balanced one", () => {
    const { texts, all } = read(loadChart(collapsed(20)));
    expect(texts).toContain("busiest 3.9×, 3 idle");
    expect(texts).toContain("busiest 1.0×");
    const alarms = all('svg .layers text[font-weight="600"]').map((text) => text.textContent);
    expect(alarms).toContain("busiest 3.9×, 3 idle");
    expect(alarms).not.toContain("busiest 1.0×");
  });

  test("paints the history of a starved expert with nothing and of an overloaded one with the full color", () => {
    const tints = read(loadChart(collapsed(20), { steps: 20 })).all("svg .history path");
    const opacities = tints.map((path) => Number(path.getAttribute("stroke-opacity")));
    expect(opacities).toEqual([0.33, 1]); // fair share, three or more of them; the starved leave no path
  });

  test("fills the history up to the last step and no further", () => {
    const end = (steps: number) => {
      const path = read(loadChart(twinRows(steps), { steps: 100 }))
        .all("svg .history path")[0]
        .getAttribute("d")!;
      return Math.max(
        ...[...path.matchAll(/M([\d.]+),[\d.]+h([\d.]+)/g)].map((match) => Number(match[1]) + Number(match[2])),
      );
    };
    const [start, full] = [64, 680 - 132];
    expect((end(50) - start) / (full - start)).toBeCloseTo(0.5, 1);
    expect(end(100)).toBe(full);
  });

  test("leaves no stripes where load was measured only every ten steps", () => {
    const rows = collapsed(300).filter(({ step }) => step % 10 === 0);
    const path = read(loadChart(rows, { steps: 300 }))
      .all("svg .history path")[1]
      .getAttribute("d")!;
    expect(path.match(/M/g)).toHaveLength(1); // the overloaded expert: one unbroken stroke
  });

  test("says that it waits where no model has experts", () => {
    const { texts } = read(loadChart(twinRows(5).filter(({ by }) => by === "dense")));
    expect(texts).toContain("waiting for a model with experts");
  });

  test("says so where a share is not a number, and draws the others", () => {
    const figure = loadChart([
      {
        by: "MoE",
        step: 1,
        load: [
          [NaN, NaN],
          [0.5, 0.5],
        ],
      },
    ]);
    expect(read(figure).texts).toContain("not a number");
    expect(geometry(figure)).not.toMatch(/NaN|Infinity|undefined/);
  });

  test("stays below 60 kB for many layers, experts and steps", () => {
    const rows = Array.from({ length: 3000 }, (_, i) => ({
      by: "MoE",
      step: i + 1,
      load: Array.from({ length: 8 }, (_, l) => {
        const parts = Array.from({ length: 16 }, (_, e) => 1 + Math.sin(i / 40 + e * l));
        return parts.map((part) => part / parts.reduce((a, b) => a + b, 0));
      }),
    }));
    expect(loadChart(rows).html({ still: false }).length).toBeLessThan(60_000);
  });

  test("rejects rows whose layers or experts change, in one sentence", () => {
    const rows = [...collapsed(2), { by: "MoE", step: 3, load: [[1]] }];
    expect(() => loadChart(rows)).toThrow(
      /\[layer\]\[expert\] numbers of one size in all rows, here 1 layers of 1 experts; step 1 has 2 lists of 4, 4/,
    );
  });

  test("says 1 expert, not 1 experts", () => {
    const figure = loadChart([{ step: 1, load: [[1]] }]);
    expect(read(figure).texts).toContain("1 expert");
    expect(figure.description).toContain("1 expert, fair share 100 %");
  });

  test("rejects a model that the rows don't have", () => {
    expect(() => loadChart(twinRows(2), { only: "moo" })).toThrow('loadChart has no rows of "moo", only of dense, MoE');
  });
});
