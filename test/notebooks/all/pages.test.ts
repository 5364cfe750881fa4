import path from "node:path";
import { parseHTML } from "linkedom";
import { describe, expect, test } from "vitest";
import { claimed, claimIds } from "../../../lib/notebook/claims/ledger.js";
import { claimPages, mythPages, mythsOf } from "../../../scripts/site/made/claims.js";
import { cellsOf, claimRuns, mythRuns, textsOf } from "../../../scripts/site/made/runs.js";
import { notebookFiles } from "../../../scripts/site/executed.mjs";
import { executed } from "../executed.js";

const notebooks = notebookFiles().map((file) => {
  const name = path.basename(file, ".ipynb");
  return { name, title: name, executed: path.resolve(import.meta.dirname, `../../../build/notebooks/${name}.ipynb`) };
});
const cells = cellsOf(notebooks);
const runs = claimRuns(cells);
const pages = new Map(claimPages(runs, new Map()).map((page) => [page.href, page]));

describe("the page of claim", () => {
  test.each(claimIds)("%s says what its notebooks say", (id) => {
    const own = notebooks.filter(({ name }) => executed(name).html.includes(`data-claim="${id}"`));
    expect(own.length).toBeGreaterThan(0);
    const said = new Set(own.map(({ name }) => executed(name).verdict(id)));
    expect(said.size).toBe(1);
    const { document } = parseHTML(`<html><body>${pages.get(`claims/${id}.html`)!.main.text}</body></html>`);
    expect(document.querySelector(".verdict")!.getAttribute("data-verdict")).toBe([...said][0]);
    expect(document.querySelector("h1")!.textContent).toBe(claimed(id).words);
    for (const { name } of own) expect(document.body.innerHTML).toContain(`../${name}.html#cell-id=`);
    for (const { numbers, parts } of runs.get(id)!) expect(numbers.length > 0 || parts !== "").toBe(true);
  });
});

test("myths have their words and what came of them", () => {
  const own = notebooks.filter(({ name }) => name === "14-myths");
  const myths = mythsOf(mythRuns(cellsOf(own)), new Map(own.flatMap((notebook) => [...textsOf(notebook)])));
  expect(myths.length).toBe((executed("14-myths").html.match(/data-myth="/g) ?? []).length);
  for (const { title, words, run } of myths) {
    expect(words.length, title).toBeGreaterThan(40);
    expect(run.parts, title).toMatch(/^[✓✗] /);
  }
  expect(new Set(mythPages(myths).map(({ href }) => href)).size).toBe(myths.length);
});
