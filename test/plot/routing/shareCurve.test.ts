import { describe, expect, test } from "vitest";
import { shareCurve } from "../../../lib/plot/index.js";
import { geometry, read } from "../read.js";

const rows = [1, 2, 4, 8].flatMap((x) => [
  { by: "formula", x, share: 1 - 0.75 ** x },
  { by: "measured", x, share: 0.9 * (1 - 0.75 ** x), low: 0.1, high: 0.95 },
]);
const options = { formula: ["formula"], log: true };

describe("shareCurve", () => {
  test("draws a formula as a line, and what was measured as dots with whiskers", () => {
    const { all } = read(shareCurve(rows, options));
    expect(all("svg circle")).toHaveLength(4);
    expect(all("svg path[stroke-dasharray]").length + all("svg g[stroke-dasharray] path").length).toBe(1);
    expect(all('svg g[data-mark="rule"] line')).toHaveLength(4);
  });

  test("puts a dot on the line where both agree", () => {
    const both = rows.map((row) => ({ ...row, share: 0.5 }));
    const { all } = read(shareCurve(both, options));
    const line = /^M[\d.]+,([\d.]+)/.exec(
      all("svg g[stroke-dasharray] path, svg path[stroke-dasharray]")[0].getAttribute("d")!,
    )![1];
    for (const dot of all("svg circle")) expect(dot.getAttribute("cy")).toBe(line);
  });

  test("writes every doubling below the axis", () => {
    expect(read(shareCurve(rows, options)).texts).toEqual(expect.arrayContaining(["1", "2", "4", "8"]));
  });

  test("ends in the last point of each series, and says all of them in words", () => {
    const figure = shareCurve(rows, options);
    expect(read(figure).facts).toMatchObject({ formula: { x: 8, share: 1 - 0.75 ** 8 }, measured: { x: 8 } });
    expect(figure.description).toContain("formula 25 % at 1, 43.8 % at 2, 68.4 % at 4, 90 % at 8");
  });

  test("draws no number that a browser could not read", () => {
    for (const some of [[], [{ by: "a", x: 1, share: 0 }]])
      expect(geometry(shareCurve(some))).not.toMatch(/NaN|Infinity|undefined/);
  });
});
