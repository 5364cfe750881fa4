import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sourceProblems, strip } from "../../../scripts/notebooks/sources.mjs";
import { command } from "../../launcher/clone.js";

// Below the clone, so that imports resolve as in notebooks/.
const folder = path.resolve(import.meta.dirname, "../../../build/test/runner");
const out = path.join(folder, "executed");

/** Notebooks that each fall into one trap of the kernel; a cell that begins with `//!` is tagged raises-exception. */
const traps: Record<string, string[]> = {
  fine: [
    'import { tensor } from "twinformer";\nconsole.log(tensor([1, 2]).shape.join());',
    '//!\nthrow new Error("meant")',
    'console.log("after", process.env.TWINFORMER_SHORT)',
  ],
  typeError: ['const size: number = "a"'],
  throws: ['throw new Error("a bad day")', 'console.log("never")'],
  flood: ["for (let i = 0; i < 5000; i++) console.log(i)", "1"],
  shorthand: [
    "const total = 3;\nlet { active } = { active: 1 };",
    "active++;\nconsole.log(JSON.stringify({ total, active }));",
  ],
  late: [
    'setTimeout(() => void Promise.reject(new Error("too late")), 500)',
    "await new Promise((resolve) => setTimeout(resolve, 1500))",
  ],
  between: ['setTimeout(() => void Promise.reject(new Error("in between")), 0)', "1"],
  raisesNothing: ["//!\n1"],
  exits: ["process.exit(3)"],
};

const cell = (source: string, index: number) => ({
  cell_type: "code",
  id: `cell-${index}`,
  metadata: source.startsWith("//!") ? { tags: ["raises-exception"] } : {},
  execution_count: null,
  outputs: [],
  source,
});
const kernelspec = { name: "tslab", display_name: "TypeScript", language: "typescript" };
const file = (name: string) => path.join(folder, `${name}.ipynb`);
function write(name: string, sources: string[]) {
  const notebook = { cells: sources.map(cell), metadata: { kernelspec }, nbformat: 4, nbformat_minor: 5 };
  writeFileSync(file(name), JSON.stringify(notebook));
}

let output = "";
let code = 0;
beforeAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [name, sources] of Object.entries(traps)) write(name, sources);
  const run = command([
    "scripts/notebooks.mjs",
    ...Object.keys(traps).map(file),
    "--short",
    "--jobs",
    "2",
    "--out",
    out,
  ]);
  code = await run.code;
  output = run.output;
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What the runner said of one notebook: its line and the indented ones below it. */
const said = (name: string) => new RegExp(`^(ok|FAIL) +${name} .*\\n(?: {5}.*\\n)*`, "m").exec(output)?.[0] ?? "";
const executed = (name: string) => readFileSync(path.join(out, `${name}.ipynb`), "utf8");

test("a notebook that does what it should passes, with its seconds, in its short form", () => {
  expect(said("fine")).toMatch(/^ok {3}fine +\d+\.\d s\n$/);
  expect(executed("fine")).toContain('"2\\n"');
});

test("the cells after one that fails on purpose are run, where the bare kernel skips them", () => {
  expect(executed("fine")).toContain('"after 1\\n"');
});

test.each([
  ["typeError", /cell 1 \(const size: number = "a"\) failed:\n.*Type 'string' is not assignable to type 'number'/],
  ["throws", /cell 1 \(throw new Error\("a bad day"\)\) failed:[^]*Error: a bad day/],
  ["late", /wrote to stderr:\n.*Error: too late/],
  ["between", /cell 1 .* wrote to stderr:\n.*Error: in between/],
  ["raisesNothing", /is tagged raises-exception and raised none/],
  ["exits", /the kernel died/],
])("%s fails and the reason is said", (name, reason) => {
  expect(said(name)).toMatch(/^FAIL/);
  expect(said(name)).toMatch(reason);
});

test("the command fails, and counts", () => {
  expect(output).toMatch(/3 passed, 6 failed;/);
  expect(code).toBe(1);
});

test("a cell that floods the kernel loses nothing", () => {
  expect(said("flood")).toMatch(/^ok/);
  const { cells } = JSON.parse(executed("flood")) as { cells: { outputs: { text: string[] }[] }[] };
  const lines = cells[0].outputs.flatMap(({ text }) => text).join("");
  expect(lines).toBe(Array.from({ length: 5000 }, (_, i) => `${i}\n`).join(""));
});

test("properties in shorthand find the variables of earlier cells", () => {
  expect(said("shorthand")).toMatch(/^ok/);
  expect(executed("shorthand")).toContain(String.raw`{\"total\":3,\"active\":2}`);
});

test(
  "without the repairs of our kernel, both fail: the runner sees output that was lost",
  { timeout: 120_000 },
  async () => {
    const args = ["scripts/notebooks.mjs", file("flood"), file("shorthand"), "--jobs", "2", "--out", `${out}-plain`];
    const run = command(args, { TWINFORMER_PLAIN_TSLAB: "1", TWINFORMER_LOST_SECONDS: "5" });
    expect(await run.code).toBe(1);
    expect(run.output).toMatch(/output was lost: a cell flooded the kernel/);
    expect(run.output).toMatch(/ReferenceError: total is not defined/);
  },
);

test("the page of a notebook loads nothing from another address", () => {
  const html = readFileSync(path.join(out, "fine.html"), "utf8");
  expect(html).toContain("after 1");
  expect(html).not.toMatch(/<(script|link|img|iframe)[^>]+(src|href)=["']?https?:/i);
  expect(html).not.toMatch(/@import|url\(["']?https?:/i);
});

test("--pages makes the page of an executed copy anew: its heading is the title, and links lead to other pages", async () => {
  const text = [
    "# The twins & more",
    "[next](01-tensors.ipynb#a), [this](fine.ipynb), [there](https://example.org/a.ipynb)",
  ];
  const cells = [
    { cell_type: "markdown", id: "words", metadata: {}, source: text.join("\n\n") },
    {
      ...cell("1", 0),
      outputs: [{ output_type: "stream", name: "stdout", text: `short\n${"a long line ".repeat(20)}` }],
    },
    { ...cell("2", 1), outputs: [{ output_type: "stream", name: "stdout", text: "a < b" }] },
  ];
  writeFileSync(
    path.join(out, "links.ipynb"),
    JSON.stringify({ cells, metadata: { kernelspec }, nbformat: 4, nbformat_minor: 5 }),
  );
  const run = command(["scripts/notebooks.mjs", file("links"), "--pages", "--out", out]);
  expect(await run.code).toBe(0);
  const html = readFileSync(path.join(out, "links.html"), "utf8");
  expect(html).toContain("<title>The twins &amp; more</title>");
  expect([...html.matchAll(/<a href="([^#"][^"]*)"/g)].map(([, to]) => to)).toEqual([
    "01-tensors.html#a",
    "fine.html",
    "https://example.org/a.ipynb",
  ]);
  expect(html).toContain("<pre>a &lt; b</pre>");
  expect(html).toContain('<pre class="wraps">short\n'); // no screen has room for its lines
});

test("a name that no notebook has is one sentence", async () => {
  const run = command(["scripts/notebooks.mjs", "99-nothing"]);
  expect(await run.code).toBe(1);
  expect(run.output).toMatch(/^There is no notebook "99-nothing": notebooks\/ has .+\.\n$/);
});

test("a source that was saved with outputs is a problem, and --strip mends it", () => {
  const source = JSON.parse(executed("fine")) as { cells: { source: string | string[] }[] };
  writeFileSync(file("saved"), JSON.stringify(source));
  expect(sourceProblems(file("saved")).join()).toMatch(
    /saved with the outputs of 3 cells: run npm run notebooks -- --strip/,
  );
  strip(file("saved"));
  expect(sourceProblems(file("saved"))).toEqual([]);
  const stripped = JSON.parse(readFileSync(file("saved"), "utf8")) as typeof source;
  expect(stripped.cells.map((c) => c.source)).toEqual(source.cells.map((c) => c.source));
  expect(JSON.stringify(stripped)).toContain("raises-exception");
});

/** A file where a folder should be: nobody can write there, not even the superuser. */
test.each([
  [file("fine"), "EEXIST"],
  [path.join(file("fine"), "out"), "ENOTDIR"],
])("--out %s is one sentence, at once", async (to, reason) => {
  const run = command(["scripts/notebooks.mjs", file("fine"), "--out", to]);
  expect(await run.code).toBe(1);
  expect(run.output).toBe(
    `npm run notebooks: cannot write in ${to} (${reason}): name another folder with --out DIR.\n`,
  );
});

/** A program whose files may have so many kilobytes, as on a disk with little room left: writing more fails half-way. */
const short = (kilobytes: number, ...program: string[]) =>
  spawnSync("sh", ["-c", `ulimit -f ${2 * kilobytes}; exec "$@"`, "sh", ...program], {
    cwd: scripts,
    encoding: "utf8",
  });
const scripts = path.resolve(import.meta.dirname, "../../../scripts/notebooks");

test("a disk that is full leaves the earlier copies as they were, both of them, and nothing beside them", () => {
  const full = path.join(folder, "full");
  mkdirSync(full);
  for (const name of ["a.ipynb", "a.html"]) writeFileSync(path.join(full, name), `earlier ${name}`);
  const program = `
from pathlib import Path
from files import replace_all
replace_all({Path("${full}/a.ipynb"): "new", Path("${full}/a.html"): "x" * LENGTH})`;
  const write = (length: number) => short(100, "python3", "-c", program.replace("LENGTH", `${length}`));
  expect(write(300_000).stderr).toMatch(/OSError: .*File too large/);
  expect(readdirSync(full).sort()).toEqual(["a.html", "a.ipynb"]);
  expect(readFileSync(path.join(full, "a.ipynb"), "utf8")).toBe("earlier a.ipynb");
  expect(readFileSync(path.join(full, "a.html"), "utf8")).toBe("earlier a.html");
  expect(write(30_000).status).toBe(0);
  expect(readFileSync(path.join(full, "a.ipynb"), "utf8")).toBe("new");
  expect(readdirSync(full)).toHaveLength(2);
});

test("where the executed copies cannot be written, the runner says so in one sentence and keeps the earlier ones", () => {
  const full = path.join(folder, "full-run");
  mkdirSync(full);
  for (const name of ["wordy.ipynb", "wordy.html"]) writeFileSync(path.join(full, name), `earlier ${name}`);
  // Both copies get 300 kB of output; all that the kernel itself writes is less than 100.
  write("wordy", ['console.log("x".repeat(300_000))']);
  const args = ["scripts/notebooks.mjs", file("wordy"), "--short", "--out", full];
  const limited = spawnSync("sh", ["-c", 'ulimit -f 200; exec "$@"', "sh", process.execPath, ...args], {
    cwd: path.resolve(import.meta.dirname, "../../.."),
    encoding: "utf8",
  });
  expect(limited.stdout).toMatch(
    /^FAIL wordy .*\n {5}could not write the executed copies to .*, so the earlier ones are kept: File too large\n/,
  );
  expect(limited.stdout + limited.stderr).not.toContain("Traceback");
  expect(limited.status).toBe(1);
  for (const name of ["wordy.ipynb", "wordy.html"])
    expect(readFileSync(path.join(full, name), "utf8")).toBe(`earlier ${name}`);
});

test("a full disk leaves the source that --strip would rewrite as it was", () => {
  const long = path.join(folder, "long.ipynb");
  writeFileSync(
    long,
    JSON.stringify({ cells: [{ ...cell("x".repeat(300_000), 0), execution_count: 3 }], metadata: {} }),
  );
  const before = readFileSync(long, "utf8");
  const run = short(100, process.execPath, path.resolve(scripts, "../notebooks.mjs"), long, "--strip");
  expect(run.status).toBe(1);
  expect(run.stderr).toMatch(/^EFBIG: file too large, write\n$/);
  expect(readFileSync(long, "utf8")).toBe(before);
  expect(readdirSync(folder).filter((name) => name.includes("long"))).toEqual(["long.ipynb"]);
});

test("a source for another kernel is a problem", () => {
  const text = readFileSync(file("fine"), "utf8").replace('"tslab"', '"python3"');
  writeFileSync(file("python"), text);
  expect(sourceProblems(file("python"))).toEqual(['python.ipynb names the kernel "python3": it should be "tslab"']);
});
