import { readdirSync } from "node:fs";
import * as files from "node:fs/promises";
import path from "node:path";
import ts from "typescript";
import { describe, expect, test } from "vitest";
import * as account from "../../lib/account/index.js";
import * as cost from "../../lib/cost/index.js";
import * as engine from "../../lib/index.js";
import * as models from "../../lib/models/index.js";
import * as moe from "../../lib/moe/index.js";
import * as notebook from "../../lib/notebook/index.js";
import * as parallel from "../../lib/parallel/index.js";
import * as plot from "../../lib/plot/index.js";
import { examples, shown } from "../../scripts/docs/gallery.js";

const all = await examples();
/** Exported, and no figure. */
const others = ["Figure", "HtmlFigure", "KnobsFigure", "readLoad", "readLog", "readRouter", "readTable"];

const modules: Readonly<Record<string, object>> = {
  ...{ twinformer: engine, "twinformer/account": account, "twinformer/cost": cost, "twinformer/moe": moe },
  ...{ "twinformer/models": models, "twinformer/notebook": notebook, "twinformer/parallel": parallel },
  ...{ "twinformer/plot": plot, "node:fs/promises": files },
};

/** What the code of an example makes, run as it is shown: types left out, imports from these modules. */
async function made(code: string): Promise<plot.Figure | plot.HtmlFigure> {
  const target = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true };
  const js = ts
    .transpileModule(code, { compilerOptions: target })
    .outputText.replace(/^import (\{[^}]*\}) from ("[^"]+");/gm, "const $1 = packages[$2];");
  const AsyncFunction = (async () => {}).constructor as FunctionConstructor;
  const run = new AsyncFunction("packages", `${js}\nreturn figure;`) as (given: object) => Promise<plot.Figure>;
  return await run(modules);
}

test("every figure has one example in the gallery, named as it is: a file in a folder of test/plot/gallery", () => {
  const names = Object.keys(plot).filter((name) => !others.includes(name));
  expect(all.map(({ name }) => name).sort()).toEqual(names.sort());
});

describe.each(all)("$name", ({ name, code, figure }) => {
  test("is drawn without options that it could do without, and says its numbers", () => {
    expect(figure.description.length).toBeGreaterThan(20);
    expect(figure.description).not.toMatch(/NaN|undefined/);
    expect(figure.html().length).toBeLessThan(300_000);
    if (figure instanceof plot.Figure)
      for (const theme of ["light", "dark"] as const) expect(figure.svg(theme).length).toBeLessThan(60_000);
  });

  test("has code that a reader can run: no path of the clone, no helper of the tests", () => {
    expect(code).toContain(`${name}(`);
    expect(code).not.toMatch(/\.\.\/|\bfile\(|\blab[<(]|\bTextDecoder\b/);
    expect(code).toMatch(/from "twinformer\/plot"/);
    expect(code.split("\n").length).toBeLessThan(30);
  });

  test("makes that very figure where its code is run as it is shown", async () => {
    // The text of a function, which a page gets, is another one for each compiler.
    const drawn = (one: plot.Figure | plot.HtmlFigure) => (one instanceof plot.KnobsFigure ? one.at() : one).toString();
    expect(drawn(await made(code))).toBe(drawn(figure));
  });
});

test("the code is shown with the names of the package", () => {
  const written = `import { a } from "../../../../lib/index.js";\nimport { file } from "../data.js";\n\nexport const figure = a(file("x.csv"));\n`;
  expect(shown(written)).toBe(
    `import { a } from "twinformer";\nimport { readFile } from "node:fs/promises";\n\nconst figure = a(await readFile("test/plot/gallery/data/x.csv"));`,
  );
});

test("a folder of the gallery holds examples alone", () => {
  const folder = path.join(import.meta.dirname, "gallery");
  for (const area of readdirSync(folder).filter((name) => !name.includes(".") && name !== "data"))
    expect(readdirSync(path.join(folder, area)).filter((file) => !file.endsWith(".ts"))).toEqual([]);
});
