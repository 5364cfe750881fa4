import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { duels, duelsBySecond, lossDifferences, lossDifferencesBySecond } from "../../../lib/train/index.js";
import { executed } from "../executed.js";

const notebook = executed("03-twin");

describe("D10, at equal work the mixture learns more", () => {
  interface Lead {
    difference: number;
    from: number;
    to: number;
    decided: boolean;
  }
  const shown = notebook.claimed<Record<string, Lead>>("D10");
  const { rows, seeds } = JSON.parse(
    readFileSync(path.resolve(import.meta.dirname, "../../../assets/labs/twins.json"), "utf8"),
  ) as { rows: Parameters<typeof duels>[0]; seeds: number[] };

  it("the leads are those of the recorded rows, each with the interval of its seeds", () => {
    const again = {
      "equal active": duels(rows, "MoE", "dense"),
      "equal total, first": duels(rows, "MoE", "dense, equal total").slice(0, 1),
      "equal total": duels(rows, "MoE", "dense, equal total"),
      "equal active, by the clock": duelsBySecond(rows, "MoE", "dense"),
      "equal total, by the clock": duelsBySecond(rows, "MoE", "dense, equal total"),
    };
    expect(Object.keys(shown)).toEqual(Object.keys(again));
    for (const [how, found] of Object.entries(again)) {
      const { mean, low, high, decided, n } = found.at(-1)!;
      expect(n).toBe(seeds.length);
      expect(shown[how].difference).toBeCloseTo(-mean, 3);
      expect(shown[how].from).toBeCloseTo(-high, 3);
      expect(shown[how].to).toBeCloseTo(-low, 3);
      expect(shown[how].decided).toBe(decided);
    }
  });

  it("at equal active parameters the interval lies below 0; against equal total parameters first above, in the end below", () => {
    expect(shown["equal active"].to).toBeLessThan(0);
    expect(shown["equal total, first"].from).toBeGreaterThan(0);
    expect(shown["equal total"].to).toBeLessThan(0);
  });

  it("the figures end where the rows do, on the side that their titles say", () => {
    const figures = notebook.figures("lines") as Record<string, { end: { x: number; y: number }; runs: number }>[];
    const all = [lossDifferences(rows, "MoE", "dense"), lossDifferencesBySecond(rows, "MoE", "dense", 20)];
    expect(figures).toHaveLength(all.length);
    figures.forEach((figure, i) => {
      const { end, runs } = figure["MoE minus dense"];
      const last = all[i].filter(({ at }) => at === all[i].at(-1)!.at).map(({ difference }) => difference);
      expect(runs).toBe(seeds.length);
      expect(end.y).toBeCloseTo(last.reduce((sum, value) => sum + value, 0) / last.length, 6);
    });
    expect(notebook.html).toContain("After equally many steps the MoE is ahead");
    expect(notebook.html).toContain("After equally many seconds the MoE is behind");
  });

  it("the orders that it prints are those of the means", () => {
    for (const step of [80, 1600]) {
      const loss = (name: string): number =>
        rows.filter((r) => r.contender === name && r.step === step).reduce((sum, r) => sum + r.valLoss!, 0);
      const order = ["dense", "MoE", "dense, equal total"].sort((a, b) => loss(a) - loss(b)).join(" · ");
      expect(notebook.printed).toContain(`step ${step}, lowest first: ${order}\n`);
    }
  });

  it("after equally many seconds the mixture is not ahead of its dense twin, but of a dense model as large in total", () => {
    expect(shown["equal active, by the clock"].to).toBeGreaterThanOrEqual(0);
    expect(shown["equal total, by the clock"].to).toBeLessThan(0);
  });

  it("would not hold for the dense twin against itself", () => {
    expect(duels(rows, "dense", "dense").at(-1)).toMatchObject({ mean: 0, decided: false });
  });
});
