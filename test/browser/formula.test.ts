import { writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { account, formula } from "../../lib/account/index.js";
import { formulaBox } from "../../lib/plot/index.js";
import { allRan, Lab, runAll, screenshots } from "./lab.js";

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.start();
}, 600_000); // may have to install JupyterLab
afterAll(() => lab.stop());

const metadata = { kernelspec: { display_name: "TypeScript", language: "typescript", name: "tslab" } };
const write = (name: string, cell: object) =>
  writeFileSync(
    path.join(lab.folder, name),
    JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata, cells: [cell] }),
  );

const source = `import { account, formula } from "twinformer/account";
import { display } from "twinformer/notebook";
import { formulaBox } from "twinformer/plot";
display(formulaBox(await formula(account({ model_type: "mixtral" }))));`;

test("a formula that ran here is typeset by JupyterLab, once", async () => {
  write("formula.ipynb", { cell_type: "code", id: "a", metadata: {}, execution_count: null, source, outputs: [] });
  const page = await lab.open("formula.ipynb");
  await runAll(page);
  await allRan(page, 60);
  const typeset = page.locator(".twinformer-formula mjx-container");
  await typeset.last().waitFor();
  expect(await typeset.count()).toBe(3);
  expect(await page.locator(".twinformer-latex").first().innerText()).not.toContain("$$");
  for (const line of await page.locator(".twinformer-mathml").all()) expect(await line.isVisible()).toBe(false);
  await page.screenshot({ path: path.join(screenshots, "formula.png") });
  await page.context().close();
});

test("a formula that ran elsewhere is typeset, too, from what an untrusted notebook keeps", async () => {
  const html = formulaBox(await formula(account({ model_type: "mixtral" }))).html();
  const outputs = [{ output_type: "display_data", metadata: {}, data: { "text/html": html } }];
  write("stranger.ipynb", {
    cell_type: "code",
    id: "a",
    metadata: {},
    execution_count: 1,
    source: "// elsewhere",
    outputs,
  });
  const page = await lab.open("stranger.ipynb");
  const output = page.locator(".jp-OutputArea-output");
  await output.locator("mjx-container").last().waitFor();
  expect(await output.locator("style, .twinformer-mathml math").count()).toBe(0); // else it was trusted: this proves nothing
  expect(await output.locator("mjx-container").count()).toBe(3);
  expect(await output.innerText()).toContain("num_local_experts = 8");
  await page.screenshot({ path: path.join(screenshots, "formula-untrusted.png") });
  await page.context().close();
});
