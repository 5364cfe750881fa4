import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { root } from "../../scripts/setup/run.mjs";
import { pageTexts } from "../../scripts/pages/texts.mjs";

test("what pages run is packed from the modules as they are: else, npm run pages", async () => {
  for (const [file, text] of Object.entries(await pageTexts()))
    expect(readFileSync(path.join(root, file), "utf8") === text, `${file} is stale: npm run pages`).toBe(true);
});
