import { expect, test } from "vitest";
import { lines, lorenz, lossChart } from "../../../lib/plot/index.js";
import { listed } from "../../../lib/plot/rows/few.js";

test("a list names the first items and counts the others, whose words are never made", () => {
  const asked: number[] = [];
  const words = (n: number): string => {
    asked.push(n);
    return `item ${n}`;
  };
  const many = Array.from({ length: 10_000 }, (_, n) => n);
  expect(listed(many, words, 2)).toBe("item 0; item 1; and 9,998 others");
  expect(asked).toEqual([0, 1]);
  expect(listed([1, 2], String, 2, ", ")).toBe("1, 2");
});

test("no title calls one of equal ends the lowest", () => {
  const ends = (names: string) =>
    Array.from(names, (by) => by).map((by) => ({ by, step: 1, loss: 2, value: 2, expert: 0, tokens: 1 }));
  const titles = (names: string) =>
    [lossChart(ends(names)), lines(ends(names)), lorenz(ends(names), { nExpert: 2 })].map(
      ({ description }) => description,
    );
  expect(titles("ab").join("\n")).not.toMatch(/lowest|between|most/);
  expect(lossChart(ends("ab")).description).toMatch(/^Loss is 2.000 for a and b alike:/);
  expect(lossChart(ends("abc")).description).toMatch(/^Loss is 2.000 for all 3:/);
});
