import { describe, expect, test } from "vitest";
import { capacityChart, collapseChart, expertFlow, routingMap } from "../../../lib/plot/index.js";
import { read } from "../read.js";

describe("routingMap", () => {
  const rows = [
    { token: "a", probs: [0.5, 0.25, 0.25], experts: [0] },
    { token: " ", probs: [0.1, 0.2, 0.7], experts: [2, 1] },
  ];
  test("has a cell for each token and expert, and a ring for each choice", () => {
    const { all, texts, last } = read(routingMap(rows));
    const cells = all('svg [aria-label="cell"] rect');
    expect(cells.length).toBe(2 * 3 + 3);
    expect(texts).toEqual(expect.arrayContaining(["a", "␣", "expert 1", "expert 3"]));
    expect(last).toEqual(rows[1]);
  });

  test("gives the highest probability the full colour, and the others their part of it", () => {
    const shades = read(routingMap(rows))
      .all('svg [aria-label="cell"] rect[fill-opacity]')
      .map((cell) => Number(cell.getAttribute("fill-opacity")));
    expect(Math.max(...shades)).toBe(1);
    expect(Math.min(...shades)).toBeCloseTo(0.1 / 0.7, 2);
  });

  test("says what a row lacks, and takes none at all", () => {
    expect(() => routingMap([{ token: "a" } as never])).toThrow(
      "routingMap needs rows with 'token', 'probs' and 'experts'; row 0 has not",
    );
    expect(routingMap([]).description).toContain("0 tokens");
  });
});

describe("expertFlow", () => {
  const rows = [0, 1, 2, 3].flatMap((token) =>
    [0, 1].map((layer) => ({ token, layer, expert: layer === 0 ? token % 2 : 0 })),
  );
  test("has boxes as tall as the experts' shares, and a band for each group that goes on together", () => {
    const { all } = read(expertFlow(rows, { nExpert: 2 }));
    const tall = all("svg .expert").map((box) => Number(box.getAttribute("height")));
    expect(tall[0]).toBeCloseTo(tall[1], 1);
    expect(tall[2]).toBeCloseTo(2 * tall[0], 1);
    const bands = all("svg .band").map((band) => Number(band.getAttribute("stroke-width")));
    expect(bands).toHaveLength(2);
    expect(bands[0] + bands[1]).toBeCloseTo(tall[2], 1);
  });

  test("of a model with one path is one band", () => {
    const one = rows.map((row) => ({ ...row, expert: 0 }));
    expect(read(expertFlow(one, { nExpert: 1 })).all("svg .band")).toHaveLength(1);
    expect(expertFlow(one).description).toContain("layer 2: 1 of 1 experts used");
  });
});

describe("collapseChart", () => {
  const rows = [1, 2, 3].flatMap((step) => [1, 2].map((run) => ({ model: "none", run, step, effective: 8 / step })));
  test("draws a line a run, names the end, and raises the alarm near one expert", () => {
    const { all, texts, last } = read(collapseChart(rows));
    expect(all('svg [aria-label="line"] path')).toHaveLength(2);
    expect(texts).toContain("2.7 on average");
    expect(last).toEqual({ none: rows[5] });
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

describe("capacityChart", () => {
  const rows = [
    { overflow: "drop", factor: 1, kept: 0.75, rerouted: 0, dropped: 0.25 },
    { overflow: "dropless", factor: null, kept: 1, rerouted: 0, dropped: 0 },
  ];
  test("has a bar a setting, whose parts are the shares, and says its name once", () => {
    const { all, texts } = read(capacityChart(rows, { title: "Places" }));
    const parts = all('svg [aria-label="bar"] rect').map((bar) => Number(bar.getAttribute("height")));
    expect(parts[0] + 0.5).toBeCloseTo(3 * parts[2] + 1.5, -1);
    expect(texts.filter((text) => text === "Places")).toHaveLength(1);
    expect(texts).toEqual(expect.arrayContaining(["drop", "dropless", "1", "∞", "kept", "rerouted", "dropped"]));
    expect(capacityChart(rows).description).toContain("at most 25.0 % dropped");
  });
});
