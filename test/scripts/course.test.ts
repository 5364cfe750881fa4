import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it, test } from "vitest";
import { answersOf, predictions } from "../../scripts/teaching/answers.mjs";

// What stands around the notebooks: the teacher's page and the glossary.
const root = path.resolve(import.meta.dirname, "../..");
const read = (file: string) => readFileSync(path.join(root, file), "utf8");
interface Cell {
  id: string;
  cell_type: string;
  source: string[];
}
const notebooks = readdirSync(path.join(root, "notebooks"))
  .filter((name) => name.endsWith(".ipynb"))
  .map((file) => {
    const { cells } = JSON.parse(read(`notebooks/${file}`)) as { cells: Cell[] };
    return { file, cells, source: new Map(cells.map(({ id, source }) => [id, source.join("")])) };
  });
const cellLinks = (text: string) => [...text.matchAll(/\(\.\.\/notebooks\/([\w-]+\.ipynb)(?:#cell-id=([^)]+))?\)/g)];

test.each(["docs/teaching.md", "docs/glossary.md"])("the links of %s lead to cells that are there", (page) => {
  const links = cellLinks(read(page));
  expect(links.length).toBeGreaterThan(20);
  const broken = links.filter(([, file, cell]) => {
    const notebook = notebooks.find((one) => one.file === file);
    return !notebook || (cell !== undefined && !notebook.source.has(cell));
  });
  expect(broken.map(([link]) => link)).toEqual([]);
  const files = [...read(page).matchAll(/\]\((?!https?:|#|\.\.\/notebooks)([^)#]+)/g)].map(([, file]) => file);
  expect(files.filter((file) => !existsSync(path.join(root, "docs", file)))).toEqual([]);
});

describe("docs/teaching.md", () => {
  const page = read("docs/teaching.md");
  const answers = page.slice(page.indexOf("<!-- npm run teaching, the answers -->"));
  const answered = [...answers.matchAll(/^\*\*\[.*?\]\(\.\.\/notebooks\/([\w-]+\.ipynb)#cell-id=([^)]+)\)\*\*/gm)];

  it.each(notebooks.map(({ file }) => file))("answers every Predict of %s, and nothing else", (file) => {
    const asked = predictions(notebooks.find((one) => one.file === file)!).map(({ cell }) => cell);
    expect(
      answered.filter(([, name]) => name === file).map(([, , cell]) => cell),
      "npm run teaching writes them",
    ).toEqual(asked);
  });

  it("leaves no answer empty, and gives no reader's guess", () => {
    expect(answers).not.toContain("The notebook prints no answer.");
    expect(answers).not.toMatch(/you wrote|: null\b/);
  });
});

test("no cell of a notebook asks the network for anything", () => {
  for (const { file, cells } of notebooks) {
    const code = cells.filter((cell) => cell.cell_type === "code").map(({ source }) => source.join(""));
    expect(code.join("\n"), file).not.toMatch(/\bfetch\(|from "https?:|require\("https?/);
  }
});

test("an answer is what is printed beside the guess, without it", () => {
  const output = (text: string) => ({ name: "stdout", text: [text] });
  const cells = [
    { id: "q", cell_type: "markdown", source: "Text. **Predict:** how many\nare left?\n\nMore." },
    { id: "a", cell_type: "code", source: "", outputs: [output("noise\n")] },
    {
      id: "b",
      cell_type: "code",
      source: "",
      outputs: [output("left: 3 (you wrote null)\nyou wrote { a: null }\n12\n")],
    },
    { id: "q2", cell_type: "markdown", source: "**Predict** the next." },
    { id: "c", cell_type: "code", source: "", outputs: [output("it is 7; you wrote null\n")] },
  ];
  expect(answersOf({ cells })).toEqual([
    { cell: "q", asks: "how many are left?", lines: ["left: 3", "12"] },
    { cell: "q2", asks: "the next.", lines: ["it is 7"] },
  ]);
  expect(answersOf({ cells }, { q: ["a"] })[0].lines).toEqual(["noise"]);
});

describe("docs/glossary.md", () => {
  const parts = read("docs/glossary.md")
    .split(/^#### /m)
    .slice(1);
  const terms = parts.map((part) => {
    const [name, , text] = part.split("\n");
    return { name, text: part.slice(name.length).replace(/\s+/g, " "), first: text };
  });
  /** Words of a term without what says more of it: "Idle expert" is "idle", "Total parameters" is "total". */
  const words = (name: string) => name.toLowerCase().replace(/[*_`]/g, "");

  it("has each term once, in order, with a sentence or two", () => {
    const names = terms.map(({ name }) => name.toLowerCase());
    expect(new Set(names).size).toBe(names.length);
    for (const { name, text } of terms) {
      const said = text.split("First in [")[0];
      expect(said.split(/[.!?:] /).length, name).toBeLessThanOrEqual(4);
      expect(said.split(" ").length, name).toBeLessThanOrEqual(45);
    }
  });

  it("names the cell where the term is", () => {
    for (const { name, text } of terms) {
      const [[, file, cell]] = cellLinks(text);
      const source = notebooks
        .find((one) => one.file === file)!
        .source.get(cell)!
        .toLowerCase();
      const any = words(name).replace(/[()]/g, "").split(/[ ,]+/);
      const isThere = (word: string) => new RegExp(`\\b${word.replace(/s$/, "")}`).test(source);
      expect(any.some(isThere), `${name}: ${file} ${cell}`).toBe(true);
    }
  });

  it("names what the library has", () => {
    const api = read("docs/api.md");
    for (const { name, text } of terms)
      for (const [, code] of text.split("In the library: ")[1].matchAll(/`([A-Za-z]+)/g))
        expect(new RegExp(`\\b${code}\\b`).test(api), `${name}: ${code}`).toBe(true);
  });

  it("has every term that a notebook introduces in bold", () => {
    // In bold for its weight in a sentence: no term.
    const emphasis =
      /^(one|memory|time|opinion|work|uses?|stores?|find|compare|try|look|predict.*|exercise.*|what you.*|below 0 .*|one learning rate.*|solution|hint)$/;
    const known = terms.map(({ name }) => ` ${words(name).replace(/[(),]/g, " ")} `);
    const missing = notebooks.flatMap(({ file, cells }) =>
      cells
        .filter((cell) => cell.cell_type === "markdown")
        .flatMap(({ source }) => [...source.join("").matchAll(/\*\*([^*]+)\*\*/g)].map(([, term]) => term))
        .map((term) =>
          term
            .replace(/\[([^\]]+)\]\([^)]*\)/, "$1") // a link
            .toLowerCase()
            .replace(/[.:,?]+$/, "")
            .trim(),
        )
        .filter((term) => !emphasis.test(term))
        .filter(
          (term) => !known.some((name) => name.includes(` ${term} `) || name.includes(` ${term.replace(/s$/, "")} `)),
        )
        .map((term) => `${file}: ${term}`),
    );
    expect([...new Set(missing)]).toEqual([]);
  });
});
