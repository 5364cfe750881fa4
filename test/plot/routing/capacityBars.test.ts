import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { capacityBars } from "../../../lib/plot/index.js";
import { geometry, read } from "../read.js";

const rows = [
  { by: "drop", factor: 1, rerouted: 0, dropped: 0.25, padding: 0.25 },
  { by: "drop", factor: 2, rerouted: 0, dropped: 0, padding: 0.5 },
  { by: "nextBest", factor: 1, rerouted: 0.25, dropped: 0, padding: 0 },
];
const widths = (selector: string) =>
  read(capacityBars(rows))
    .all(selector)
    .map((bar) => Number(bar.getAttribute("width")));

describe("capacityBars", () => {
  test("divides each bar into kept, rerouted and dropped, all bars equally long", () => {
    const [first, full] = [widths("svg .kept")[0] + widths("svg .dropped")[0], widths("svg .kept")[1]];
    expect(first).toBeCloseTo(full, 1);
    expect(widths("svg .dropped")[0] / full).toBeCloseTo(0.25, 2);
    expect(widths("svg .rerouted")[0] / full).toBeCloseTo(0.25, 2);
    expect(widths("svg .dropped")).toHaveLength(1); // nothing where nothing was dropped
  });

  test("shows the empty places beside it, in proportion", () => {
    const [quarter, half, none] = widths("svg .padding");
    expect(half / quarter).toBeCloseTo(2, 1);
    expect(none).toBe(0);
  });

  test("writes a share behind the bar where it is too small to hold its number", () => {
    const dropped = (share: number) => {
      const { all } = read(capacityBars([{ by: "drop", factor: 1, rerouted: 0, dropped: share, padding: 0 }]));
      const number = all("svg .policy text").find((text) => text.getAttribute("fill")?.includes("alarm"))!;
      return { text: number.textContent, x: Number(number.getAttribute("x")), bar: all("svg .dropped")[0] };
    };
    const [small, large] = [dropped(0.02), dropped(0.5)];
    const end = (bar: Element) => Number(bar.getAttribute("x")) + Number(bar.getAttribute("width"));
    expect([small.text, large.text]).toEqual(["2 %", "50 %"]);
    expect(small.x).toBeGreaterThan(end(small.bar));
    expect(large.x).toBeLessThan(end(large.bar));
  });

  test("keeps two numbers behind the bar apart, and from the empty places", () => {
    const share = fc.double({ min: 1e-9, max: 0.12, noNaN: true });
    fc.assert(
      fc.property(share, share, (rerouted, dropped) => {
        const { all } = read(capacityBars([{ by: "drop", factor: 1, rerouted, dropped, padding: 0.5 }]));
        const numbers = all("svg .policy text").filter((text) => /fill="[^"]*(alarm|moe)/.test(text.outerHTML));
        const left = (element: Element) => Number(element.getAttribute("x"));
        const right = (text: Element) => left(text) + 5.7 * text.textContent.length; // text-anchor start, 10.5 px
        const behind = numbers.filter((text) => text.getAttribute("text-anchor") !== "middle");
        for (let i = 1; i < behind.length; i++) expect(left(behind[i])).toBeGreaterThan(right(behind[i - 1]) + 3);
        for (const text of behind) expect(right(text)).toBeLessThan(left(all("svg .padding")[0]));
      }),
    );
  });

  test("groups the rows by policy, ends in the last of each, and says them in words", () => {
    const figure = capacityBars([...rows, { by: "dropless", factor: null, rerouted: 0, dropped: 0, padding: 0 }]);
    expect(read(figure).texts).toEqual(expect.arrayContaining(["drop", "nextBest", "factor 1", "no limit"]));
    expect(read(figure).facts).toMatchObject({ drop: rows[1], nextBest: rows[2] });
    expect(figure.description).toContain("drop at factor 1: 0 % rerouted, 25 % dropped, 25 % of the places empty");
  });

  test("draws no number that a browser could not read", () => {
    expect(geometry(capacityBars([]))).not.toMatch(/NaN|Infinity|undefined/);
  });

  test("refuses rows without their shares", () => {
    expect(() => capacityBars([{ by: "drop", factor: 1 } as never])).toThrow("row 0 has rerouted undefined");
  });
});
