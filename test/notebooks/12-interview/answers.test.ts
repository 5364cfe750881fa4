/** Every number of the interview against the output of the cell that is said to prove it. */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { type Output, read } from "./output.js";
import { evening } from "../../../lib/notebook/interview/interview.js";
import type { Proof, Value } from "../../../lib/notebook/interview/question.js";
import { questions } from "../../../lib/notebook/interview/questions/index.js";
import { filled, valuesOf } from "../../../lib/notebook/interview/words.js";

interface Notebook {
  cells: { id: string; cell_type: string; outputs?: Output[] }[];
}
interface Source {
  id: string;
  cell_type: string;
  source: string[];
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

it("there are more than fifty, and the ids are their own", () => {
  expect(questions.length).toBeGreaterThanOrEqual(50);
  expect(new Set(questions.map(({ id }) => id)).size).toBe(questions.length);
  for (const level of [1, 2, 3]) expect(questions.filter((one) => one.level === level).length).toBeGreaterThan(14);
});

describe("the one-evening path", () => {
  const { facts } = evening() as unknown as { facts: { minutes: number; at: string[] } };
  const sourceOf = (name: string) =>
    (JSON.parse(readFileSync(path.join(root, "notebooks", `${name}.ipynb`), "utf8")) as { cells: Source[] }).cells;
  const isHeading = ({ cell_type: type, source }: Source) => type === "markdown" && source.join("").startsWith("##");
  /** The cells of a stop, from its heading to the note below it. */
  function range(at: string): [number, number] {
    const [cells, id] = [sourceOf(at.split("#")[0]), at.split("#")[1]];
    const own = cells.findIndex((cell) => cell.id === id);
    const first = cells.slice(0, own).findLastIndex(isHeading);
    const hasNote = cells[own + 1].cell_type === "markdown" && !isHeading(cells[own + 1]);
    return [first, hasNote ? own + 2 : own + 1];
  }
  /** 200 words a minute, 12 seconds a line of code that is no import. */
  const minutesOf = (cells: readonly Source[]) =>
    cells.reduce((sum, { cell_type: type, source }) => {
      const text = source.join("");
      if (type === "markdown") return sum + text.split(/\s+/).length / 200;
      return sum + text.split("\n").filter((line) => line.trim() && !line.startsWith("import")).length / 5;
    }, 0);

  it("goes through the notebooks from front to back", () => {
    const places = facts.at.map((at) => {
      const [name, id] = at.split("#");
      return 1000 * Number(name.slice(0, 2)) + sourceOf(name).findIndex((cell) => cell.id === id);
    });
    expect(places).toEqual([...places].sort((a, b) => a - b));
  });

  it("gives each stop the minutes that its words and lines take", () => {
    for (const [i, at] of facts.at.entries()) {
      const [first, end] = range(at);
      const before = facts.at[i - 1]?.split("#")[0] === at.split("#")[0] ? range(facts.at[i - 1])[1] : 0;
      const own = questions.filter(({ proof, evening: minutes }) => proof.at === at && minutes);
      const said = own.reduce((sum, { evening: minutes = 0 }) => sum + minutes, 0);
      const reckoned = minutesOf(sourceOf(at.split("#")[0]).slice(Math.max(first, before), end)) + own.length / 2;
      expect(Math.abs(said - reckoned), `${at}: says ${said}, takes ${reckoned.toFixed(1)}`).toBeLessThanOrEqual(1);
    }
    expect(facts.minutes).toBe(questions.reduce((sum, { evening: minutes = 0 }) => sum + minutes, 0));
  });
});

it("all notebooks that it names are there", () => {
  const named = new Set(
    questions.flatMap(({ proof, wrong }) => [proof.at, wrong.proof.at].map((at) => at.split("#")[0])),
  );
  expect([...named].filter((name) => !existsSync(path.join(root, "notebooks", `${name}.ipynb`)))).toEqual([]);
});
