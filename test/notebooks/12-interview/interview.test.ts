import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { questions } from "../../../lib/notebook/interview/questions/index.js";
import { quiz } from "../../../lib/notebook/interview/quiz.js";
import { executed } from "../executed.js";

const notebook = executed("12-interview");
const tables = notebook.figures("table") as Record<string, number | string>[][];
const root = path.resolve(import.meta.dirname, "../../..");

describe("E3, which wins?", () => {
  const { wins, others, missing } = notebook.claimed<{ wins: string[]; others: string[]; missing: number }>("E3");
  interface Row {
    contender: string;
    seed: number;
    step: number;
    seconds: number;
    valLoss: number;
  }
  const { rows } = JSON.parse(readFileSync(path.join(root, "assets/labs/twins.json"), "utf8")) as { rows: Row[] };
  const mean = (all: number[]): number => all.reduce((a, b) => a + b) / all.length;
  /** t of 95 % for four degrees of freedom: five seeds. */
  const T95 = 2.776;

  it("says by step what the recorded rows say, seed by seed", () => {
    for (const [size, other] of [
      ["equal active size", "dense"],
      ["equal total size", "dense, equal total"],
    ]) {
      const last = Math.max(...rows.map(({ step }) => step));
      const of = (who: string, seed: number) =>
        rows.find((row) => row.contender === who && row.step === last && row.seed === seed)!.valLoss;
      const seeds = [...new Set(rows.map(({ seed }) => seed))];
      const differences = seeds.map((seed) => of("MoE", seed) - of(other, seed));
      const deviation = Math.sqrt(
        differences.reduce((sum, d) => sum + (d - mean(differences)) ** 2, 0) / (differences.length - 1),
      );
      const high = mean(differences) + (T95 * deviation) / Math.sqrt(differences.length);
      expect(wins.includes(`${size}, equal steps`)).toBe(high < 0);
    }
  });

  it("counts four contracts, and finds the cell of every answer", () => {
    expect([...wins, ...others]).toHaveLength(4);
    expect(others).toEqual(["equal active size, equal seconds"]);
    expect(missing).toBe(0);
    expect(notebook.html).toContain(`questions <b>${questions.length}</b>`);
    expect(notebook.html).toContain(`proofs <b>${2 * questions.length}</b>`);
    // By other means: no cell of the notebooks has another name than the data say.
    for (const { proof } of questions) {
      const [name, cell] = proof.at.split("#");
      expect(readFileSync(path.join(root, "notebooks", `${name}.ipynb`), "utf8")).toContain(`"id": "${cell}"`);
    }
  });
});

describe("what is proven here, by hand", () => {
  const row = (first: string) => tables.flat().find((one) => Object.values(one)[0] === first)!;

  it("sizes of Mixtral", () => {
    const [D, F, L, V] = [4096, 14_336, 32, 32_000];
    const attention = 2 * D * D + 2 * D * 1024;
    const shared = L * (attention + 8 * D + 2 * D) + 2 * V * D + D;
    expect(row("two experts").parameters).toBe(2 * L * 3 * D * F);
    expect(row("shared").parameters).toBe(shared);
    expect(row("counted twice").parameters).toBe(shared - L * 8 * D); // Mistral has no routers
    expect(row("Mixtral-8x7B").ofParameters).toBeCloseTo(
      (shared + 2 * L * 3 * D * F) / (shared + 8 * L * 3 * D * F),
      9,
    );
    expect(row("a key for each head").cache).toBe(2 * 2 * L * 4096 * 4096);
    expect(row("64 narrow").sets).toBe(4_426_165_368);
    const lora = (inputs: number, outputs: number) => 16 * (inputs + outputs);
    expect(row("attention").total).toBe(L * (lora(D, D) + lora(D, 1024)));
    const [all] = tables.flat().filter((one) => one.where === "all experts");
    expect(all.total).toBe(L * 8 * 3 * lora(D, F));
    expect(all.active).toBe(L * 2 * 3 * lora(D, F));
  });

  it("the spread of a fair load is the square root of (E - 1) / N", () => {
    const rows = tables.find((one) => "cv" in one[0] && "tokens" in one[0])! as Record<string, number>[];
    for (const { tokens, cv } of rows) expect(cv).toBeCloseTo(Math.sqrt(7 / tokens), 9);
  });

  it("rows leave their device as the formula says, up to chance", () => {
    for (const { devices, measured } of tables.find((one) => "measured" in one[0])! as Record<string, number>[])
      expect(Math.abs(measured - (1 - 1 / devices))).toBeLessThan(4 * Math.sqrt(0.25 / 8192));
  });

  it("an even load gives 1 for any number of experts; a null expert saves its rows", () => {
    for (const one of tables.find((rows) => "Σ f · P" in rows[0])! as Record<string, number>[])
      expect(one["Σ f · P"]).toBeCloseTo(1 / one.experts, 9);
    const [, none, single, both] = /(\d+), (\d+), (\d+) of 1024 tokens/.exec(notebook.printed)!.map(Number);
    expect(none + single + both).toBe(1024);
    expect(notebook.printed).toContain(`${single + 2 * both} rows computed`);
  });
});

describe("the pages", () => {
  it("show all questions, folded, with their proofs", () => {
    for (const { id, proof, question } of questions) {
      expect(notebook.html).toContain(`data-question="${id}"`);
      expect(question.length).toBeLessThan(160);
      const [name, cell] = proof.at.split("#");
      expect(notebook.html).toContain(`href="${name}.ipynb#cell-id=${cell}"`);
    }
    expect(notebook.html).not.toMatch(/\{\w+\}(?!<)/);
  });

  it("draws ten questions, and waits for the answers", () => {
    const drawn = quiz(1).questions;
    for (const { question } of drawn) expect(notebook.html).toContain(question.slice(0, 20));
    expect(notebook.html).toContain(`0 of ${drawn.filter(({ ask }) => ask).length} numbers are right`);
  });

  it("shows ten patients, whose diagnoses are open, and keeps the museum closed", () => {
    const names = Array.from({ length: 10 }, (_, i) => `patient ${i + 1}`);
    expect(notebook.exercises()).toEqual(Object.fromEntries(names.map((name) => [name, "open"])));
    for (const name of names) expect(notebook.html).toContain(name);
    expect(notebook.printed).toContain("first try the patients");
  });
});
