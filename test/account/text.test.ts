import { describe, expect, it } from "vitest";
import { bytes, grouped, percent, rounded } from "../../lib/account/index.js";

describe("numbers in words", () => {
  it.each([
    [46_702_792_704n, "46.7 billion"],
    [335_141_888n, "335 million"],
    [1_161_756_155_904n, "1.16 trillion"],
    [999_600n, "1.00 million"],
    [14_848, "14.8 thousand"],
    [17, "17"],
    [24n * 10n ** 30n, "24,000,000,000,000,000 quadrillion"],
  ])("%s is %s", (value, words) => {
    expect(rounded(value)).toBe(words);
  });

  it.each([
    [349_208_518_656, "349 GB"],
    [37_748_736, "37.7 MB"],
    [131_072, "131 kB"],
    [999_960, "1.00 MB"],
    [12, "12 B"],
  ])("%s bytes are %s, decimal", (value, words) => {
    expect(bytes(value)).toBe(words);
  });

  it("groups digits, and gives shares in percent", () => {
    expect(grouped(2n ** 64n)).toBe("18,446,744,073,709,551,616");
    expect([percent(0.2758), percent(0.0011), percent(1)]).toEqual(["27.6 %", "0.11 %", "100 %"]);
    expect([percent(0), percent(0.000244), percent(2.44e-5)]).toEqual(["0.00 %", "0.02 %", "0.0024 %"]);
  });
});
