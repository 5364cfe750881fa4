import { describe, expect, test } from "vitest";
import * as plot from "../../../lib/plot/index.js";
import { geometry, read } from "../read.js";

// What does not fit is gathered and counted, and the output stays small enough for a notebook.

const many = <T>(row: (i: number) => T, count = 10_000): T[] => Array.from({ length: count }, (_, i) => row(i));
const long = "専門家の混合模型の長い名前".repeat(4);

type Draw = (options: plot.FrameOptions) => plot.Figure;
/** 10,000 rows, or as many devices as there may be; and what the words must say of them. */
const large: Readonly<Record<string, readonly [Draw, RegExp]>> = {
  roofline: [
    (options) => {
      const rows = many((i) => ({ by: i % 12, intensity: 1.01 ** (i % 900), measured: 1e9 }));
      return plot.roofline(rows, { ...options, peak: 1e12, bandwidth: 1e11 });
    },
    /every 34th of 10,000 · in gray: 6 more/,
  ],
  coverageChart: [
    (options) => {
      const rows = many((i) => ({ by: i % 61, batch: 1 + Math.floor(i / 61), experts: i / 40 }));
      return plot.coverageChart(rows, { ...options, nExpert: 256, topK: 8 });
    },
    /in gray: 55 more · not drawn: 1 more/,
  ],
  bytesByBatch: [
    (options) => plot.bytesByBatch(many((i) => ({ by: i % 40, batch: 1 + i, dense: 1e9, experts: i, cache: i })), options),
    /at most 24 batches of each, .* the first 4 of 40: 36 others not drawn/,
  ],
  predictedMeasured: [
    (options) => plot.predictedMeasured(many((i) => ({ by: i % 9, name: `row ${i}`, predicted: 1 + i, measured: 1 + i / 2 })), options),
    /dots: \d+ of 10,000 · in gray: 3 more/,
  ],
  crossings: [
    (options) => plot.crossings(many((i) => ({ by: i % 100, batch: 1 + Math.floor(i / 100), value: 1 + (i % 7) })), options),
    /in gray: 94 more · not drawn: 40 more/,
  ],
  memoryByDtype: [
    (options) => plot.memoryByDtype(many((i) => ({ by: i >> 3, dtype: `format ${i & 7}`, bytes: 1e9 * i })), options),
    /the first 40 of 10,000: 9,960 others not drawn/,
  ],
  copiesAdapters: [
    (options) => plot.copiesAdapters(many((i) => ({ users: 1 + (i >> 1), copies: 1e9 * i, adapters: 1e9 + i })), options),
    /of rows for as many users the last counts/,
  ],
  placementChart: [
    (options) => plot.placementChart(many((i) => ({ device: i % 256, expert: i % 9999, load: 1 + (i % 230) })), options),
    /the 24 busiest of 256 devices.*smaller experts as one piece/,
  ],
  allToAllChart: [
    (options) => plot.allToAllChart(many((i) => ({ from: i % 256, to: (i * 7) % 256, bytes: 1 + i })), options),
    /the mean of \d+ × \d+ devices/,
  ],
}; // prettier-ignore

/** Long names, in signs twice as wide as Latin letters. */
const named: Readonly<Record<string, Draw>> = {
  roofline: (options) => plot.roofline([{ by: long, intensity: 2 }], { ...options, peak: 1e12, bandwidth: 1e11 }),
  coverageChart: (options) => plot.coverageChart([{ by: long, batch: 2, share: 0.5 }], options),
  bytesByBatch: (options) => plot.bytesByBatch([1, 2].map((by) => ({ by: `${long}${by}`, batch: 2, dense: 5 })), options),
  predictedMeasured: (options) => plot.predictedMeasured([{ by: long, name: long, predicted: 2, measured: 1 }], options),
  crossings: (options) => plot.crossings([{ by: long, batch: 2, value: 1 }], { ...options, xLabel: long, yLabel: long }),
  memoryByDtype: (options) => plot.memoryByDtype([{ by: long, dtype: long, bytes: 2 }], { ...options, references: [{ value: 3, label: long }] }),
}; // prettier-ignore

const widths = [340, 680, 1280];

describe.each(Object.entries(large))("%s of 10,000 rows", (_, [draw, words]) => {
  test("takes less than 300 kB, draws no place that is none, and says what it leaves out", () => {
    for (const width of widths) {
      const figure = draw({ width });
      expect(figure.html().length).toBeLessThan(300_000);
      expect(figure.description.length).toBeLessThan(3000);
      expect(geometry(figure)).not.toMatch(/NaN|Infinity|undefined|(?:width|height)="-/);
      expect(read(figure).texts.join(" ")).toMatch(words);
    }
  });
});

test.each(Object.entries(named))("%s shortens names, so that none leaves the picture", (_, draw) => {
  for (const width of widths) {
    const { all } = read(draw({ width }));
    for (const text of all("svg text")) {
      // 11 pixels a sign at least: one that is cut at the edge would begin far left of it, or end far right.
      const space = 11 * Array.from(text.textContent).filter((sign) => sign > "\u2e80").length;
      const moved = (element: Element | null) =>
        Number(/translate\((-?[\d.]+)/.exec(element?.getAttribute("transform") ?? "")?.[1] ?? 0);
      const x = Number(text.getAttribute("x") ?? 0) + moved(text) + moved(text.parentElement);
      const anchor = text.getAttribute("text-anchor") ?? text.parentElement?.getAttribute("text-anchor") ?? "start";
      const start = { start: x, middle: x - space / 2, end: x - space }[anchor] ?? x;
      expect(start, text.textContent).toBeGreaterThan(-2);
      expect(start + space, text.textContent).toBeLessThan(width + 2);
    }
  }
});
