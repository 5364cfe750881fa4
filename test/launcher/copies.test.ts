import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { updateCopies } from "../../scripts/start/copies.mjs";
import { command, project } from "./clone.js";

let root: string;
let folders: { originals: string; copies: string };
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), "twinformer-copies-"));
  folders = { originals: path.join(root, "notebooks"), copies: path.join(root, "my-notebooks") };
  mkdirSync(folders.originals);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const cell = (source: string, outputs: object[] = []) => ({ cell_type: "code", source, outputs, metadata: {} });
const notebook = (...cells: object[]) => JSON.stringify({ cells, metadata: {} });
const original = (text: string) => writeFileSync(path.join(folders.originals, "04-routing.ipynb"), text);
const mine = (text: string, name = "04-routing") => writeFileSync(path.join(folders.copies, `${name}.ipynb`), text);
const read = (name = "04-routing") => readFileSync(path.join(folders.copies, `${name}.ipynb`), "utf8");
const names = () => readdirSync(folders.copies).filter((name) => name.endsWith(".ipynb"));
const [first, second, third] = ["1", "2", "3"].map((source) => notebook(cell(source)));

test("the first start copies the notebooks, the next one changes nothing", () => {
  original(first);
  expect([updateCopies(folders), updateCopies(folders)]).toEqual([[], []]);
  expect(read()).toBe(first);
  expect(names()).toEqual(["04-routing.ipynb"]);
});

test("a copy that was only opened is brought up to date: JupyterLab's own marks are no change", () => {
  original(first);
  updateCopies(folders);
  mine(JSON.stringify({ cells: [{ ...cell("1"), source: ["1"], metadata: { trusted: true } }], metadata: { a: 1 } }));
  original(second);
  expect(updateCopies(folders)).toEqual(["Brought up to date, as you had not changed them: 04-routing.ipynb."]);
  expect(read()).toBe(second);
});

test.each([
  ["another line", notebook(cell("mine"))],
  ["an output", notebook(cell("1", [{ output_type: "stream", text: "hours of training" }]))],
  ["one cell less", notebook()],
  ["no notebook at all", "half writt"],
])("a copy with %s is never overwritten: the new original stands beside it, once for each update", (_, text) => {
  original(first);
  updateCopies(folders);
  mine(text);
  expect(updateCopies(folders)).toEqual([]);
  for (const newer of [second, third]) {
    original(newer);
    expect(updateCopies(folders)).toEqual([
      'notebooks/04-routing.ipynb has changed and so has yours: the new one is "04-routing (new original).ipynb", yours is as you left it.',
    ]);
    expect(updateCopies(folders)).toEqual([]);
    expect(read()).toBe(text);
    expect(read("04-routing (new original)")).toBe(newer);
  }
});

test("nor is a new original in which the reader goes on", () => {
  original(first);
  updateCopies(folders);
  mine(notebook(cell("mine")));
  original(second);
  updateCopies(folders);
  const goesOn = notebook(cell("2"), cell("mine"));
  mine(goesOn, "04-routing (new original)");
  original(third);
  expect(updateCopies(folders)[0]).toContain('"04-routing (new original 2).ipynb"');
  expect(read("04-routing (new original)")).toBe(goesOn);
});

test("where what was copied is not known any more, a copy that differs counts as the reader's", () => {
  original(first);
  updateCopies(folders);
  mine(second);
  rmSync(path.join(folders.copies, ".originals.json"));
  expect(updateCopies(folders)).toHaveLength(1);
  expect(read()).toBe(second);
});

test("a file that was deleted comes back; --fresh puts the reader's aside, also a second time", () => {
  original(first);
  updateCopies(folders);
  rmSync(path.join(folders.copies, "04-routing.ipynb"));
  updateCopies(folders);
  expect(read()).toBe(first);
  for (const aside of ["04-routing (mine)", "04-routing (mine 2)"]) {
    mine(second);
    expect(updateCopies({ ...folders, fresh: ["04"] })).toEqual([
      `my-notebooks/04-routing.ipynb is the original again; what was there is now "${aside}.ipynb".`,
    ]);
    expect([read(), read(aside)]).toEqual([first, second]);
  }
  expect(() => updateCopies({ ...folders, fresh: ["99"] })).toThrow("--fresh 99: notebooks/ has 04-routing.ipynb.");
});

test("what the reader made there stays, and what the project drops", () => {
  original(first);
  updateCopies(folders);
  mine(second, "of my own");
  rmSync(path.join(folders.originals, "04-routing.ipynb"));
  expect(updateCopies(folders)).toEqual([]);
  expect(names()).toEqual(["04-routing.ipynb", "of my own.ipynb"]);
});

test("git does not see the copies", async () => {
  if (!existsSync(path.join(project, ".git"))) return;
  const { spawnSync } = await import("node:child_process");
  expect(spawnSync("git", ["check-ignore", "-q", "my-notebooks/00-twins.ipynb"], { cwd: project }).status).toBe(0);
});

test("--fresh together with --folder is one sentence", async () => {
  const run = command(["scripts/start.mjs", "--folder", "notebooks", "--fresh", "04"]);
  expect(await run.code).toBe(1);
  expect(run.output).toBe("npm start: --fresh is about my-notebooks/, so it goes without --folder.\n");
});
