import { describe, expect, it } from "vitest";
import { fromArray } from "../../lib/index.js";
import { capacityOf, chanceDropShare, route } from "../../lib/moe/index.js";
import { executed } from "./claims.js";

const { claimed, html } = executed("07-capacity");
interface LabRow {
  overflow: string;
  factor: number | null;
  kept: number;
  rerouted: number;
  dropped: number;
  padding: number;
  loss: number;
}

describe("D5, a capacity limits the tokens per expert", () => {
  const { rows } = claimed("D5") as { rows: LabRow[] };
  const of = (overflow: string): LabRow[] => rows.filter((row) => row.overflow === overflow);
  it("accounts for every assignment; more places mean fewer drops, and at least what does not fit is dropped", () => {
    for (const row of rows) expect(row.kept + row.rerouted + row.dropped).toBeCloseTo(1, 9);
    for (const rule of ["drop", "nextBest"]) {
      const shares = of(rule).map((row) => row.dropped);
      shares.slice(1).forEach((share, i) => expect(share).toBeLessThanOrEqual(shares[i]));
      expect(shares[0]).toBeGreaterThanOrEqual(0.5 - 1e-9); // factor 0.5 has room for half
    }
  });

  it("next best drops nothing from factor 1 on, and never more than drop", () => {
    of("nextBest").forEach((row, i) => {
      expect(row.dropped).toBeLessThanOrEqual(of("drop")[i].dropped + 1e-9);
      if (row.factor! >= 1) expect(row.dropped).toBe(0);
    });
    expect(of("drop").find((row) => row.factor === 1)!.dropped).toBeGreaterThan(0.02);
  });

  it("without a limit nothing is dropped and no place is empty", () => {
    expect(of("dropless")).toHaveLength(1);
    expect(of("dropless")[0]).toMatchObject({ dropped: 0, rerouted: 0, padding: 0 });
  });
});

describe("D6, the next best expert", () => {
  const likes = [
    [2, 1, 0, 0],
    [3, 0, 1, 0],
    [2.5, 1, 0, 0],
    [0, 3, 0, 0],
    [2, 1.5, 0, 1],
    [4, 0, 2, 0],
    [0, 0, 0, 2],
    [0, 0, 3, 0],
  ];
  it("is what the notebook shows: nothing dropped, the late ones at a lower preference", () => {
    const given = claimed("D6") as Record<string, Record<string, number>> & { preferences: number[] };
    const again = route(fromArray(likes.flat(), [8, 4]), {
      topK: 1,
      renormalise: false,
      capacityFactor: 1,
      overflow: "nextBest",
    });
    expect(given.preferences).toEqual([...again.ranks]);
    expect(given.dropped).toMatchObject({ nextBest: 0, dropless: 0 });
    expect(given.dropped.drop).toBeGreaterThan(0);
    expect(given.rerouted.nextBest).toBeGreaterThanOrEqual(given.dropped.drop);
    expect(given.rerouted.drop).toBe(0);
  });
});

describe("D9, the Switch layer", () => {
  it("sends each token to one expert, weighs by the probability, and lets dropped ones pass with an output of 0", () => {
    const { dropped, rowsExecuted, ...rest } = claimed("D9") as Record<string, number>;
    expect(rest).toEqual({
      expertsPerToken: 1,
      droppedWithOutput: 0,
      keptWithoutOutput: 0,
      weightEqualsProbability: true,
    });
    expect(dropped).toBeGreaterThanOrEqual(32);
    expect(rowsExecuted).toBe(64 - dropped);
  });
});

it("the binomial figure in the table is 9.28 % at factor 1", () => {
  expect(chanceDropShare(128, 1, 8, capacityOf(128, 8, 1))).toBeCloseTo(0.0928, 4);
});

it("the chart is there", () => {
  expect(html.some((output) => output.includes('data-figure="capacity"'))).toBe(true);
});
