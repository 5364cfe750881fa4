import { describe, expect, it, vi } from "vitest";
import { insideTslab } from "../kernels.js";
import { check } from "../../../lib/notebook/check.js";
import { exercise } from "../../../lib/notebook/exercises/exercise.js";
import { exercises } from "../../../lib/notebook/exercises/index.js";
import { judge } from "../../../lib/notebook/exercises/judge.js";

describe.each(Object.entries(exercises))("the exercise %s", (_, one) => {
  const isFunction = one.inputs.some((input) => input.length > 0);
  /** An answer as a reader gives it: the function, or the value. */
  const answered = (made: (...input: never[]) => unknown): unknown => (isFunction ? made : made());

  it("is open while nothing is filled in", () => {
    expect(judge(one, undefined).state).toBe("open");
    expect(judge(one, isFunction ? () => undefined : null).state).toBe("open");
  });
  it("takes the right answer", () => {
    expect(judge(one, answered(one.right))).toMatchObject({ state: "right" });
  });
  it("knows at least three wrong answers, and meets each with its own hint", () => {
    expect(one.mistakes.length).toBeGreaterThanOrEqual(3);
    for (const { made, hint } of one.mistakes)
      expect(judge(one, answered(made))).toMatchObject({ state: "wrong", hint });
    expect(new Set(one.mistakes.map(({ hint }) => hint)).size).toBe(one.mistakes.length);
  });
});

describe("what a check says", () => {
  const twice = exercise({
    asks: "the double of each number",
    inputs: [[[1, 2]]] as [number[]][],
    right: (x) => x.map((value) => 2 * value),
    mistakes: [{ hint: "That is the square.", made: (x) => x.map((value) => value * value) }],
  });

  it.each([
    ["no function", 7, "a function is asked for, got 7"],
    ["another length", () => [2], "for ([1, 2]) a list of 2 is asked for, got 1 in it"],
    ["another kind", () => 4, "for ([1, 2]) a list of 2 is asked for, got 4"],
    ["other numbers", () => [2, 5], "for ([1, 2]) got [2, 5]"],
    ["NaN", () => [2, NaN], "for ([1, 2]) got [2, NaN]"],
    [
      "an error",
      () => {
        throw new Error("no such thing");
      },
      'for ([1, 2]) the answer stops with "no such thing"',
    ],
  ])("%s", (_, answer, says) => {
    expect(judge(twice, answer)).toEqual({ state: "wrong", says, hint: null });
  });

  it("a typed array is the list of its numbers, and rounding is no mistake", () => {
    expect(judge(twice, () => new Float32Array([2.00001, 4])).state).toBe("right");
  });

  it("goes to the console where there is no notebook", () => {
    const log = vi.spyOn(console, "log").mockImplementation(() => {});
    check("places of an expert", null);
    expect(log.mock.calls[0][0]).toMatch(/^places of an expert: ○ not answered yet: /);
    log.mockRestore();
  });
  it("shows names between back quotes as code, in a notebook", () => {
    const messages = insideTslab();
    check("shares of one token", null);
    expect(messages[0].html).toContain("the token at <code>place</code> (0 is");
  });
  it("a name that is no exercise is refused with those that are", () => {
    expect(() => check("places", 1)).toThrow(/check knows no exercise "places"; there are .*places of an expert/);
    expect(() => check("constructor", 1)).toThrow(/check knows no exercise/);
  });
});
