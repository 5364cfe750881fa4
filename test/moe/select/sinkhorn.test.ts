import { describe, expect, it } from "vitest";
import { selectSinkhorn, selectTopK, sinkhorn } from "../../../lib/moe/index.js";
import { joined, rowsOf, type Scored } from "../../../lib/moe/select/selection.js";

const scored = (rows: number[][]): Scored => ({ scores: rows.flat(), nToken: rows.length, nExpert: rows[0].length });

describe("Sinkhorn's plan", () => {
  it("begins at e to the power of the logit less the largest finite one, over the temperature; infinite counts as that", () => {
    const near = (plan: Float64Array, wanted: number[]): void =>
      wanted.forEach((value, i) => expect(plan[i]).toBeCloseTo(value, 12));
    const rows = scored([[3, 2, 0, 3], [Infinity, 5, 4, NaN], [-Infinity, 1, 2, 2]]); // prettier-ignore
    const e = Math.exp;
    near(sinkhorn(rows, { rounds: 0 }), [1, e(-1), e(-3), 1, 1, 1, e(-1), 0, 0, e(-1), 1, 1]);
    near(sinkhorn(rows, { rounds: 0, temperature: 2 }), [1, e(-0.5), e(-1.5), 1, 1, 1, e(-0.5), 0, 0, e(-0.5), 1, 1]);
  });

  it("gives an expert that is hidden from all nothing, and stays a plan", () => {
    const plan = sinkhorn(scored([[-Infinity, 1, 0], [-Infinity, 0, 0]]), { rounds: 9 }); // prettier-ignore
    expect([plan[0], plan[3]]).toEqual([0, 0]);
    expect([...plan].every(Number.isFinite)).toBe(true);
  });

  it("ranks what is too small for a number by the logits, and what is hidden last", () => {
    const rows = [[0, -2000, -Infinity, -1000], [-900, -950, 5, -800], [-Infinity, -3000, -2000, 1]]; // prettier-ignore
    const { experts, ranks } = selectSinkhorn(scored(rows), 4);
    expect([...experts]).toEqual([0, 3, 1, 2, 2, 3, 0, 1, 3, 2, 1, 0]);
    expect(ranks.length).toBe(12);
  });
});

describe("the tokens of one sequence", () => {
  const all: Scored = { ...scored([[1, 0], [2, 9], [3, 4]]), logits: [5, 6, 7, 8, 9, 10], ties: "spread", textPositions: [7, 8, 9] }; // prettier-ignore

  it("keep their scores, logits, places and the rule for ties", () => {
    expect(rowsOf(all, 1, 3)).toEqual({
      scores: Float64Array.of(2, 9, 3, 4),
      logits: Float64Array.of(7, 8, 9, 10),
      textPositions: [8, 9],
      ties: "spread",
      nToken: 2,
      nExpert: 2,
    });
    expect(rowsOf(scored([[1, 0], [2, 9]]), 0, 1)).toEqual({ scores: Float64Array.of(1, 0), nToken: 1, nExpert: 2 }); // prettier-ignore
  });

  it("are counted on from where their sequence starts, when put together again", () => {
    const { logits: _, ties: __, ...plain } = all;
    const parts = [rowsOf(plain, 0, 1), rowsOf(plain, 1, 1), rowsOf(plain, 1, 3)].map((part) => selectTopK(part, 1));
    expect(joined(parts, [0, 1, 1, 3])).toEqual(selectTopK(plain, 1));
  });
});
