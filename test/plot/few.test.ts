import { expect, test } from "vitest";
import { listed } from "../../lib/plot/rows/few.js";

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
