import fc from "fast-check";
import { expect, test } from "vitest";
import { NGram } from "../../scripts/pretrain/ngram.js";

test("the probabilities of all characters after any context sum to 1", () => {
  const text = fc.stringMatching(/^[abcd]{6,80}$/);
  fc.assert(
    fc.property(text, fc.stringMatching(/^[abcde]{4}$/), fc.integer({ min: 1, max: 5 }), (text, context, n) => {
      const model = new NGram(text, n);
      const known = [...new Set(text)];
      const after = context.slice(0, n - 1);
      const sum = known.reduce((all, c) => all + model.probability(after + c), 0);
      expect(sum + model.probability(`${after}?`)).toBeCloseTo(1, 9);
    }),
  );
});

test("a bigram model by hand", () => {
  // "aab": aa and ab once each: D = 2 / (2 + 0) = 1. One letter: a follows one kind of context, b one: D = 1, so all of it
  // is the alphabet of a, b and what never occurred: 1/3. After a: (1 − 1 + 1 · 2 · 1/3) / 2.
  expect(new NGram("aab", 2).probability("ab")).toBeCloseTo(1 / 3, 12);
  // "ababa": ab and ba twice each: n₁ = 0, D = 0.1; letters: D = 1. After a comes b: (2 − 0.1 + 0.1 · 1/3) / 2.
  expect(new NGram("ababa", 2).probability("ab")).toBeCloseTo((2 - 0.1 + 0.1 / 3) / 2, 12);
});

test("five characters tell more about a text than two, and a foreign text costs more", () => {
  const text = "the cat sat on the mat and the dog sat on the log. ".repeat(20);
  const [two, five] = [new NGram(text, 2), new NGram(text, 5)];
  expect(five.bits(text)).toBeLessThan(two.bits(text));
  expect(five.bits("zzzz qqqq xxxx")).toBeGreaterThan(3 * five.bits(text));
});
