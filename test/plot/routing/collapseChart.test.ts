import { describe, expect, test } from "vitest";
import { collapseChart } from "../../../lib/plot/index.js";
import { read } from "../read.js";

describe("collapseChart", () => {
  const rows = [1, 2, 3].flatMap((step) => [1, 2].map((run) => ({ by: "none", run, step, effective: 8 / step })));
  test("draws a line a run, names the end, and raises the alarm near one expert", () => {
    const { all, texts, facts } = read(collapseChart(rows));
    expect(all('svg [data-mark="line"] path')).toHaveLength(2);
    expect(texts).toContain("2.7 on average");
    expect(facts).toEqual({ none: rows[5] });
    const low = rows.map((row) => ({ ...row, effective: 1 }));
    const alarm = read(collapseChart(low)).all("svg .end-labels text")[1].getAttribute("fill");
    expect(alarm).toContain("alarm");
  });

  test("waits for the first row, and says what a row lacks", () => {
    expect(read(collapseChart([])).texts).toContain("waiting for the first step");
    expect(() => collapseChart([{ step: 1 } as never])).toThrow(
      "collapseChart needs rows with a number 'step' and 'effective'",
    );
  });
});
