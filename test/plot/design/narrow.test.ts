import { describe, expect, test } from "vitest";
import type { Figure } from "../../../lib/plot/index.js";
import { cases } from "../cases/index.js";
import { read } from "../read.js";

// Charts whose lines have names at their ends: on a phone these would take more room than the lines.
const charts = [
  ...["lossChart", "lines", "collapseChart", "shareCurve", "logLines", "lorenz"],
  ...["crossings", "coverageChart", "copiesAdapters"],
];

describe.each(charts)("%s in 340 pixels", (name) => {
  const draw = (width: number) => read(cases[name].typical!({ width }) as Figure);
  const names = (selector: string, width: number) =>
    draw(width)
      .all(selector)
      .map((text) => text.firstChild!.textContent);

  test("leaves most of its width to the lines", () => {
    const [line] = draw(340).all('svg [data-mark="y-grid"] line');
    const [from, to] = ["x1", "x2"].map((end) => Number(line.getAttribute(end)));
    expect(to - from).toBeGreaterThan(0.68 * 340);
  });

  test("has its names in the legend", () => {
    const wide = names(".end-labels text[font-weight]", 680);
    expect(wide.length).toBeGreaterThan(0);
    expect(names(".end-labels text", 340)).toEqual([]);
    expect(names(".legend text", 340)).toEqual(expect.arrayContaining(wide));
  });
});
