import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly help: string;
  readonly nodes: readonly { readonly html: string; readonly target: readonly string[] }[];
}

// Drawings have a test of their own, in test/browser/sizes. Code has the same few colors in every cell.
const where = { exclude: ["svg", ".code-cell:nth-of-type(n + 30) .highlight"] };

/** What axe finds in a page that may be bad for a reader; in the second scheme only colors can be wrong that were right in the first. */
export async function violations(page: Page, scheme: "light" | "dark"): Promise<string[]> {
  await page.evaluate(axe);
  const options = { resultTypes: ["violations"], ...(scheme === "dark" ? { runOnly: ["color-contrast"] } : {}) };
  const found = await page.evaluate<Violation[]>(
    `axe.run(${JSON.stringify(where)}, ${JSON.stringify(options)}).then(({ violations }) => violations)`,
  );
  return found
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, help, nodes }) =>
      nodes.slice(0, 3).map(({ html, target }) => `axe ${id}: ${help}: ${target.join(" ")} ${html.slice(0, 120)}`),
    );
}
