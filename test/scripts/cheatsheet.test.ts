import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { titleOf } from "../../scripts/docs/pdf.mjs";

// docs/cheatsheet.svg is read as a reader would, and its numbers are computed in other ways than scripts/docs/cheatsheet.ts does.
const root = path.resolve(import.meta.dirname, "../..");
const svg = readFileSync(path.join(root, "docs/cheatsheet.svg"), "utf8");
const texts = [...svg.matchAll(/<text[^>]*>([^<]*)/g)].map(([, text]) =>
  text.replaceAll("&gt;", ">").replaceAll("&lt;", "<").replaceAll("&amp;", "&"),
);
/** The cells that stand behind the one with these words. */
function after(first: string, count: number): string[] {
  const i = texts.indexOf(first);
  expect(i, first).toBeGreaterThanOrEqual(0);
  return texts.slice(i + 1, i + 1 + count);
}
const number = (text: string) => Number(text.replace("−", "-").replace(/[^\d.+-]/g, ""));
const mean = (all: readonly number[]) => all.reduce((a, b) => a + b, 0) / all.length;

it("is one page of A4, in letters that can be read on paper", () => {
  expect(svg).toMatch(/^<svg[^>]* width="794" height="1123"/);
  const sizes = [...svg.matchAll(/font-size="([\d.]+)"/g)].map(([, size]) => Number(size));
  expect(Math.min(...sizes)).toBeGreaterThanOrEqual(9); // px: 6.75 points
  const lowest = [...svg.matchAll(/translate\([\d.]+ ([\d.]+)\)/g)].map(([, y]) => Number(y));
  expect(Math.max(...lowest)).toBeLessThan(1123);
});

describe("models", () => {
  it("have the counts that their shapes give", () => {
    // Mixtral: 32 layers of attention, 8 experts, router and norms; embedding, head and a norm.
    const layer = 2 * 4096 * 4096 + 2 * 4096 * 1024 + 8 * 4096 + 2 * 4096;
    const rest = 32 * layer + 2 * 32000 * 4096 + 4096;
    const expert = 3 * 4096 * 14336;
    const [total, active] = [rest + 32 * 8 * expert, rest + 32 * 2 * expert];
    expect(after("Mixtral-8x7B", 5)).toEqual([
      `${(total / 1e9).toPrecision(3)} B`,
      `${(active / 1e9).toPrecision(3)} B`,
      `${((100 * active) / total).toFixed(1)} %`,
      "2 of 8",
      `${((2 * total) / 1e9).toFixed(0)} GB`,
    ]);
    const mistral = rest - 32 * 8 * 4096 + 32 * expert;
    expect(after("Mistral-7B", 5)).toEqual([
      ...[`${(mistral / 1e9).toPrecision(3)} B`, `${(mistral / 1e9).toPrecision(3)} B`, "100 %", "dense"],
      `${((2 * mistral) / 1e9).toFixed(0)} GB`,
    ]);
  });

  it("have what their makers published", () => {
    for (const [name, total, active] of [
      ...([["DeepSeek-V3", 671, 37] as const, ["Qwen3-30B-A3B", 30.5, 3.3], ["gpt-oss-120b", 117, 5.1]] as const),
      ...([["OLMoE-1B-7B", 6.9, 1.3] as const, ["Mixtral-8x22B", 141, 39]] as const),
    ]) {
      const [all, working] = after(name, 2).map(number);
      expect(Math.abs(all / total - 1), name).toBeLessThan(0.01);
      // Some leave the input embedding out.
      expect(Math.abs(working / active - 1), name).toBeLessThan(0.13);
    }
  });
});

it("the balance loss of the three loads is what the formula gives", () => {
  expect(after("even", 1)).toEqual([(2 * (0.5 * 0.5 + 0.5 * 0.5)).toFixed(3)]);
  expect(after("all tokens sure of one expert", 1)).toEqual(["2.000"]);
  const below = 2 * (0.6 * (0.6 * 0.51) + 0.4 * (0.6 * 0.49 + 0.4));
  expect(texts).toContain(below.toFixed(3));
});

it("what chance drops is what the binomial distribution says", () => {
  const logs = [0];
  for (let n = 1; n <= 128; n++) logs.push(logs[n - 1] + Math.log(n));
  const probability = (x: number) =>
    Math.exp(logs[128] - logs[x] - logs[128 - x] + x * Math.log(1 / 8) + (128 - x) * Math.log(7 / 8));
  for (const factor of [1, 1.25, 1.5]) {
    const places = Math.ceil((factor * 128) / 8);
    let over = 0;
    for (let x = places + 1; x <= 128; x++) over += (x - places) * probability(x);
    expect(svg).toMatch(new RegExp(`>${places}</text><text[^>]*>${((100 * over) / 16).toFixed(2)} %<`));
  }
});

it("the coverage is 1 − (1 − k/E)^B, and no share is rounded to all", () => {
  for (const batch of [1, 2, 4, 8, 16])
    expect(after(`${batch} token${batch > 1 ? "s" : ""}`, 1)).toEqual([`${(100 * (1 - 0.75 ** batch)).toFixed(1)} %`]);
  expect(after("32 tokens", 1)).toEqual(["> 99.9 %"]);
});

it("who wins is what the recorded runs say", () => {
  interface Row {
    contender: string;
    seed: number;
    step: number;
    valLoss: number;
  }
  const { rows } = JSON.parse(readFileSync(path.join(root, "assets/labs/twins.json"), "utf8")) as { rows: Row[] };
  const last = Math.max(...rows.map(({ step }) => step));
  const of = (contender: string, seed: number) =>
    rows.find((row) => row.contender === contender && row.seed === seed && row.step === last)!.valLoss;
  const seeds = [...new Set(rows.map(({ seed }) => seed))];
  for (const [contract, other] of [
    ["equal active, equal steps", "dense"],
    ["equal total, equal steps", "dense, equal total"],
  ]) {
    const minus = seeds.map((seed) => of("MoE", seed) - of(other, seed));
    const [average, low, high, winner] = after(contract, 4);
    expect(number(average)).toBeCloseTo(mean(minus), 3);
    expect([number(low), number(high)]).toEqual(
      [Math.min(...minus), Math.max(...minus)].map((x) => Number(x.toFixed(3))),
    );
    expect(winner).toBe(Math.max(...minus) < 0 ? "MoE" : Math.min(...minus) > 0 ? "dense" : "open");
  }
  const [average, , , winner] = after("equal active, equal seconds", 4);
  expect(winner).toBe(number(average) < 0 ? "MoE" : "dense");
});

it("the remedies are those of the recorded runs", () => {
  interface Row {
    start: string;
    remedy: string;
    effective: number;
    collapsed: boolean;
  }
  const { rows } = JSON.parse(readFileSync(path.join(root, "assets/labs/collapse.json"), "utf8")) as { rows: Row[] };
  for (const remedy of ["none", "mask", "noise", "switch", "z", "bias", "nextBest", "drop"]) {
    const own = rows.filter((row) => row.start === "biased" && row.remedy === remedy);
    const collapsed = own.filter((row) => row.collapsed).length;
    expect(after(remedy, 2)).toEqual([
      mean(own.map((row) => row.effective)).toFixed(1),
      `${collapsed} of ${own.length}`,
    ]);
  }
});

it("the PDF is one page, of this picture", () => {
  const pdf = readFileSync(path.join(root, "docs/cheatsheet.pdf"), "latin1");
  expect(pdf).toContain(`/Title (${titleOf(svg)})`);
  expect(pdf.match(/\/Type ?\/Page\b/g)).toHaveLength(1);
  expect(pdf).not.toMatch(/\(D:(?!20000101000000)/);
});
