import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { executed } from "./executed.js";

interface Facts {
  parts: Record<string, boolean>;
  numbers: Record<string, number | string>;
}
interface Cell {
  id: string;
  cell_type: string;
  source: string[];
}
const notebook = executed("14-myths");
const decoded = (text: string) => text.replaceAll("&quot;", '"').replaceAll("&#39;", "'").replaceAll("&amp;", "&");
const shown = [...notebook.html.matchAll(/data-myth="(\w+)" data-facts="([^"]*)"/g)].map(([, verdict, facts]) => ({
  verdict,
  ...(JSON.parse(decoded(facts)) as Facts),
}));
const file = path.resolve(import.meta.dirname, "../../notebooks/14-myths.ipynb");
const { cells } = JSON.parse(readFileSync(file, "utf8")) as { cells: Cell[] };
const myths = cells.filter(({ cell_type: type, source }) => type === "code" && source.join("").includes("myth({"));
const of = Object.fromEntries(myths.map(({ id }, i) => [id, shown[i]]));

describe("every myth", () => {
  it("has its heading, its sentence with a source or a word that there is none, and its verdict", () => {
    expect(myths.length).toBeGreaterThanOrEqual(12);
    expect(shown).toHaveLength(myths.length);
    for (const { id } of myths) {
      const text = cells[cells.findIndex((cell) => cell.id === id) - 1].source.join("");
      expect(text).toMatch(/^## \w/);
      expect(text).toMatch(/https:\/\/|newsletter|without an address|without one address|could not read/);
    }
    const headings = cells.flatMap(({ source }) => /^## (.+)$/m.exec(source.join(""))?.[1] ?? []);
    expect(new Set(headings).size).toBe(headings.length);
  });

  it.each(Object.entries(of))("%s: the verdict is that of its parts", (_, { verdict, parts }) => {
    const all = Object.values(parts);
    const word = all.every(Boolean) ? "holds" : all.some(Boolean) ? "half" : "breaks";
    expect(verdict).toBe(word);
  });

  it("has the verdict that other computations give", () => {
    const broken = Object.keys(of).filter((id) => of[id].verdict === "breaks");
    expect(broken).toEqual(
      ["fourteen", "fifty-six", "weighted-sum", "memory", "mask", "guarantee", "capacity-cure", "entropy"], // prettier-ignore
    );
    // The recap says: none holds, some break, more are half true.
    expect(Object.values(of).filter(({ verdict }) => verdict === "half")).toHaveLength(myths.length - broken.length);
    expect(broken.length).toBeLessThan(myths.length / 2);
  });
});

describe("by hand", () => {
  const number = (id: string, name: string) => of[id].numbers[name] as number;

  it("counts", () => {
    const [D, F, L, V] = [4096, 14_336, 32, 32_000];
    const shared = L * (2 * D * D + 2 * D * 1024 + 10 * D) + 2 * V * D + D;
    const experts = L * 3 * D * F;
    expect(number("fifty-six", "shared by the eight")).toBeCloseTo(shared / 1e9, 9);
    expect(number("fourteen", "at work")).toBeCloseTo((shared + 2 * experts) / 1e9, 9);
    expect(number("share", "Mixtral's share")).toBeCloseTo((shared + 2 * experts) / (shared + 8 * experts), 9);
    const mistral = shared - L * 8 * D + experts;
    expect(number("every-parameter", "share that a token does not read")).toBeCloseTo(((V - 1) * D) / mistral, 9);
    expect(number("memory", "GB of all")).toBeCloseTo((2 * (shared + 8 * experts)) / 1e9, 6);
    const gpt3 = 174_604_259_328;
    expect(number("copies", "TB, copies")).toBeCloseTo((100 * 2 * gpt3) / 1e12, 6);
    expect(number("copies", "TB, adapters")).toBeCloseTo((2 * gpt3 + 100 * 2 * 18_874_368) / 1e12, 6);
  });

  it("chances and losses", () => {
    expect(number("per-step", "eight")).toBeCloseTo(1 - 0.75 ** 8, 9);
    const [f, P] = [[0.6, 0.4], [0.6 * 0.51, 0.6 * 0.49 + 0.4]]; // prettier-ignore
    expect(number("minimum", "its loss")).toBeCloseTo(2 * (f[0] * P[0] + f[1] * P[1]), 5);
    expect(number("entropy", "fair shares of the busiest")).toBeCloseTo(0.21 * 64, 9);
    expect(of.guarantee.numbers["dead experts of 8"]).toBe("7, 7, 7, 7"); // alone, and all at once
    expect(Object.keys(of["per-step"].numbers)).toEqual(["one token", "eight", "sixty-four"]);
    expect(number("weighted-sum", "with those at work")).toBeCloseTo(number("weighted-sum", "two Mistrals"), 2);
    expect(of["next-best"].numbers["with drop"]).toBe("kept, kept, dropped, dropped");
  });
});
