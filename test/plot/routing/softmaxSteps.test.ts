import { describe, expect, test } from "vitest";
import { softmaxSteps } from "../../../lib/plot/index.js";
import { geometry, read } from "../read.js";

const rows = [
  { logit: 2, kept: true, weight: 0.731 },
  { logit: -1, kept: false, weight: 0 },
  { logit: 1, kept: true, weight: 0.269 },
];
const step = (n: number) => {
  const group = read(softmaxSteps(rows)).all("svg .step")[n];
  const bars = Array.from(group.querySelectorAll(".bar"), (bar) => Number(bar.getAttribute("width")));
  return { bars, texts: Array.from(group.querySelectorAll("text"), (text) => text.textContent).slice(1) };
};

describe("softmaxSteps", () => {
  test("shows the logits, then −∞ for all that is not kept, then exponentials, then weights", () => {
    expect(step(0).texts).toEqual(["2", "−1", "1"]);
    expect(step(1).texts).toEqual(["2", "−∞", "1"]);
    expect(step(2).texts).toEqual(["1", "0", "0.368"]);
    expect(step(3).texts).toEqual(["0.731", "0", "0.269"]);
  });

  test("gives the masked no bar at all, and the others bars in proportion", () => {
    expect(step(0).bars).toHaveLength(3);
    const [a, b, ...none] = step(3).bars;
    expect(none).toEqual([]);
    expect(a / b).toBeCloseTo(0.731 / 0.269, 1);
  });

  test("draws bars of negative logits to the left of the zero line", () => {
    const [first, second] = read(softmaxSteps(rows)).all("svg .step:first-of-type .bar");
    const [zero, x, width] = [first.getAttribute("x"), second.getAttribute("x"), second.getAttribute("width")].map(
      Number,
    );
    expect(x + width).toBeCloseTo(zero, 1);
  });

  test("ends in its rows, and says the outcome in words", () => {
    expect(read(softmaxSteps(rows)).facts).toEqual(rows.map((row, expert) => ({ expert, ...row })));
    expect(softmaxSteps(rows).description).toContain(
      "2 of 3 kept, with weights expert 0 0.731, expert 2 0.269; the others weigh 0.",
    );
  });

  test("draws no number that a browser could not read", () => {
    const odd = [NaN, Infinity, -Infinity, 0].map((logit) => ({
      logit,
      kept: true,
      weight: Number.isFinite(logit) ? logit : NaN,
    }));
    for (const some of [[], odd, [odd[3]]]) expect(geometry(softmaxSteps(some))).not.toMatch(/NaN|Infinity|undefined/);
  });

  test("refuses rows without numbers", () => {
    expect(() => softmaxSteps([{ kept: true, weight: 1 } as never])).toThrow("row 0 has logit undefined");
  });
});
