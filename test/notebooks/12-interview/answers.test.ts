/** Every number of the interview against the output of the cell that is said to prove it. */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { type Output, read } from "./output.js";
import type { Proof, Value } from "../../../lib/notebook/interview/question.js";
import { questions } from "../../../lib/notebook/interview/questions/index.js";
import { filled, valuesOf } from "../../../lib/notebook/interview/words.js";

interface Notebook {
  cells: { id: string; cell_type: string; outputs?: Output[] }[];
}
const root = path.resolve(import.meta.dirname, "../../..");
const opened = new Map<string, Notebook>();
function notebook(name: string): Notebook {
  const file = path.join(root, "build/notebooks", `${name}.ipynb`);
  if (!opened.has(name)) opened.set(name, JSON.parse(readFileSync(file, "utf8")) as Notebook);
  return opened.get(name)!;
}

function agrees(found: unknown, wanted: Value): boolean {
  if (typeof found === "number" && "above" in wanted) return found > wanted.above;
  if (typeof found === "number" && "below" in wanted) return found < wanted.below;
  if (!("is" in wanted)) return false;
  if (typeof found !== "number" || typeof wanted.is !== "number") return found === wanted.is;
  // Numbers that were rounded in the output are equal to the digits that it shows.
  return Math.abs(found - wanted.is) <= (wanted.within ?? 1e-9 * Math.abs(wanted.is));
}

function expectProven({ at, values }: Proof): void {
  const [name, id] = at.split("#");
  const cell = notebook(name).cells.find((one) => one.id === id);
  expect(cell?.cell_type, `${at} is no cell`).toBe("code");
  for (const [what, value] of Object.entries(values)) {
    const found = read(cell!.outputs ?? [], value);
    expect(
      agrees(found, value),
      `${at}: ${what} is ${JSON.stringify(found)}, the data say ${JSON.stringify(value)}`,
    ).toBe(true);
  }
}

describe.each(questions)("$id", (question) => {
  const { proof, wrong, ask } = question;
  it("its answer is what the cell shows", () => expectProven(proof));
  it("the wrong answer is refuted by a cell", () => expectProven(wrong.proof));

  it("names values that it has, and no number that it has not", () => {
    const texts = [question.answer, question.then.answer, wrong.but];
    for (const text of texts) expect(filled(question, text)).not.toMatch(/[{}]/);
    if (ask) expect(valuesOf(question)).toHaveProperty(ask.value);
    expect(Object.keys(proof.values).length).toBeGreaterThan(0);
    expect(Object.keys(wrong.proof.values).length).toBeGreaterThan(0);
    const both = Object.keys(proof.values).filter((name) => name in wrong.proof.values);
    expect(both).toEqual([]);
  });
});

it("there are more than fifty, the ids are their own, and the evening takes about seventy minutes", () => {
  expect(questions.length).toBeGreaterThanOrEqual(50);
  expect(new Set(questions.map(({ id }) => id)).size).toBe(questions.length);
  for (const level of [1, 2, 3]) expect(questions.filter((one) => one.level === level).length).toBeGreaterThan(14);
  const minutes = questions.reduce((sum, { evening = 0 }) => sum + evening, 0);
  expect(Math.abs(minutes - 70)).toBeLessThanOrEqual(2);
});

it("all notebooks that it names are there", () => {
  const named = new Set(
    questions.flatMap(({ proof, wrong }) => [proof.at, wrong.proof.at].map((at) => at.split("#")[0])),
  );
  expect([...named].filter((name) => !existsSync(path.join(root, "notebooks", `${name}.ipynb`)))).toEqual([]);
});
