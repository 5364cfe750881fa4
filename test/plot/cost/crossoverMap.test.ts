import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type CrossoverRow, crossoverMap } from "../../../lib/plot/index.js";
import { read } from "../read.js";

const place = { contract: "active parameters", dModel: 32, experts: 4, step: 500 };
const rows: readonly CrossoverRow[] = [
  { ...place, difference: -0.08, low: -0.1, high: -0.06 },
  { ...place, dModel: 64, difference: 0.04, low: 0.01, high: 0.07 },
  { ...place, experts: 8, difference: -0.02, low: -0.05, high: 0.01 },
  { ...place, experts: 8, dModel: 64, difference: null },
];

describe("crossoverMap", () => {
  test("fills what is decided, in the color of the side with the lower loss, as strong as the difference", () => {
    const { all } = read(crossoverMap(rows));
    const cells = all("svg .cell");
    expect(cells.map((cell) => cell.getAttribute("data-outcome"))).toEqual(["moe", "dense", "undecided", "missing"]);
    const boxes = all("svg .cell rect");
    expect(boxes[0].getAttribute("fill")).toContain("--twin-moe");
    expect(boxes[1].getAttribute("fill")).toContain("--twin-dense");
    expect(Number(boxes[0].getAttribute("fill-opacity"))).toBeGreaterThan(
      Number(boxes[1].getAttribute("fill-opacity")),
    );
    expect(boxes[2].getAttribute("fill")).toBe("none");
    expect(boxes[3].hasAttribute("stroke-dasharray")).toBe(true);
    expect(all("svg .cell text").map((text) => text.textContent)).toEqual(["−0.080", "+0.040", "−0.020"]);
  });

  test("says who is ahead at the last step, by contract", () => {
    const later = rows.map((row) => ({
      ...row,
      step: 1000,
      difference: row.difference && -0.01,
      low: -0.02,
      high: 0.5,
    }));
    expect(crossoverMap(rows).description).toBe(
      "After 500 steps the MoE has the lower loss in 1 of 3 cells, the dense model in 1; equal active parameters: MoE 1, dense 1, undecided 1, not measured 1.",
    );
    expect(crossoverMap([...later, ...rows]).facts).toEqual({
      ...{ cells: 8, measured: 3, moe: 0, dense: 0, undecided: 3, missing: 1, step: 1000 },
    });
    expect(crossoverMap([...later, ...rows]).description).toContain(
      "After 1,000 steps the MoE has the lower loss in 0 of",
    );
  });

  test("is not decided without an interval, and an interval from 0 is none", () => {
    const outcome = (row: Partial<CrossoverRow>) =>
      read(crossoverMap([{ ...place, difference: -1, ...row }]))
        .all("svg .cell")[0]
        .getAttribute("data-outcome");
    expect(outcome({})).toBe("undecided");
    expect(outcome({ low: null, high: null })).toBe("undecided");
    expect(outcome({ low: -2, high: 0 })).toBe("undecided");
    expect(outcome({ low: -2, high: -0.1 })).toBe("moe");
    expect(outcome({ difference: NaN })).toBe("missing");
  });

  test("has a panel for each contract and step, and lies within its width at any", () => {
    const contract = fc.constantFrom("a", "b", "c", "d");
    const size = fc.constantFrom(4, 8, 16);
    const row = fc.record({
      ...{ contract, dModel: fc.constantFrom(32, 64, 128), experts: size, step: fc.constantFrom(500, 1000) },
      ...{ difference: fc.option(fc.double({ min: -1, max: 1, noNaN: true })) },
    });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 40 }), fc.integer({ min: 260, max: 900 }), (all, width) => {
        const figure = crossoverMap(all, { width });
        const panels = (key: (one: (typeof all)[0]) => unknown) => new Set(all.map(key)).size;
        const { all: find } = read(figure);
        expect(find("svg .panel")).toHaveLength(panels((one) => one.contract) * panels((one) => one.step));
        expect(find("svg .cell")).toHaveLength(
          panels((one) => [one.contract, one.step, one.dModel, one.experts].join()),
        );
        for (const box of find("svg .cell rect")) {
          const [x, wide, y, high] = ["x", "width", "y", "height"].map((name) => Number(box.getAttribute(name)));
          expect(x).toBeGreaterThanOrEqual(0);
          expect(x + wide).toBeLessThanOrEqual(width);
          expect(y + high).toBeLessThanOrEqual(figure.height);
        }
      }),
      { numRuns: 40 },
    );
  });

  test("of the same place the last row counts; of nothing it says so", () => {
    expect(crossoverMap([rows[0], { ...rows[0], difference: 0.5, low: 0.4, high: 0.6 }]).facts).toMatchObject({
      ...{ cells: 1, measured: 1, moe: 0, dense: 1 },
    });
    expect(read(crossoverMap([])).texts).toContain("no rows yet");
    expect(crossoverMap([{ ...place, difference: null }]).description).toContain("nothing has been measured yet");
  });
});
