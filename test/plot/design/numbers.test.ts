import { describe, expect, test } from "vitest";
import { inBytes, inWords, short } from "../../../lib/text/numbers.js";

describe("large numbers keep three digits, and change their unit where these would be 1000", () => {
  test.each([
    [0, "0", "0", "0 B"],
    [7, "7", "7", "7 B"],
    [999, "999", "999", "999 B"],
    [1000, "1.00 thousand", "1k", "1 kB"],
    [12_345, "12.3 thousand", "12.3k", "12.3 kB"],
    [999_400, "999 thousand", "999k", "999 kB"],
    [999_600, "1.00 million", "1M", "1 MB"],
    [2e6, "2.00 million", "2M", "2 MB"],
    [999.4e6, "999 million", "999M", "999 MB"],
    [999.6e6, "1.00 billion", "1B", "1 GB"],
    [46.7e9, "46.7 billion", "46.7B", "46.7 GB"],
    [999.4e9, "999 billion", "999B", "999 GB"],
    [999.6e9, "1.00 trillion", "1T", "1 TB"],
    [1.6e12, "1.60 trillion", "1.6T", "1.6 TB"],
  ])("%d: %s, %s, %s", (value, words, letter, bytes) => {
    expect([inWords(value), short(value), inBytes(value)]).toEqual([words, letter, bytes]);
  });

  test("what is more than 1000 trillion has a unit of its own", () => {
    expect([inBytes(999.4e12), inBytes(999.6e12), inBytes(2e15)]).toEqual(["999 TB", "1 PB", "2 PB"]);
    expect([inWords(1.23e15), short(1.23e15)]).toEqual(["1.23 quadrillion", "1.23Q"]);
  });

  test("a number below 0 has the same words", () => {
    expect(inWords(-46.7e9)).toBe("-46.7 billion");
  });
});
